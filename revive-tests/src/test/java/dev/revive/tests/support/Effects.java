// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.support;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The outside world: what happened to it, in order. */
public final class Effects {
    private final List<String> happened = new CopyOnWriteArrayList<>();

    /** Something happens; answers how often it has by now. */
    public int happen(String name) {
        happened.add(name);
        return times(name);
    }

    /** How often it happened. */
    public int times(String name) {
        return (int) happened.stream().filter(name::equals).count();
    }

    /** All that happened, in order. */
    public List<String> all() {
        return List.copyOf(happened);
    }
}
