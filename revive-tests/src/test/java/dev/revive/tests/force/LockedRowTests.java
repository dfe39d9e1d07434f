// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.force;

import static dev.revive.store.Answer.ACCEPTED;
import static dev.revive.store.Answer.LOCKED;
import static dev.revive.tests.force.Operations.claimed;
import static dev.revive.tests.force.Operations.completed;
import static dev.revive.tests.force.Operations.finish;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.revive.Revive;
import dev.revive.store.Arrival;
import dev.revive.store.ExecutorSeat;
import dev.revive.store.Letter;
import dev.revive.store.MessageKind;
import dev.revive.store.Operation;
import dev.revive.store.StepStore;
import dev.revive.store.StoreUnavailableException;
import dev.revive.store.WorkflowRecord;
import dev.revive.tests.support.Effects;
import dev.revive.tests.support.Gate;
import dev.revive.workflow.Signal;
import dev.revive.workflow.StepStatus;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowHandle;
import dev.revive.workflow.WorkflowStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Somebody keeps a lock in Revive's tables: a person in a console, an idle transaction, a job. Whoever needs what is locked waits; the others of its
 * lane go on.
 */
class LockedRowTests extends ForceBed {
    /** A lock is waited for a fifteenth of it, and at least for a second on MariaDB. */
    private static final Duration SHORT = Duration.ofSeconds(6);

    private static final Workflow<String, String> FLOW = Workflow.named("flow", String.class, String.class);

    private static final Signal<String> GO = Signal.named("go", String.class);

    private final Effects effects = new Effects();
    private final Gate inFirst = new Gate();

    /** One lane, so that all are neighbours. The workflow "locked" stops in its first step until the gate is open. */
    private Revive engine() {
        return engine(
                near,
                "one",
                builder -> builder.lease(SHORT).lanes(1).register(FLOW, (ctx, in) -> {
                    ctx.step("first", () -> {
                        effects.happen("first of " + in);
                        if (in.equals("locked")) {
                            inFirst.pass();
                        }
                    });
                    ctx.step("second", () -> effects.happen("second of " + in));
                    return "done";
                }));
    }

    private static String lockOf(String id) {
        return "SELECT id FROM ${prefix}workflow WHERE id = '%s' FOR UPDATE".formatted(id);
    }

    @Test
    void whoIsLockedWaitsInOrderAndItsNeighboursStartAndEnd() {
        Revive revive = engine();
        WorkflowHandle<String> locked = revive.start(FLOW, "locked", "locked");
        inFirst.awaitReached();
        Lock lock = lock(lockOf("locked"));
        inFirst.open();
        neighboursStartAndEnd(revive);
        neighboursStartAndEnd(revive); // by now it is known

        assertThat(row("locked").status()).isEqualTo(WorkflowStatus.RUNNING);
        lock.rollback();
        assertThat(locked.result(PATIENCE)).isEqualTo("done");
        assertThat(steps("locked")).hasSize(2).allSatisfy(step -> {
            assertThat(step.status()).isEqualTo(StepStatus.COMPLETED);
            assertThat(step.attempt()).isOne();
            assertThat(step.epoch()).isOne();
        });
        assertThat(effects.times("first of locked")).isOne();
        assertThat(effects.times("second of locked")).isOne();
    }

    private void neighboursStartAndEnd(Revive revive) {
        List<String> ids = IntStream.range(0, 8)
                .mapToObj(i -> "neighbour " + i + " at " + effects.all().size())
                .toList();
        List<CompletableFuture<WorkflowHandle<String>>> starts = ids.stream()
                .map(id -> meanwhile(() -> revive.start(FLOW, id, id)))
                .toList();
        starts.forEach(start -> assertThat(outcome(start).result(PATIENCE)).isEqualTo("done"));
    }

    /** Its body is over, and its row is locked: it must not keep the lane's fence while it waits for that. */
    @Test
    void aTransactionWhoseRowIsLockedHoldsUpItsWorkflowOnly() {
        Revive revive = engine(
                near,
                "one",
                builder -> builder.lease(SHORT)
                        .lanes(1)
                        .register(
                                FLOW,
                                (ctx, in) -> in.equals("locked")
                                        ? ctx.transaction("book", String.class, connection -> {
                                            if (effects.times("book") == 0) {
                                                effects.happen("book");
                                                inFirst.pass();
                                            }
                                            return "booked";
                                        })
                                        : ctx.step("first", String.class, () -> "done")));
        WorkflowHandle<String> locked = revive.start(FLOW, "locked", "locked");
        inFirst.awaitReached();
        Lock lock = lock(lockOf("locked"));
        inFirst.open();
        neighboursStartAndEnd(revive);
        neighboursStartAndEnd(revive);

        lock.rollback();
        assertThat(locked.result(PATIENCE)).isEqualTo("booked");
        assertThat(row("locked").strikes()).isZero();
    }

    /** It is in the hands of this executor, which does not know it; so is another, whose row is locked. */
    @Test
    void whatWasLostSightOfIsFoundAgainBesideALockedOne() {
        ExecutorSeat seat = seat(near, "one", SHORT);
        seat.lanes().get(0).write(List.of(claimed("free"), claimed("locked")));
        Lock lock = lock(lockOf("locked"));

        assertThat(seat.reclaim(Set.of(), 10)).extracting(WorkflowRecord::id).containsExactly("free");
        assertThatThrownBy(() -> seat.reclaim(Set.of("free"), 10)).isInstanceOf(StoreUnavailableException.class);
        lock.rollback();
        assertThat(seat.reclaim(Set.of("free"), 10))
                .extracting(WorkflowRecord::id)
                .containsExactly("locked");
    }

    /** It has inserted a row under the same id, and has not made up its mind. */
    @Test
    void aStartThatMeetsAnUncommittedRowWaitsAndItsNeighboursStartAndEnd() {
        Revive revive = engine();
        revive.start(FLOW, "model", "model").result(PATIENCE);
        Lock lock = lock(
                "INSERT INTO ${prefix}workflow (id, name, version, status, input, input_hash, epoch, wake_seq, strikes, created_at)"
                        + " SELECT 'open', name, version, 'COMPLETED', input, input_hash, 1, 0, 0, created_at"
                        + " FROM ${prefix}workflow WHERE id = 'model'");
        CompletableFuture<WorkflowHandle<String>> start = meanwhile(() -> revive.start(FLOW, "open", "open"));
        lock.awaitWaiting(start);
        neighboursStartAndEnd(revive);

        assertThat(start).isNotDone();
        lock.rollback();
        assertThat(outcome(start).result(PATIENCE)).isEqualTo("done");
        assertThat(effects.times("first of open")).isOne();
    }

    @Test
    void aStepsRowThatIsLockedHoldsUpItsWorkflowOnly() {
        StepStore lane = seat(near, "one", SHORT).lanes().get(0);
        lane.write(List.of(claimed("a"), completed("a", 1, 1), claimed("b"), claimed("c")));
        Lock lock = lock(
                "INSERT INTO ${prefix}step (workflow_id, step_id, sequence, scope, name, kind, status, epoch, attempt, zombies, branches, first_started_at,"
                        + " started_at, recorded_at) SELECT 'a', step_id, 2, scope, name, kind, status, epoch, attempt, zombies, branches, first_started_at,"
                        + " started_at, recorded_at FROM ${prefix}step WHERE workflow_id = 'a'");

        assertThat(lane.write(List.of(completed("b", 1, 1), completed("a", 2, 1), finish("a", 1), finish("c", 1))))
                .containsExactly(ACCEPTED, LOCKED, LOCKED, ACCEPTED);
        assertThat(row("a").status()).isEqualTo(WorkflowStatus.RUNNING);
        assertThat(lane.write(List.of(completed("a", 2, 1), finish("b", 1)))).containsExactly(LOCKED, ACCEPTED);
        lock.rollback();
        assertThat(lane.write(List.of(completed("a", 2, 1), finish("a", 1)))).containsExactly(ACCEPTED, ACCEPTED);
        assertThat(lane.write(List.of(completed("b", 1, 1)))).doesNotContain(LOCKED);
    }

    /** As somebody does who goes through all of them in one transaction. */
    @Test
    void aHundredLockedRowsCostOneWait() {
        StepStore lane = seat(near, "one", SHORT).lanes().get(0);
        List<String> ids =
                IntStream.range(100, 200).mapToObj(i -> "locked " + i).toList();
        ids.forEach(id -> lane.write(List.of(claimed(id))));
        lane.write(List.of(claimed("free")));
        Lock lock = lock("UPDATE ${prefix}workflow SET strikes = strikes WHERE id LIKE 'locked%'");
        List<Operation> batch = new ArrayList<>();
        ids.forEach(id -> batch.add(finish(id, 1)));
        batch.add(finish("free", 1));

        assertThat(lane.write(batch))
                .endsWith(ACCEPTED)
                .containsOnlyOnce(ACCEPTED)
                .hasSize(101);
        lock.rollback();
        batch.remove(100);
        await().atMost(PATIENCE).until(() -> !lane.write(batch).contains(LOCKED));
        assertThat(ids).allSatisfy(id -> assertThat(row(id).status()).isEqualTo(WorkflowStatus.COMPLETED));
    }

    /** The lease is so long that whoever waits for a lock waits for longer than the test does. */
    @Test
    void aReceiverWhoseRowIsLockedHoldsUpOnlyWhoSendsToIt() {
        Revive revive = engine(
                near,
                "one",
                builder -> builder.lease(Duration.ofHours(1)).lanes(1).register(FLOW, (ctx, in) -> {
                    switch (in) {
                        case "locked" -> {
                            ctx.await(GO);
                            ctx.await(GO);
                        }
                        case "free" -> ctx.await(GO);
                        case "sender" -> {
                            ctx.step("first", inFirst::pass);
                            ctx.workflow("locked").signal(GO, "from a workflow");
                        }
                        default -> ctx.step("first", () -> effects.happen("first of " + in));
                    }
                    return "done";
                }));
        WorkflowHandle<String> locked = revive.start(FLOW, "locked", "locked");
        WorkflowHandle<String> free = revive.start(FLOW, "free", "free");
        WorkflowHandle<String> sender = revive.start(FLOW, "sender", "sender");
        inFirst.awaitReached();
        await().atMost(PATIENCE)
                .until(() -> row("locked").status() == WorkflowStatus.DUE
                        && row("free").status() == WorkflowStatus.DUE);
        Lock lock = lock(lockOf("locked"));
        inFirst.open();
        CompletableFuture<Boolean> signal = meanwhile(() -> {
            revive.workflow("locked").signal(GO, "from outside");
            return true;
        });
        neighboursStartAndEnd(revive);
        neighboursStartAndEnd(revive);
        revive.workflow("free").signal(GO, "from outside");
        assertThat(free.result(PATIENCE)).isEqualTo("done");

        assertThat(row("sender").status()).isEqualTo(WorkflowStatus.RUNNING);
        assertThat(signal).isNotDone();
        lock.rollback();
        assertThat(outcome(signal)).isTrue();
        assertThat(sender.result(PATIENCE)).isEqualTo("done");
        assertThat(locked.result(PATIENCE)).isEqualTo("done");
    }

    /** Not for a moment. */
    @Test
    void lockedReceiversAreNotWaitedFor() {
        StepStore lane = seat(near, "one", SHORT).lanes().get(0);
        List<String> ids =
                IntStream.range(100, 150).mapToObj(i -> "locked " + i).toList();
        ids.forEach(id -> lane.write(List.of(claimed(id))));
        lane.write(List.of(claimed("free")));
        List<Letter> letters = new ArrayList<>();
        ids.forEach(id -> letters.add(letter(id)));
        letters.add(letter("free"));
        Lock lock = lock("UPDATE ${prefix}workflow SET strikes = strikes WHERE id LIKE 'locked%'");

        CompletableFuture<List<Arrival>> sent = meanwhile(() -> near.send(letters));
        while (!sent.isDone()) {
            assertThat(lock.isWaitedFor()).isFalse();
        }
        assertThat(outcome(sent))
                .endsWith(Arrival.ARRIVED)
                .containsOnlyOnce(Arrival.ARRIVED)
                .contains(Arrival.LOCKED)
                .doesNotContain(Arrival.NOT_FOUND, Arrival.ENDED);
        lock.rollback();
        assertThat(near.send(letters)).containsOnly(Arrival.ARRIVED);
    }

    private static Letter letter(String to) {
        return new Letter(to, MessageKind.SIGNAL, "go", "u:once", "\"go\"", Instant.now(), null);
    }

    @Test
    void whoWaitsAsideIsLostWithItsEngineAndGoesOnWithTheNext() {
        Revive revive = engine();
        revive.start(FLOW, "locked", "locked");
        inFirst.awaitReached();
        Lock lock = lock(lockOf("locked"));
        inFirst.open();
        neighboursStartAndEnd(revive);
        CompletableFuture<Boolean> closing = meanwhile(() -> {
            revive.close();
            return true;
        });
        assertThat(outcome(closing)).isTrue();
        lock.rollback();

        Revive next = engine();
        assertThat(next.handle(FLOW, "locked").result(PATIENCE)).isEqualTo("done");
        assertThat(steps("locked")).hasSize(2);
    }
}
