// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a child is started. Each must be the same in every run of its parent.
 *
 * @param id its id; null: made of the parent's id and the place of the call
 * @param whenParentEnds what becomes of it if its parent ends first
 * @param timeout how long it may take, from its start to its end, or null; it never has longer than its parent
 */
public record ChildOptions(
        @Nullable String id,
        ParentClosePolicy whenParentEnds,
        @Nullable Duration timeout) {
    private static final ChildOptions DEFAULTS = new ChildOptions(null, ParentClosePolicy.CANCEL, null);

    /** Checks the id, and that the timeout is positive. More than 36,500 days is that many. */
    public ChildOptions {
        id = id == null ? null : WorkflowId.valid(id);
        Objects.requireNonNull(whenParentEnds, "whenParentEnds");
        timeout = Spans.positiveOrNone("timeout", timeout);
    }

    /**
     * An id made of the parent's; cancelled if its parent ends first; no limit but the parent's.
     *
     * @return the defaults
     */
    public static ChildOptions defaults() {
        return DEFAULTS;
    }

    /**
     * With an id of its own, by which others know it.
     *
     * @param id 1 to 255 characters
     * @return the defaults, with it
     * @throws IllegalArgumentException if it is blank, too long, or holds what a database cannot
     */
    public static ChildOptions id(String id) {
        return new ChildOptions(Objects.requireNonNull(id, "id"), DEFAULTS.whenParentEnds, null);
    }

    /**
     * With a choice of what becomes of it if its parent ends first.
     *
     * @param policy to be cancelled, terminated, or left alone
     * @return a copy
     */
    public ChildOptions whenParentEnds(ParentClosePolicy policy) {
        return new ChildOptions(id, policy, timeout);
    }

    /**
     * With a limit on the whole child, as {@link StartOptions#timeout}.
     *
     * @param limit more than zero
     * @return a copy
     */
    public ChildOptions timeout(Duration limit) {
        return new ChildOptions(id, whenParentEnds, Objects.requireNonNull(limit, "timeout"));
    }
}
