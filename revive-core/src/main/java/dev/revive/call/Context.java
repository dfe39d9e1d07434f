// SPDX-License-Identifier: Apache-2.0
package dev.revive.call;

import dev.revive.codec.Payloads;
import dev.revive.journal.Call;
import dev.revive.run.ReplayLogger;
import dev.revive.run.Run;
import dev.revive.run.Scope;
import dev.revive.store.MessageKind;
import dev.revive.thread.Nanos;
import dev.revive.workflow.Awakeable;
import dev.revive.workflow.Branch;
import dev.revive.workflow.CallKind;
import dev.revive.workflow.CancelledException;
import dev.revive.workflow.Child;
import dev.revive.workflow.ChildOptions;
import dev.revive.workflow.ExternalWorkflow;
import dev.revive.workflow.Failure;
import dev.revive.workflow.First;
import dev.revive.workflow.Outcome;
import dev.revive.workflow.Parallel;
import dev.revive.workflow.ParallelOptions;
import dev.revive.workflow.ParentClosePolicy;
import dev.revive.workflow.Poll;
import dev.revive.workflow.Race;
import dev.revive.workflow.SagaBody;
import dev.revive.workflow.SagaOptions;
import dev.revive.workflow.ShieldedBlock;
import dev.revive.workflow.Signal;
import dev.revive.workflow.Step;
import dev.revive.workflow.StepBody;
import dev.revive.workflow.StepOptions;
import dev.revive.workflow.TransactionBody;
import dev.revive.workflow.TypeRef;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowId;
import dev.revive.workflow.WorkflowInfo;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** What user code sees of its scope: makes the durable calls, one class for each kind, and what is computed from the record. */
final class Context implements SagaCall.Steps {
    private final Scope scope;
    private final Run run;
    private @Nullable Logger logger;

    Context(Scope scope) {
        this.scope = scope;
        this.run = scope.run();
    }

    @Override
    public <T extends @Nullable Object> T step(Step<T> step) {
        Objects.requireNonNull(step, "step");
        return scope.<T>during(Scope.State.IN_STEP, "step", step.name(), () -> {
            Call call = scope.next(CallKind.STEP, step.name(), 0);
            return new StepCall<>(scope, call, step, null).run();
        });
    }

    @Override
    public <T extends @Nullable Object> T step(Step<T> step, @Nullable String undoes, StepCall.Noted<T> noted) {
        return scope.<T>during(Scope.State.IN_STEP, "step", step.name(), () -> {
            noted.at(run, scope.place(step.name())); // first: what is recorded as cancelled in doubt is undone, too
            Call call = scope.next(CallKind.STEP, step.name(), 0);
            return noted.take(new StepCall<>(scope, call, step, undoes)).run();
        });
    }

    @Override
    public String position() {
        return scope.place("next").position();
    }

    @Override
    public void requireNotCancelled() {
        String name = scope.endOfSaga();
        while (!scope.isReplaying() && scope.mustLetOthersGoFirst() && !scope.isCancelAsked()) {
            scope.<@Nullable Object>during(Scope.State.IN_STEP, "end", name, () -> {
                scope.letOthersGoFirst();
                return null;
            });
        }
        if (scope.isToBeCancelledAt(CallKind.STEP, name)) {
            step(name, () -> {});
        }
    }

    @Override
    public <T extends @Nullable Object, X extends Exception> T saga(SagaOptions options, SagaBody<T, X> body) throws X {
        Objects.requireNonNull(options, "options");
        Objects.requireNonNull(body, "body");
        return SagaCall.run(this, options, body);
    }

    @Override
    public <S> S steps(Class<S> type, S implementation, StepOptions options) {
        return StepProxy.of(this, type, implementation, options);
    }

    @Override
    public <T extends @Nullable Object> T transaction(String name, TypeRef<T> type, TransactionBody<? extends T> body) {
        Objects.requireNonNull(body, "body");
        Step<T> step = Step.of(name, type, attempt -> {
            throw new IllegalStateException("A transaction runs on its connection.");
        });
        return scope.<T>during(Scope.State.IN_STEP, "transaction", name, () -> {
            Call call = scope.next(CallKind.TRANSACTION, step.name(), 0);
            return new TransactionCall<>(scope, call, step.type(), body).run();
        });
    }

    @Override
    public void sleepUntil(String name, Instant until) {
        Objects.requireNonNull(until, "until");
        sleep(name, now -> until, true);
    }

    @Override
    public void sleep(String name, Duration duration) {
        Objects.requireNonNull(duration, "duration");
        sleep(name, now -> now.plusNanos(Nanos.of(duration)), false);
    }

    /** Not so much longer as its branch had to wait for a thread. */
    void sleepSinceFork(String name, Duration duration) {
        Instant forkedAt = scope.now();
        sleep(name, now -> forkedAt.plusNanos(Nanos.of(duration)), false);
    }

    private void sleep(String name, UnaryOperator<Instant> until, boolean isByTimeOfDay) {
        String valid = Step.of(name, () -> {}).name();
        scope.<@Nullable Object>during(Scope.State.IN_STEP, "sleep", valid, () -> {
            Call call = scope.next(CallKind.SLEEP, valid, 0);
            new SleepCall(scope, call, until, isByTimeOfDay).run();
            return null;
        });
    }

    @Override
    public <T> T await(Signal<T> signal) {
        return receive(signal, null).orElseThrow();
    }

    @Override
    public <T> Optional<T> await(Signal<T> signal, Duration atMost) {
        return receive(signal, Objects.requireNonNull(atMost, "atMost"));
    }

    private <T> Optional<T> receive(Signal<T> signal, @Nullable Duration atMost) {
        Objects.requireNonNull(signal, "signal");
        return scope.<Optional<T>>during(Scope.State.IN_STEP, "await", signal.name(), () -> {
            Call call = scope.next(CallKind.AWAIT, signal.name(), 0);
            return new ReceiveCall<>(scope, call, signal, atMost).run();
        });
    }

    @Override
    public <T> Awakeable<T> awakeable(String name, TypeRef<T> type) {
        String valid = Step.of(name, type, attempt -> {
                    throw new IllegalStateException("Somebody outside completes it.");
                })
                .name();
        return scope.<Awakeable<T>>during(Scope.State.IN_STEP, "awakeable", valid, () -> {
            Call call = scope.next(CallKind.AWAKEABLE, valid, 0);
            return new AwakeableCall<>(scope, call, type).run();
        });
    }

    @Override
    public <T> T await(Awakeable<T> awakeable) {
        return completion(awakeable, null).orElseThrow();
    }

    @Override
    public <T> Optional<T> await(Awakeable<T> awakeable, Duration atMost) {
        return completion(awakeable, Objects.requireNonNull(atMost, "atMost"));
    }

    private <T> Optional<T> completion(Awakeable<T> awakeable, @Nullable Duration atMost) {
        OwnAwakeable<T> own = OwnAwakeable.of(Objects.requireNonNull(awakeable, "awakeable"), run);
        return scope.<Optional<T>>during(Scope.State.IN_STEP, "await", own.name(), () -> {
            Call call = scope.next(CallKind.COMPLETION, own.name(), 0);
            return new CompletionCall<>(scope, call, own, atMost).run();
        });
    }

    @Override
    public <I extends @Nullable Object, O extends @Nullable Object> Child<O> start(
            Workflow<I, O> workflow, I input, ChildOptions options) {
        Objects.requireNonNull(workflow, "workflow");
        Objects.requireNonNull(options, "options");
        UUID spareId = scope.seed("start " + workflow.name());
        return scope.<Child<O>>during(Scope.State.IN_STEP, "start", workflow.name(), () -> {
            Call call = scope.next(CallKind.CHILD, workflow.name(), 0);
            return new StartCall<>(scope, call, workflow, input, options, spareId).run();
        });
    }

    @Override
    public <T extends @Nullable Object> T await(Child<T> child) {
        OwnChild<T> own = OwnChild.of(Objects.requireNonNull(child, "child"), run);
        String name = own.workflow().name();
        return scope.<T>during(Scope.State.IN_STEP, "await", name, () -> {
            Call call = scope.next(CallKind.RESULT, name, 0);
            return new ResultCall<>(scope, call, own).run();
        });
    }

    @Override
    public <I extends @Nullable Object, O extends @Nullable Object> O run(
            Workflow<I, O> workflow, I input, ChildOptions options) {
        OwnChild<O> child = (OwnChild<O>) start(workflow, input, options);
        try {
            return await(child);
        } catch (CancelledException e) {
            if (!child.isTaken()) {
                shielded(c -> nobodyWaitsFor(c.workflow(child.id()), options.whenParentEnds(), e.reason()));
            }
            throw e;
        }
    }

    private static void nobodyWaitsFor(ExternalWorkflow child, ParentClosePolicy policy, @Nullable String why) {
        switch (policy) {
            case CANCEL -> child.cancel(why);
            case TERMINATE -> child.terminate(why);
            case ABANDON -> {} // it goes on
        }
    }

    @Override
    public <T extends @Nullable Object> Child<T> attach(Workflow<?, T> workflow, String id) {
        Objects.requireNonNull(workflow, "workflow");
        return OwnChild.attached(run, WorkflowId.valid(id), workflow);
    }

    @Override
    public ExternalWorkflow workflow(String id) {
        String valid = WorkflowId.valid(id);
        return new ExternalWorkflow() {
            @Override
            public String id() {
                return valid;
            }

            @Override
            public <T> void signal(Signal<T> signal, T value) {
                send(valid, signal, value);
            }

            @Override
            public boolean cancel(@Nullable String reason) {
                return end(MessageKind.CANCEL, valid, Failure.cancelled(reason));
            }

            @Override
            public boolean terminate(@Nullable String reason) {
                return end(MessageKind.TERMINATE, valid, Failure.terminated(reason));
            }
        };
    }

    private boolean end(MessageKind how, String id, Failure why) {
        UUID key = scope.seed(how.name());
        return step(EndingStep.of(run, how, id, why, key));
    }

    private <T> void send(String to, Signal<T> signal, T value) {
        Objects.requireNonNull(signal, "signal");
        Payloads.requireValue(value);
        UUID key = scope.seed("signal " + signal.name());
        scope.<@Nullable Object>during(Scope.State.IN_STEP, "signal", signal.name(), () -> {
            Call call = scope.next(CallKind.SIGNAL, signal.name(), 0);
            new SignalCall<>(scope, call, to, signal, value, key).run();
            return null;
        });
    }

    @Override
    public <T extends @Nullable Object> T poll(
            String name, TypeRef<T> type, Poll<? super T> poll, StepBody<? extends T> look) {
        Objects.requireNonNull(poll, "poll");
        Objects.requireNonNull(look, "look");
        Step<T> step = Step.of(name, type, look);
        return scope.<T>during(Scope.State.IN_STEP, "poll", step.name(), () -> {
            Call call = scope.next(CallKind.POLL, step.name(), 0);
            return new PollCall<>(scope, call, step, poll).run();
        });
    }

    @Override
    public Parallel parallel(ParallelOptions options) {
        Objects.requireNonNull(options, "options");
        return new Forks(this::fork, options);
    }

    @Override
    public Race parallel(First options) {
        Objects.requireNonNull(options, "options");
        return new Race() {
            @Override
            public <T extends @Nullable Object> T any(List<? extends Branch<? extends T>> branches) {
                return Forks.race(Context.this::fork, options, List.copyOf(branches));
            }
        };
    }

    @Override
    public <T extends @Nullable Object> Outcome<T> within(String name, Duration atMost, Branch<? extends T> block) {
        Objects.requireNonNull(atMost, "atMost");
        Objects.requireNonNull(block, "block");
        return Forks.within(this::fork, name, block, timer -> {
            ((Context) timer).sleepSinceFork("Time limit", atMost);
            return null;
        });
    }

    private <T extends @Nullable Object> ParallelCall.Joined<T> fork(
            String name, JoinRule rule, int maxConcurrency, List<? extends Branch<? extends T>> branches) {
        return scope.<ParallelCall.Joined<T>>during(Scope.State.JOINING, "parallel", name, () -> {
            Call call = scope.next(CallKind.PARALLEL, name, branches.size());
            return new ParallelCall<T>(scope, call, rule, maxConcurrency, branches).run();
        });
    }

    @Override
    public <X extends Exception> void shielded(ShieldedBlock<X> block) throws X {
        Objects.requireNonNull(block, "block");
        scope.shielded(block, this);
    }

    // ---- what is computed from the record

    @Override
    public Instant now() {
        return scope.now();
    }

    @Override
    public RandomGenerator random() {
        return new SplittableRandom(scope.seed("random()").getMostSignificantBits());
    }

    @Override
    public UUID randomUuid() {
        return scope.seed("randomUuid()");
    }

    @Override
    public Logger logger() {
        if (logger == null) {
            logger = ReplayLogger.of(run.workflow().type().name(), scope::isReplaying);
        }
        return logger;
    }

    @Override
    public WorkflowInfo info() {
        return new WorkflowInfo(
                run.id(),
                run.workflow().type().name(),
                run.workflow().type().version(),
                run.epoch(),
                scope.isReplaying());
    }
}
