// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard.view;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.revive.store.ParentCall;
import dev.revive.store.WorkflowRecord;
import dev.revive.workflow.Attention;
import dev.revive.workflow.Failure;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A workflow on a page of its own. In JSON the item's properties stand beside the others.
 *
 * @param item what a list shows of it
 * @param wakeSeq raised by everything that wakes it up
 * @param parent whose child it is, or null
 * @param deadline when it is cancelled if it has not ended, or null
 * @param now when it was looked at
 * @param input its input
 * @param output its result, or null
 * @param failure its failure, or null
 * @param attention why it needs a person, or null
 * @param actions what can be done to it now
 * @param steps its recorded steps in program order
 * @param stepsAreCut whether there are more of them than are shown here
 * @param pastLives what it was before it failed and was retried, the oldest first
 * @param pastLivesAreCut whether there were others before them, or more calls in them, than are shown here
 * @param inbox what waits for it
 */
public record WorkflowDetail(
        @JsonUnwrapped WorkflowItem item,
        long wakeSeq,
        @Nullable Parent parent,
        @Nullable Instant deadline,
        Instant now,
        Payload input,
        @Nullable Payload output,
        @Nullable Failure failure,
        @Nullable Attention attention,
        List<Action> actions,
        List<StepItem> steps,
        boolean stepsAreCut,
        List<PastLifeItem> pastLives,
        boolean pastLivesAreCut,
        @JsonUnwrapped InboxView inbox) {
    /**
     * The workflow that started another as its child.
     *
     * @param id its id
     * @param position the place of the call that did: {@code #3}, or {@code 2.1#3} in a branch
     */
    public record Parent(String id, String position) {
        static @Nullable Parent of(WorkflowRecord child) {
            ParentCall call = child.parent();
            return call == null ? null : new Parent(call.workflowId(), call.position());
        }
    }

    /** What a person can do. */
    public enum Action {
        /** Let it go on: its cause is fixed, or the pause is over. */
        RESUME,
        /** Let it look again at what it waits for. */
        WAKE,
        /** Say what became of a step. */
        DECIDE,
        /** Give it another life: it has failed, and its cause is fixed. */
        RETRY,
        /** Send it a signal. */
        SIGNAL,
        /** Let no call of it begin, until it is resumed. */
        PAUSE,
        /** Have it clean up and end. */
        CANCEL,
        /** End it as it stands. */
        TERMINATE
    }
}
