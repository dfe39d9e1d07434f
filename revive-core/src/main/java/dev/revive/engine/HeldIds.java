// SPDX-License-Identifier: Apache-2.0
package dev.revive.engine;

import java.util.AbstractSet;
import java.util.Iterator;
import java.util.Set;
import java.util.TreeSet;

/** What an executor holds, as it is whenever it is asked: ids go from the one set to the other, and are in both for a moment. */
final class HeldIds extends AbstractSet<String> {
    private final Set<String> before;
    private final Set<String> after;

    /**
     * A live view.
     *
     * @param before where an id is first
     * @param after where it is next, before it leaves the other
     */
    HeldIds(Set<String> before, Set<String> after) {
        this.before = before;
        this.after = after;
    }

    @Override
    public boolean contains(Object id) {
        return before.contains(id) || after.contains(id);
    }

    /** Of the ids as they are now; none that is held all the time is missing. */
    @Override
    public Iterator<String> iterator() {
        return now().iterator();
    }

    @Override
    public int size() {
        return now().size();
    }

    private Set<String> now() {
        Set<String> now = new TreeSet<>(before); // first: what leaves it meanwhile is in the other by then
        now.addAll(after);
        return now;
    }
}
