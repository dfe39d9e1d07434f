// SPDX-License-Identifier: Apache-2.0
package dev.revive.run;

import dev.revive.journal.MismatchException;
import dev.revive.store.StepKey;
import dev.revive.workflow.Attention;
import dev.revive.workflow.Attention.Reason;
import dev.revive.workflow.TypeRef;
import dev.revive.workflow.Workflow;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reports to people, in one place so that they speak alike: what happened, and what to do. */
public final class Attentions {
    private Attentions() {}

    static Attention mismatch(String id, Workflow<?, ?> workflow, MismatchException e) {
        String message =
                "Workflow %s (%s, version %d): %s.%s The code must ask for the same calls in the same order while instances of this version live: "
                        + "restore the old order, or register the changed code as the workflow's next version; then resume this one.";
        return new Attention(
                Reason.NON_DETERMINISM,
                message.formatted(id, workflow.name(), workflow.version(), e.getMessage(), CallSite.ofUserCode()),
                e.diff());
    }

    public static Attention unreadableInput(String id, Exception why) {
        return about(
                Reason.UNREADABLE_PAYLOAD,
                "The input of workflow %s cannot be read: %s Let the type read the old JSON again, then resume.",
                id,
                why.getMessage());
    }

    public static Attention unreadableStep(String id, StepKey step, TypeRef<?> type, Exception why) {
        return about(
                Reason.UNREADABLE_PAYLOAD,
                "Workflow %s cannot read what step %s recorded as %s: %s Let the type read the old JSON again, or start a new version of the workflow; then resume this one.",
                id,
                step,
                type,
                why.getMessage());
    }

    public static Attention unreadableMessage(String id, String what, TypeRef<?> type, Exception why) {
        return about(
                Reason.UNREADABLE_PAYLOAD,
                "Workflow %s cannot read %s as %s: %s It is kept, and nothing takes its place. Let the type read this JSON, then resume the workflow; or cancel it.",
                id,
                what,
                type,
                why.getMessage());
    }

    public static Attention unrecordableStep(String id, StepKey step, Exception why) {
        return about(
                Reason.UNREADABLE_PAYLOAD,
                "Step %s of workflow %s was stopped before its effect: %s Then resume the workflow.",
                step,
                id,
                why.getMessage());
    }

    public static Attention undecidedZombie(String id, StepKey step, String why) {
        return about(
                Reason.UNDECIDED_ZOMBIE,
                "Step %s of workflow %s may or may not have happened: %s. Find out, then decide: it happened, run it again, or fail it.",
                step,
                id,
                why);
    }

    public static Attention repeatedErrors(String id, int strikes, @Nullable Throwable last) {
        return about(
                Reason.REPEATED_ERRORS,
                "Workflow %s ended %d runs in a row with an Error, with its process or with a transaction's connection, without one new outcome, the last with %s. Fix the cause, then resume it.",
                id,
                strikes,
                last == null ? "its process" : last);
    }

    static Attention refusedByStore(String id, Throwable why) {
        return about(
                Reason.STORE_REFUSED,
                "The store refuses a row of workflow %s for good: %s Fix the cause, then resume it.",
                id,
                why.getMessage());
    }

    static Attention swallowedCancellation(String id, StepKey first) {
        return about(
                Reason.SWALLOWED_CANCELLATION,
                "Workflow %s was cancelled at call %s, and its code catches that and goes on, again and again. Let CancelledException leave the loop and the function, deploy that, then resume the workflow; or terminate it.",
                id,
                first);
    }

    public static Attention unknownCall(String id, StepKey step) {
        return about(
                Reason.NEWER_REVIVE,
                "A newer Revive recorded call %s of workflow %s, and this one does not know what it is. Stop the engines of this version, then resume the workflow.",
                step,
                id);
    }

    private static Attention about(Reason reason, String message, @Nullable Object... details) {
        return new Attention(reason, message.formatted(details), List.of());
    }
}
