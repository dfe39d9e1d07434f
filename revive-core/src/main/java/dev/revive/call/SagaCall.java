// SPDX-License-Identifier: Apache-2.0
package dev.revive.call;

import dev.revive.thread.Fatal;
import dev.revive.thread.Unwind;
import dev.revive.workflow.CancelledException;
import dev.revive.workflow.Compensation;
import dev.revive.workflow.CompensationFailedException;
import dev.revive.workflow.Outcome;
import dev.revive.workflow.ParallelOptions;
import dev.revive.workflow.Saga;
import dev.revive.workflow.SagaBody;
import dev.revive.workflow.SagaOptions;
import dev.revive.workflow.ShieldedBlock;
import dev.revive.workflow.Step;
import dev.revive.workflow.StepFailedException;
import dev.revive.workflow.StepOptions;
import dev.revive.workflow.Undo;
import dev.revive.workflow.WorkflowContext;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A saga. It is no call of its own: what it has done and how to undo it is known again after a replay, since its steps are, and each compensation is a step
 * with the detail of what it undoes.
 */
final class SagaCall implements Saga {
    private static final String UNDO = "Undo ";
    private static final int LONGEST_NAME = 200;

    /** A context, as a saga sees it: it may be of any branch in which something is undone. */
    interface Steps extends WorkflowContext {
        /**
         * Makes a step.
         *
         * @param undoes the position of the step that this one undoes, or null
         */
        <T extends @Nullable Object> T step(Step<T> step, @Nullable String undoes, StepCall.Noted<T> noted);

        /** Where its next call will be. */
        String position();

        /** Throws if it is cancelled, and records that in a call, though the saga's code has come to an end. */
        void requireNotCancelled();
    }

    private final Steps context;
    private final Deque<ShieldedBlock<? extends Exception>> undone = new ArrayDeque<>();
    private boolean isOver;

    private SagaCall(Steps context) {
        this.context = context;
    }

    static <T extends @Nullable Object, X extends Exception> T run(
            Steps context, SagaOptions options, SagaBody<T, X> body) throws X {
        SagaCall saga = new SagaCall(context);
        try {
            T value = body.run(saga);
            context.requireNotCancelled(); // all or nothing: what nobody waits for any more is undone
            return value;
        } catch (Throwable thrown) {
            if (!(thrown instanceof Unwind) && !Fatal.isFatal(thrown)) { // else another run goes on with it
                saga.undo(thrown, options);
            }
            throw thrown;
        } finally {
            saga.isOver = true;
        }
    }

    @Override
    public <T extends @Nullable Object> T step(
            Step<T> step, StepOptions undoing, Compensation<? super T> compensation) {
        Objects.requireNonNull(compensation, "compensation");
        Objects.requireNonNull(undoing, "undoing");
        requireOpen("step \"" + step.name() + "\"");
        StepCall.Noted<T> noted = new StepCall.Noted<>();
        try {
            T result = context.step(step, null, noted);
            undone.push(c -> undo(c, noted, step.name(), result, false, undoing, compensation));
            return result;
        } catch (CancelledException e) {
            if (e.isOutcomeUnknown()) {
                undone.push(c -> undo(c, noted, step.name(), null, true, undoing, compensation));
            }
            throw e;
        } catch (StepFailedException e) {
            if (noted.mayHaveHappened()) {
                undone.push(c -> undo(c, noted, step.name(), null, true, undoing, compensation));
            }
            throw e;
        }
    }

    @SuppressWarnings({"unchecked", "NullAway"}) // a compensation takes the step's own type
    private <T extends @Nullable Object> void undo(
            WorkflowContext branch,
            StepCall.Noted<T> noted,
            String name,
            @Nullable T result,
            boolean isInDoubt,
            StepOptions undoing,
            Compensation<? super T> compensation) {
        String full = UNDO + name;
        Compensation<Object> undo = (Compensation<Object>) compensation;
        String key = noted.idempotencyKey();
        Step<@Nullable Void> step = Step.<@Nullable Void>of(shortened(full), Void.class, attempt -> {
                    undo.run(new Undo<>(key, result, isInDoubt, attempt));
                    return null;
                })
                .with(undoing);
        ((Steps) branch).step(step, noted.position(), new StepCall.Noted<>());
    }

    /** To what a name may have. */
    static String shortened(String name) {
        return name.length() > LONGEST_NAME ? name.substring(0, LONGEST_NAME) : name;
    }

    @Override
    public void compensate(ShieldedBlock<? extends Exception> block) {
        requireOpen("compensate(...)");
        Objects.requireNonNull(block, "block");
        String position = context.position();
        undone.push(c -> {
            mark(c, position); // whatever the block does, it is known by this that something was undone
            block.run(c);
        });
    }

    private static void mark(WorkflowContext branch, String position) {
        ((Steps) branch).step(Step.of(UNDO.strip(), () -> {}).idempotent(), position, new StepCall.Noted<>());
    }

    private void requireOpen(String what) {
        if (isOver) {
            throw new IllegalStateException(
                    "%s was asked for on a saga that is over: its block has returned or thrown, and nothing would undo it. Call it inside the block."
                            .formatted(what));
        }
    }

    private void undo(Throwable thrown, SagaOptions options) {
        isOver = true;
        List<Throwable> failures = new ArrayList<>();
        context.shielded(c -> {
            if (options.isInParallel()) {
                failures.addAll(undoAtOnce(c));
            } else {
                failures.addAll(undoInReverse(c));
            }
        });
        if (!failures.isEmpty()) {
            throw new CompensationFailedException(thrown, failures);
        }
    }

    private List<Throwable> undoInReverse(WorkflowContext c) {
        List<Throwable> failures = new ArrayList<>();
        for (ShieldedBlock<? extends Exception> undo : undone) {
            try {
                undo.run(c);
            } catch (Exception e) {
                failures.add(e);
            }
        }
        return failures;
    }

    private List<Throwable> undoAtOnce(WorkflowContext c) {
        if (undone.isEmpty()) {
            return List.of();
        }
        List<Throwable> failures = new ArrayList<>();
        List<Outcome<@Nullable Object>> outcomes = c.parallel(
                        ParallelOptions.defaults().named("undo"))
                .outcomes(List.copyOf(undone), (branch, undo) -> {
                    undo.run(branch);
                    return null;
                });
        for (Outcome<?> outcome : outcomes) {
            if (outcome instanceof Outcome.Failed<?> failed) {
                failures.add(failed.exception());
            }
        }
        return failures;
    }
}
