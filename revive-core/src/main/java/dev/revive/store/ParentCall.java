// SPDX-License-Identifier: Apache-2.0
package dev.revive.store;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;

/**
 * The call of a workflow that started another: by this a call that is made again knows its own child, and the child knows whom its end concerns.
 *
 * @param workflowId the parent
 * @param startedAt when the parent was started, in microseconds: another may have had its id before
 * @param position the place of the call, as {@link StepKey#position} has it
 */
public record ParentCall(String workflowId, Instant startedAt, String position) {
    private static final char MARK = '@';

    /** Checks what is never null, and cuts the stamp to microseconds. */
    public ParentCall {
        Objects.requireNonNull(workflowId, "workflowId");
        Objects.requireNonNull(position, "position");
        startedAt = startedAt.truncatedTo(ChronoUnit.MICROS);
    }

    /**
     * Which call of the parent, as one text.
     *
     * @return for example {@code 2.1#3@1764576000000000}
     */
    public String call() {
        return position + MARK + ChronoUnit.MICROS.between(Instant.EPOCH, startedAt);
    }

    /**
     * Reads what {@link #call} wrote.
     *
     * @param workflowId the parent
     * @param call which call of it
     * @return the same as it was
     */
    public static ParentCall of(String workflowId, String call) {
        int mark = call.indexOf(MARK);
        Instant startedAt = Instant.EPOCH.plus(Long.parseLong(call.substring(mark + 1)), ChronoUnit.MICROS);
        return new ParentCall(workflowId, startedAt, call.substring(0, mark));
    }
}
