// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.force;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.revive.Revive;
import dev.revive.jdbc.JdbcSettings;
import dev.revive.jdbc.JdbcStore;
import dev.revive.store.InMemoryStore;
import dev.revive.store.MessageKind;
import dev.revive.store.StepRecord;
import dev.revive.store.WorkflowRecord;
import dev.revive.store.WorkflowStore;
import dev.revive.tests.support.Place;
import dev.revive.workflow.RetryPolicy;
import dev.revive.workflow.Signal;
import dev.revive.workflow.Step;
import dev.revive.workflow.StepStatus;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowContext;
import dev.revive.workflow.WorkflowStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * People want one thing or several of a workflow, at moments of its runs that are chosen at random: while the thread that passes it is held, or beside
 * it. Whatever came in time is heeded, or the workflow has ended; what ends as cancelled has cleaned up; and nothing is written after an end. A failure
 * names its round; {@code -Drevive.intents=N} makes that many of each shape.
 */
class IntentsAtEveryMomentTests {
    private static final int ROUNDS = Integer.getInteger("revive.intents", 30);
    private static final int FEWER = 20;
    private static final Workflow<String, String> FLOW = Workflow.named("flow", String.class, String.class);
    private static final Duration A_LITTLE = Duration.ofMillis(1);
    private static final int BRANCHES = 3;

    /** What the workflows are like. All but the first wait for a signal that comes last of all, so that an intent which nobody heeds is found out. */
    enum Shape {
        ENDS,
        WAITS,
        NAPS,
        TRIES_AGAIN,
        FORKS,
        NEEDS_A_PERSON,
        BREAKS
    }

    /** How the engine is set. */
    enum Engine {
        EXACT_AND_NARROW,
        UNLOADING,
        KEEPING;

        private Revive.Builder set(Revive.Builder builder, Moments moments) {
            return switch (this) {
                case EXACT_AND_NARROW ->
                    builder.threads(1).permits(1).unloadAfter(Duration.ZERO).crashHook(moments);
                case UNLOADING -> builder.unloadAfter(Duration.ZERO);
                case KEEPING -> builder;
            };
        }
    }

    enum Want {
        CANCEL,
        TERMINATE,
        PAUSE,
        RESUME
    }

    private IntentBed bed;
    private ExecutorService people;

    @ParameterizedTest
    @EnumSource(Place.class)
    void isHeededWhatCameInTime(Place place) throws Exception {
        if (place == Place.MEMORY) {
            run(new InMemoryStore(), ROUNDS);
            return;
        }
        try (HikariDataSource pool = Place.pool(place.database("moments"), 20);
                WorkflowStore store =
                        JdbcStore.over(pool, JdbcSettings.defaults().asExclusive())) {
            run(store, Math.max(1, ROUNDS / FEWER));
        }
    }

    private void run(WorkflowStore store, int rounds) throws Exception {
        people = Executors.newSingleThreadExecutor();
        try {
            for (Engine engine : Engine.values()) {
                run(store, engine, rounds);
            }
        } finally {
            people.shutdown();
        }
    }

    private void run(WorkflowStore store, Engine engine, int rounds) throws Exception {
        Map<String, Ended> ended = new HashMap<>();
        bed = new IntentBed(
                store,
                (builder, moments) -> engine.set(
                        builder.register(FLOW, (ctx, in) -> new Function(ctx, Shape.valueOf(in)).run()), moments));
        try {
            for (Shape shape : Shape.values()) {
                int last = 10;
                for (int i = 0; i < (shape == Shape.BREAKS ? Math.max(1, rounds / FEWER) : rounds); i++) {
                    Round round = new Round(engine, shape, i, last);
                    round.run();
                    last = Math.max(last, round.passed());
                    ended.put(round.id, new Ended(bed.row(round.id), bed.steps(round.id)));
                }
            }
        } finally {
            bed.close();
        }
        ended.forEach((id, end) -> assertThat(new Ended(bed.row(id), bed.steps(id)))
                .as("%s after its end", id)
                .isEqualTo(end));
    }

    private record Ended(WorkflowRecord row, List<StepRecord> steps) {}

    /** The workflow's own code. */
    private final class Function {
        private final WorkflowContext context;
        private final Shape shape;
        private final String id;

        Function(WorkflowContext context, Shape shape) {
            this.context = context;
            this.shape = shape;
            this.id = context.info().workflowId();
        }

        String run() throws Exception {
            try {
                does(context, "First");
                middle();
                does(context, "Last");
                return "over";
            } finally {
                context.shielded(c -> does(c, "Clean Up"));
            }
        }

        private void middle() throws Exception {
            switch (shape) {
                case ENDS -> {}
                case WAITS -> await(context, 1);
                case NAPS -> {
                    context.sleep("Nap", A_LITTLE);
                    await(context, 1);
                }
                case TRIES_AGAIN -> {
                    context.step(Step.of("Busy", String.class, attempt -> busy())
                            .retry(RetryPolicy.forever().fixedDelay(A_LITTLE)));
                    await(context, 1);
                }
                case FORKS ->
                    context.parallel(List.of(1, 2, 3), (branch, i) -> {
                        try {
                            does(branch, "Work " + i);
                            await(branch, i);
                            return "";
                        } finally {
                            branch.shielded(c -> does(c, "Clean Up " + i));
                        }
                    });
                case NEEDS_A_PERSON -> {
                    context.sleep(isToGoWrong() ? "Other" : "Nap", Duration.ofMillis(20));
                    await(context, 1);
                }
                case BREAKS -> {
                    context.step(
                            Step.of("Break", String.class, attempt -> breaks()).idempotent());
                    await(context, 1);
                }
            }
        }

        private void does(WorkflowContext ctx, String effect) {
            ctx.step(effect, () -> {
                bed.happen(id, effect);
            });
        }

        private void await(WorkflowContext ctx, int number) {
            ctx.await(Signal.named("go " + number, String.class));
        }

        /** The first replay of its nap asks for another call. */
        private boolean isToGoWrong() {
            boolean isReplay =
                    bed.steps(id).stream().anyMatch(step -> step.key().name().equals("Nap"));
            return isReplay && bed.happen(id, "Go Wrong") == 1;
        }

        private String busy() {
            if (bed.happen(id, "Busy") < 3) {
                throw new IllegalStateException("busy");
            }
            return "";
        }

        private String breaks() {
            if (bed.happen(id, "Break") == 1) {
                throw new LinkageError("broken");
            }
            return "";
        }
    }

    /** One workflow, and what people want of it. */
    private final class Round {
        /** Something that is wanted, from so many moments on. */
        private record Wish(Want want, int moment, boolean isHeld) {}

        private final Shape shape;
        private final Random random;
        private final String id;
        private final Queue<Wish> wishes = new ArrayDeque<>();
        private final List<Future<?>> beside = new ArrayList<>();
        private final List<String> history = new ArrayList<>();
        private boolean isEndWanted;
        private boolean isCancelWanted;
        private boolean isPauseWanted;
        private long epochThatIsToHeed;
        private int passed;

        Round(Engine engine, Shape shape, int number, int last) {
            this.shape = shape;
            this.id = engine + "-" + shape + "-" + number;
            this.random = new Random(id.hashCode());
            int moment = 0;
            for (int i = 1 + random.nextInt(3); i > 0; i--) {
                moment += random.nextInt(last);
                wishes.add(new Wish(Want.values()[random.nextInt(4)], moment, random.nextBoolean()));
            }
        }

        synchronized int passed() {
            return passed;
        }

        void run() throws Exception {
            bed.moments.of(id, this::pass);
            bed.revive().start(FLOW, id, shape.name());
            bed.moments.await(() -> toString("it comes to rest"), this::isAtRest);
            comeTrue();
            for (Future<?> each : waitedFor()) {
                each.get();
            }
            bed.moments.of("", moment -> {});
            seeItHeeded();
            check();
        }

        private synchronized List<Future<?>> waitedFor() {
            return List.copyOf(beside);
        }

        /** By a thread of the engine. */
        private synchronized void pass(String moment) {
            passed++;
            history.add(moment);
            while (!wishes.isEmpty() && wishes.element().moment() < passed) {
                Wish wish = wishes.remove();
                if (wish.isHeld()) {
                    want(wish.want(), moment);
                } else {
                    beside.add(people.submit(() -> want(wish.want(), "beside")));
                }
            }
        }

        /** What is left over when nothing more happens by itself. */
        private synchronized void comeTrue() {
            wishes.forEach(wish -> beside.add(people.submit(() -> want(wish.want(), "beside"))));
            wishes.clear();
        }

        private synchronized void want(Want want, String moment) {
            boolean isInTime = want == Want.RESUME ? bed.resume(id) : bed.want(id, MessageKind.valueOf(want.name()));
            history.add(want + (isInTime ? "!" : " in vain"));
            if (isInTime) {
                isEndWanted |= want == Want.TERMINATE;
                isCancelWanted |= want == Want.CANCEL;
                isPauseWanted = want == Want.PAUSE || (isPauseWanted && want != Want.RESUME);
                epochThatIsToHeed = want == Want.CANCEL && moment.equals("before NEEDS_ATTENTION")
                        ? bed.epoch(id)
                        : epochThatIsToHeed;
            }
        }

        /** Nothing more happens by itself. */
        private boolean isAtRest() {
            WorkflowRecord row = bed.row(id);
            return switch (row.status()) {
                case DUE -> isAtRest(row);
                case RUNNING -> waits() == (shape == Shape.FORKS ? BRANCHES : 1);
                default -> true;
            };
        }

        private boolean isAtRest(WorkflowRecord row) {
            Instant dueAt = row.dueAt();
            if (dueAt != null && dueAt.isAfter(Instant.now().plusMillis(100))) {
                bed.wake(id); // it was released after an error, for a while
            }
            return dueAt == null;
        }

        private long waits() {
            return bed.steps(id).stream()
                    .filter(step -> step.key().name().startsWith("go") && step.status() == StepStatus.STARTED)
                    .count();
        }

        private boolean isOver() {
            WorkflowRecord row = bed.row(id);
            if (row.status() == WorkflowStatus.DUE) {
                isAtRest(row);
            }
            return row.status().isFinal();
        }

        private void seeItHeeded() {
            if (isEndWanted) {
                bed.moments.await(() -> toString("it ends"), this::isOver);
            } else if (isCancelWanted) {
                bed.moments.await(
                        () -> toString("it is cancelled"),
                        () -> isOver() || bed.status(id) == WorkflowStatus.NEEDS_ATTENTION);
            } else if (isPauseWanted) {
                bed.moments.await(
                        () -> toString("it is paused"),
                        () -> isOver()
                                || bed.status(id) == WorkflowStatus.PAUSED
                                || bed.status(id) == WorkflowStatus.NEEDS_ATTENTION);
            }
            requireNoneLeftThatIsToEnd();
            if (!isEndWanted && !isCancelWanted) {
                for (int i = 1; i <= BRANCHES; i++) {
                    bed.signal(id, "go " + i);
                }
            }
            bed.moments.await(() -> toString("it ends"), () -> {
                WorkflowStatus status = bed.status(id);
                if (status == WorkflowStatus.NEEDS_ATTENTION || status == WorkflowStatus.PAUSED) {
                    bed.resume(id);
                }
                return isOver();
            });
        }

        /** It may need a person after all, but not by a run that did not know. */
        private void requireNoneLeftThatIsToEnd() {
            WorkflowRecord row = bed.row(id);
            if (row.status() == WorkflowStatus.NEEDS_ATTENTION && isCancelWanted) {
                assertThat(row.epoch()).as(toString("it knew")).isGreaterThan(epochThatIsToHeed);
            }
        }

        private void check() {
            WorkflowStatus status = bed.status(id);
            assertThat(status).as(toString("it ends as people want it")).isIn(ends());
            Map<String, List<StepRecord>> scopes = new TreeMap<>();
            bed.steps(id)
                    .forEach(step -> scopes.computeIfAbsent(step.key().scope(), scope -> new ArrayList<>())
                            .add(step));
            scopes.forEach((scope, steps) -> check(status, scope, steps));
            for (String effect : List.of("First", "Work 1", "Work 2", "Work 3", "Last", "Clean Up")) {
                assertThat(bed.times(id, effect)).as(toString(effect)).isLessThanOrEqualTo(1);
            }
            if (status != WorkflowStatus.TERMINATED) {
                assertThat(bed.times(id, "Clean Up"))
                        .as(toString("it cleans up"))
                        .isEqualTo(1);
            }
            if (status == WorkflowStatus.COMPLETED) {
                assertThat(bed.times(id, "First")).isEqualTo(1);
                assertThat(bed.times(id, "Last")).isEqualTo(1);
            }
        }

        private Set<WorkflowStatus> ends() {
            Set<WorkflowStatus> ends = new TreeSet<>();
            if (isEndWanted) {
                ends.add(WorkflowStatus.TERMINATED);
            }
            if (isCancelWanted) {
                ends.add(WorkflowStatus.CANCELLED);
            }
            if (shape == Shape.ENDS || ends.isEmpty()) {
                ends.add(WorkflowStatus.COMPLETED);
            }
            return ends;
        }

        private void check(WorkflowStatus status, String scope, List<StepRecord> steps) {
            int cancelledAt = -1;
            for (int i = 0; i < steps.size(); i++) {
                StepRecord step = steps.get(i);
                boolean isCleanUp = step.key().name().startsWith("Clean Up");
                String what = toString(step.toString());
                if (step.status() == StepStatus.CANCELLED) {
                    assertThat(cancelledAt).as(what).isNegative();
                    assertThat(isCleanUp).as(what).isFalse();
                    cancelledAt = i;
                } else if (cancelledAt >= 0) {
                    assertThat(isCleanUp).as(what).isTrue();
                }
                if (status != WorkflowStatus.TERMINATED) {
                    assertThat(step.status().isFinal()).as(what).isTrue();
                }
            }
            if (status == WorkflowStatus.COMPLETED) {
                assertThat(cancelledAt).as(toString(scope)).isNegative();
            }
            if (status == WorkflowStatus.CANCELLED && !steps.isEmpty()) {
                StepRecord last = steps.get(steps.size() - 1);
                assertThat(last.key().name()).as(toString(scope)).startsWith("Clean Up");
                assertThat(last.status()).as(toString(scope)).isEqualTo(StepStatus.COMPLETED);
            }
        }

        private synchronized String toString(String what) {
            return "%s of %s: %s; %s".formatted(what, id, history, bed.row(id));
        }
    }
}
