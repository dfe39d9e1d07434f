// SPDX-License-Identifier: Apache-2.0
package dev.revive.call;

import dev.revive.run.Run;
import dev.revive.store.Answer;
import dev.revive.workflow.Child;
import dev.revive.workflow.Workflow;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A child that a run has started, or another workflow that it has attached. */
final class OwnChild<T extends @Nullable Object> implements Child<T> {
    private final Run run;
    private final String id;
    private final Workflow<?, T> workflow;
    private final Supplier<Answer> answer;
    private final boolean isAttached;

    /** @param answer of its start, once that is durable */
    OwnChild(Run run, String id, Workflow<?, T> workflow, Supplier<Answer> answer) {
        this(run, id, workflow, answer, false);
    }

    private OwnChild(Run run, String id, Workflow<?, T> workflow, Supplier<Answer> answer, boolean isAttached) {
        this.run = run;
        this.id = id;
        this.workflow = workflow;
        this.answer = answer;
        this.isAttached = isAttached;
    }

    static <T extends @Nullable Object> OwnChild<T> attached(Run run, String id, Workflow<?, T> workflow) {
        if (id.equals(run.id())) {
            throw new IllegalArgumentException("Workflow %s would wait for itself: attach another one.".formatted(id));
        }
        return new OwnChild<>(run, id, workflow, () -> Answer.ACCEPTED, true);
    }

    /** Refuses those that this run has not started: only its own are the same in every replay. */
    static <T extends @Nullable Object> OwnChild<T> of(Child<T> child, Run run) {
        if (child instanceof OwnChild<T> own && own.run == run) {
            return own;
        }
        throw new IllegalStateException(
                "await(%s) was asked for in workflow %s, but another run has started this child. Start it, or attach it, with this workflow's own context, in each run; do not keep it."
                        .formatted(child.id(), run.id()));
    }

    @Override
    public String id() {
        return id;
    }

    Workflow<?, T> workflow() {
        return workflow;
    }

    /** Its end is not posted here: its row is looked at. */
    boolean isAttached() {
        return isAttached;
    }

    /** Whether its id is another workflow's; waits until that is known. */
    boolean isTaken() {
        return answer.get() == Answer.TAKEN;
    }

    @Override
    public String toString() {
        return id;
    }
}
