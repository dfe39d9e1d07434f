// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.revive.Revive;
import dev.revive.crash.CrashAction;
import dev.revive.crash.CrashHook;
import dev.revive.store.StepDetail;
import dev.revive.store.StepRecord;
import dev.revive.tests.support.InSettings;
import dev.revive.tests.support.TestBed;
import dev.revive.workflow.First;
import dev.revive.workflow.Outcome;
import dev.revive.workflow.ReviveException;
import dev.revive.workflow.Saga;
import dev.revive.workflow.Signal;
import dev.revive.workflow.SignalOptions;
import dev.revive.workflow.Step;
import dev.revive.workflow.StepStatus;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Test;

/**
 * Races of messages, timers and sagas, all of which end in the same moment, in engines that crash at whatever point they pass: no message is lost, what lost is
 * undone, and what won is not. {@code -Drevive.races=N} runs more, {@code -Drevive.races.seed=N} others.
 */
@InSettings
class RaceStormTests extends TestBed {
    private static final int ROUNDS = Integer.getInteger("revive.races", 4);
    private static final long SEED = Long.getLong("revive.races.seed", 1);
    private static final int AT_A_TIME = 20;
    private static final int LONGEST_MILLIS = 8;
    private static final Signal<String> APPROVAL = Signal.named("approval", String.class);

    private final Workflow<String, String> workflow = Workflow.named("storm", String.class, String.class);
    private final Map<String, AtomicInteger> booked = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> undone = new ConcurrentHashMap<>();

    private String book(WorkflowContext ctx, Saga saga, String what) {
        String key = ctx.info().workflowId() + " " + what;
        return saga.step(
                Step.of(what, String.class, attempt -> {
                    count(booked, key);
                    return what;
                }),
                undo -> count(undone, key));
    }

    private static void count(Map<String, AtomicInteger> counts, String key) {
        counts.computeIfAbsent(key, each -> new AtomicInteger()).incrementAndGet();
    }

    private static void pause(WorkflowContext ctx, Random random) {
        ctx.sleep(Duration.ofMillis(random.nextInt(LONGEST_MILLIS)));
    }

    /** The seed is its input: whatever it draws is the same in every run. */
    private String run(WorkflowContext ctx, String seed) {
        Random random = new Random(Long.parseLong(seed));
        Random inSaga = new Random(random.nextLong());
        Random inTimer = new Random(random.nextLong());
        Duration patience = Duration.ofMillis(random.nextInt(2 * LONGEST_MILLIS));
        boolean isNested = random.nextBoolean();
        String first = ctx.parallel(First.toEnd())
                .of(
                        b -> {
                            if (!isNested) {
                                return b.await(APPROVAL);
                            }
                            Outcome<String> approval = b.within(patience, c -> c.await(APPROVAL));
                            return approval.orElse("impatient");
                        },
                        b -> b.saga(s -> {
                            book(b, s, "Hotel");
                            pause(b, inSaga);
                            return book(b, s, "Flight");
                        }),
                        b -> {
                            pause(b, inTimer);
                            return "late";
                        });
        return first.equals("Ada") ? first : first + " and " + ctx.await(APPROVAL);
    }

    @Test
    void losesNothing() {
        for (int round = 0; round < ROUNDS; round++) {
            runAndCheck(new Random(SEED * 1_000_003 + round), round);
        }
    }

    private void runAndCheck(Random random, int round) {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < AT_A_TIME; i++) {
            ids.add(unique("race-" + round + "-" + i));
        }
        Revive revive = crashing(random);
        List<String> seeds =
                ids.stream().map(id -> String.valueOf(random.nextLong())).toList();
        for (int i = 0; i < AT_A_TIME; i++) {
            revive = surely(revive, random, i, ids, seeds);
        }
        while (!areAllOver(revive, ids)) {
            close(revive);
            revive = crashing(random);
        }
        close(revive);
        ids.forEach(this::check);
    }

    /** Starts it and signals it, in as many engines as that takes. */
    private Revive surely(Revive first, Random random, int i, List<String> ids, List<String> seeds) {
        Revive revive = first;
        while (true) {
            try {
                revive.start(workflow, ids.get(i), seeds.get(i));
                revive.workflow(ids.get(i)).signal(APPROVAL, "Ada", SignalOptions.idempotencyKey("once"));
                return revive;
            } catch (ReviveException e) {
                if (!revive.hasCrashed()) {
                    throw e;
                }
                close(revive);
                revive = crashing(random);
            }
        }
    }

    /** False if it has crashed before. */
    private boolean areAllOver(Revive revive, List<String> ids) {
        try {
            await().atMost(PATIENCE)
                    .until(() -> revive.hasCrashed() || open(ids).isEmpty());
        } catch (ConditionTimeoutException e) {
            throw new AssertionError(
                    "not over: " + open(ids).stream().map(this::told).toList(), e);
        }
        return !revive.hasCrashed();
    }

    private List<String> open(List<String> ids) {
        return ids.stream().filter(id -> !row(id).status().isFinal()).toList();
    }

    private String told(String id) {
        return "%n%s%n%s"
                .formatted(
                        row(id),
                        store().steps(id).stream()
                                .map(step -> "  %s %s %s %s %s%n"
                                        .formatted(step.key(), step.kind(), step.status(), step.epoch(), step.output()))
                                .collect(Collectors.joining()));
    }

    private Revive crashing(Random random) {
        AtomicLong left = new AtomicLong(20 + random.nextInt(600));
        CrashAction action = random.nextBoolean() ? CrashAction.CRASH_LOSING_QUEUED : CrashAction.CRASH_KEEPING_QUEUED;
        CrashHook hook = site -> left.decrementAndGet() == 0 ? action : CrashAction.GO_ON;
        boolean isCalm = random.nextInt(3) == 0;
        return engine(builder -> {
            builder.register(workflow, this::run);
            return isCalm ? builder : builder.crashHook(hook);
        });
    }

    private void check(String id) {
        String result = row(id).output();
        assertThat(result).as(id).endsWith("Ada\"");
        List<StepRecord> rows = store().steps(id);
        assertThat(rows).as(id).allMatch(row -> row.status().isFinal());
        Map<String, StepStatus> undoings = rows.stream()
                .filter(row -> StepDetail.of(row).undone().isPresent())
                .collect(Collectors.toMap(row -> row.key().name(), StepRecord::status));
        boolean hasSagaWon = String.valueOf(result).contains("Flight");
        for (String what : List.of("Hotel", "Flight")) {
            boolean isBooked = booked.containsKey(id + " " + what);
            if (hasSagaWon) {
                assertThat(undoings).as(id + " " + rows).isEmpty();
            } else if (isBooked) {
                assertThat(undoings).as(id + " " + what + rows).containsEntry("Undo " + what, StepStatus.COMPLETED);
                assertThat(undone).as(id).containsKey(id + " " + what);
            }
        }
    }
}
