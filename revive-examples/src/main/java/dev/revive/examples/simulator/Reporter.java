// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.simulator;

import dev.revive.examples.onboarding.Company.Witness;
import dev.revive.examples.simulator.Event.Kind;
import dev.revive.examples.world.Happening;
import dev.revive.store.ChildCall;
import dev.revive.store.Operation;
import dev.revive.store.StepRecord;
import dev.revive.workflow.CallKind;
import dev.revive.workflow.StepAttempt;
import dev.revive.workflow.StepStatus;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Tells the page's process what this worker does, an event a line on standard output. Safe for use by many threads. */
final class Reporter implements Witness {
    private static final Set<CallKind> SKIPPED = Set.of(CallKind.STEP, CallKind.AWAIT, CallKind.SLEEP);

    private final String worker;
    private final long pid = ProcessHandle.current().pid();
    private final PrintStream out;
    private final Set<String> inDoubt = new HashSet<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition settled = lock.newCondition();

    Reporter(String worker, PrintStream out) {
        this.worker = worker;
        this.out = out;
    }

    @Override
    public void began(StepAttempt attempt) {
        lock.lock();
        try {
            inDoubt.add(attempt.stepName());
        } finally {
            lock.unlock();
        }
        tell(Kind.BEGAN, attempt.stepName(), attempt.attempt(), null);
    }

    @Override
    public void happened(StepAttempt attempt, Happening happening) {
        tell(Kind.HAPPENED, attempt.stepName(), attempt.attempt(), happening.nonce());
    }

    @Override
    public void gaveUp(StepAttempt attempt) {
        settle(attempt.stepName());
        tell(Kind.GAVE_UP, attempt.stepName(), attempt.attempt(), null);
    }

    @Override
    public void asked(StepAttempt attempt, Optional<Happening> found) {
        tell(
                Kind.ASKED,
                attempt.stepName(),
                attempt.attempt(),
                found.map(Happening::nonce).orElse(null));
    }

    @Override
    public void recognised(StepAttempt attempt, Happening earlier) {
        tell(Kind.RECOGNISED, attempt.stepName(), attempt.attempt(), earlier.nonce());
    }

    void seated(String executorId) {
        tell(Kind.SEATED, null, 0, executorId);
    }

    void runs(long epoch, List<StepRecord> journal) {
        List<String> skipped = journal.stream()
                .filter(step -> SKIPPED.contains(step.kind()))
                .filter(step -> step.status().isFinal())
                .map(step -> step.key().name())
                .toList();
        tell(new Event(Instant.now(), Kind.RUN, worker, pid, null, epoch, null, skipped));
    }

    void accepted(Operation operation) {
        if (operation instanceof Operation.Create create && create.start() == Operation.Create.Start.CLAIMED) {
            runs(1, List.of());
        } else if (operation instanceof Operation.Checkpoint checkpoint) {
            recorded(checkpoint.step());
        } else if (operation instanceof Operation.Receive receive) {
            tell(Kind.RECEIVED, receive.step().key().name(), 0, null);
        } else if (operation instanceof Operation.StartChild start) {
            tell(Kind.CHILD, start.started().key().name(), 0, start.child().id());
        } else if (operation instanceof Operation.Release release && release.waitsFor() != null) {
            tell(Kind.RELEASED, null, 0, null);
        } else if (operation instanceof Operation.Finish finish) {
            tell(Kind.FINISHED, null, 0, finish.status().name());
        }
    }

    void refused(Operation operation) {
        if (operation instanceof Operation.Checkpoint checkpoint) {
            outcome(Kind.REFUSED, checkpoint.step());
        } else if (operation instanceof Operation.Receive receive) {
            tell(
                    Kind.REFUSED,
                    receive.step().key().name(),
                    0,
                    receive.step().status().name());
        } else if (operation instanceof Operation.Finish finish) {
            tell(Kind.REFUSED, null, 0, finish.status().name());
        }
    }

    private void recorded(StepRecord step) {
        String name = step.key().name();
        if (step.kind() == CallKind.RESULT && step.status() == StepStatus.STARTED) {
            tell(Kind.WAITS_FOR_CHILD, name, 0, ChildCall.childId(step).orElse(null));
        } else if (step.kind() == CallKind.RESULT) {
            tell(Kind.CHILD_ENDED, name, 0, step.status().name());
        } else if (step.status() == StepStatus.CANCELLED || !isWait(step)) {
            outcome(Kind.RECORDED, step);
        } else if (step.status() == StepStatus.STARTED) {
            Instant until = Objects.requireNonNull(step.nextAt(), "every wait of the scenes has a limit");
            Kind kind = step.kind() == CallKind.SLEEP ? Kind.SLEEPS : Kind.WAITS;
            tell(kind, name, Duration.between(step.startedAt(), until).toMillis(), null);
        } else {
            tell(step.kind() == CallKind.SLEEP ? Kind.WOKE : Kind.TIME_UP, name, 0, null);
        }
    }

    private static boolean isWait(StepRecord step) {
        return step.kind() == CallKind.AWAIT || step.kind() == CallKind.SLEEP;
    }

    private void outcome(Kind kind, StepRecord step) {
        if (step.kind() != CallKind.STEP && step.status() != StepStatus.CANCELLED) {
            return;
        }
        List<String> resolution = step.resolution() == null
                ? List.of()
                : List.of(step.resolution().name());
        tell(new Event(
                Instant.now(),
                kind,
                worker,
                pid,
                step.key().name(),
                step.attempt(),
                step.status().name(),
                resolution));
        if (step.status().isFinal()) {
            settle(step.key().name());
        }
    }

    void leaseLost(String executorId) {
        tell(Kind.LEASE_LOST, null, 0, executorId);
    }

    void halting(Plan.Crash crash) {
        tell(Kind.HALTING, crash.step(), 0, crash.inWords());
    }

    /** Waits until no effect is under way whose outcome has not come to the store yet; not for longer than this. */
    void awaitSettled(Duration patience) {
        long left = patience.toNanos();
        lock.lock();
        try {
            while (!inDoubt.isEmpty() && left > 0) {
                left = settled.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    private void settle(String step) {
        lock.lock();
        try {
            inDoubt.remove(step);
            settled.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void tell(Kind kind, @Nullable String step, long number, @Nullable String text) {
        tell(new Event(Instant.now(), kind, worker, pid, step, number, text, List.of()));
    }

    private void tell(Event event) {
        lock.lock();
        try {
            out.println(Json.write(event));
            out.flush();
        } finally {
            lock.unlock();
        }
    }
}
