// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.faults;

import dev.revive.tests.faults.Errand.Call;
import dev.revive.workflow.Reconciliation;
import dev.revive.workflow.RetryPolicy;
import dev.revive.workflow.Step;
import dev.revive.workflow.StepAttempt;
import dev.revive.workflow.StepOutcomeUnknownException;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowContext;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Runs {@link Errand}s, and writes into the process's diary whatever is done to the outside world. Each doing has a value of its own. */
final class Errands {
    static final Workflow<String, String> WORKFLOW = Workflow.named("errand", String.class, String.class);

    /** The business rows that transactions write. No key keeps a row from being there twice: that is for Revive to see to. */
    static final String TABLE = "errand_entry";

    static final String UNKNOWN = "unknown";

    private static final RetryPolicy IMPATIENT =
            RetryPolicy.forever().backoff(Duration.ofMillis(20), 3).maxDelay(Duration.ofMillis(1_500));

    /** How an errand ends that is to fail. */
    static final class ErrandFailedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        ErrandFailedException(String message) {
            super(message);
        }
    }

    private final String process;
    private final Watch watch;
    private final World world;
    private final AtomicLong doings = new AtomicLong();

    Errands(String process, Watch watch, World world) {
        this.process = process;
        this.watch = watch;
        this.world = world;
    }

    String run(WorkflowContext ctx, String id) {
        Errand errand = Errand.of(id);
        String values = run(ctx, id, errand.calls());
        if (errand.isToFail()) {
            throw new ErrandFailedException(values);
        }
        return values;
    }

    private String run(WorkflowContext ctx, String id, List<Call> calls) {
        List<String> values = new ArrayList<>();
        long epoch = ctx.info().run();
        for (Call call : calls) {
            switch (call.kind()) {
                case SLEEP -> ctx.sleep(call.name(), Duration.ofMillis(call.millis()));
                case PARALLEL -> values.add(fork(ctx, id, call));
                case TRANSACTION -> values.add(ctx.transaction(call.name(), String.class, c -> enter(c, id, call)));
                case AT_MOST_ONCE -> values.add(atMostOnce(ctx, step(id, epoch, call)));
                default -> values.add(ctx.step(step(id, epoch, call)));
            }
        }
        return joined(values);
    }

    private String fork(WorkflowContext ctx, String id, Call call) {
        List<Integer> branches =
                IntStream.range(0, call.branches().size()).boxed().toList();
        return joined(ctx.parallel(
                branches, (branch, number) -> run(branch, id, call.branches().get(number))));
    }

    /** Of branches that only sleep nothing is left. */
    private static String joined(List<String> values) {
        return values.stream().filter(value -> !value.isEmpty()).collect(Collectors.joining(" "));
    }

    private String atMostOnce(WorkflowContext ctx, Step<String> step) {
        try {
            return ctx.step(step);
        } catch (StepOutcomeUnknownException e) {
            return step.name() + "~" + UNKNOWN;
        }
    }

    private Step<String> step(String id, long epoch, Call call) {
        Step<String> step = Step.of(call.name(), String.class, attempt -> act(id, epoch, call, attempt));
        return switch (call.kind()) {
            case IDEMPOTENT -> step.idempotent();
            case AT_MOST_ONCE -> step.atMostOnce();
            case FLAKY -> step.retry(IMPATIENT);
            case RECONCILED -> step.reconcile(attempt -> ask(id, call));
            default -> step;
        };
    }

    // ---- what is done

    private String act(String id, long epoch, Call call, StepAttempt attempt) throws InterruptedException {
        String value = freshValue(call);
        watch.diary()
                .write(
                        'E',
                        System.nanoTime(),
                        micros(),
                        id,
                        call.scope(),
                        call.name(),
                        attempt.attempt(),
                        epoch,
                        watch.executor(id, epoch),
                        watch.settled(id, epoch, call.scope()),
                        deadline(id, epoch),
                        value);
        if (call.kind() == Errand.Kind.RECONCILED) {
            world.act(id, call.name(), value);
            watch.diary().write('W', System.nanoTime(), deadline(id, epoch), id, call.name(), value);
        }
        Thread.sleep(call.millis());
        if (call.kind() == Errand.Kind.FLAKY && ThreadLocalRandom.current().nextInt(10) < 4) {
            throw new IllegalStateException("busy, call again");
        }
        return value;
    }

    private static long micros() {
        return TimeUnit.MILLISECONDS.toMicros(System.currentTimeMillis());
    }

    private long deadline(String id, long epoch) {
        Long deadline = watch.deadline(id, epoch);
        return deadline == null ? 0 : deadline;
    }

    private Reconciliation<String> ask(String id, Call call) {
        List<String> done = world.done(id, call.name());
        return done.isEmpty() ? Reconciliation.didNotHappen() : Reconciliation.happened(done.get(0));
    }

    private String enter(Connection connection, String id, Call call) throws SQLException, InterruptedException {
        String value = freshValue(call);
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO " + TABLE + " VALUES (?, ?, ?)")) {
            insert.setString(1, id);
            insert.setString(2, call.name());
            insert.setString(3, value);
            insert.executeUpdate();
        }
        Thread.sleep(call.millis() / 10);
        return value;
    }

    private String freshValue(Call call) {
        int padding = ThreadLocalRandom.current().nextInt(50) == 0 ? 300 : 1;
        return call.name() + "~" + process + "." + doings.incrementAndGet() + "~" + "x".repeat(padding);
    }
}
