// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import dev.revive.Revive;
import dev.revive.crash.CrashPlan;
import dev.revive.crash.CrashPoint;
import dev.revive.jdbc.JdbcStore;
import dev.revive.store.FencedException;
import dev.revive.store.Operation;
import dev.revive.store.WorkflowRecord;
import dev.revive.tests.support.Effects;
import dev.revive.tests.support.Gate;
import dev.revive.tests.support.InSettings;
import dev.revive.tests.support.OverheardStore;
import dev.revive.tests.support.Place;
import dev.revive.tests.support.Setting;
import dev.revive.tests.support.TestBed;
import dev.revive.workflow.EngineStoppedException;
import dev.revive.workflow.StartOptions;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowHandle;
import dev.revive.workflow.WorkflowStatus;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Several executors share a database: what one leaves behind another goes on with, and nobody touches what another is running. */
@InSettings({Setting.H2_WIDE, Setting.POSTGRES_WIDE, Setting.MARIADB_WIDE})
class ExecutorsTests extends TestBed {
    /** No machine is so busy that one lapses by itself; what must lapse is made to. */
    private static final Duration LEASE = Duration.ofMinutes(2);

    /** For tests that see one renewed, or not. */
    private static final Duration SHORT_LEASE = Duration.ofSeconds(8);

    private final Effects effects = new Effects();
    private final Gate gate = new Gate();
    private final Workflow<String, String> order = flow("order", String.class);
    private HikariDataSource pool;

    @BeforeEach
    void openDatabase() {
        pool = Place.pool(setting.place().database(unique("executors")), 30);
        use(JdbcStore.over(pool));
    }

    @AfterEach
    void closeDatabase() {
        gate.open();
        closeEngines();
        pool.close();
    }

    /** Charges, then ships when the gate is open. */
    private Revive.Builder orders(Revive.Builder builder) {
        return builder.lease(LEASE).register(order, (ctx, in) -> {
            ctx.step("Charge", () -> effects.happen("charge"));
            return ctx.step("Ship", String.class, () -> {
                effects.happen("ship");
                gate.pass();
                return "shipped";
            });
        });
    }

    private Revive engine() {
        return engine(this::orders);
    }

    private WorkflowRecord row() {
        return row(unique("it"));
    }

    private WorkflowHandle<String> handle(Revive revive) {
        return revive.handle(order, unique("it"));
    }

    private void start(Revive revive) {
        revive.start(order, unique("it"), "a book");
    }

    /** What the database's administrator, or a long pause, would do. */
    private void letLeaseLapse(String executorId) {
        try (Connection connection = pool.getConnection();
                PreparedStatement statement =
                        connection.prepareStatement("UPDATE revive_executor SET lease_until = 0 WHERE id = ?")) {
            statement.setString(1, executorId);
            assertThat(statement.executeUpdate()).isEqualTo(1);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private long leaseUntil(String executorId) {
        try (Connection connection = pool.getConnection();
                PreparedStatement statement =
                        connection.prepareStatement("SELECT lease_until FROM revive_executor WHERE id = ?")) {
            statement.setString(1, executorId);
            try (ResultSet rows = statement.executeQuery()) {
                assertThat(rows.next()).isTrue();
                return rows.getLong(1);
            }
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    @Nested
    class WhenOneDies {
        @Test
        void anotherGoesOnWithItsWorkflowsOnceItsLeaseHasLapsed() {
            Revive dying = engine(builder -> orders(builder)
                    .crashHook(CrashPlan.at(CrashPoint.BEFORE_EFFECT)
                            .ofStep("Ship")
                            .keepingQueued()));
            try {
                start(dying);
            } catch (EngineStoppedException e) {
                // it was quick to die
            }
            await().atMost(PATIENCE).until(dying::hasCrashed);
            close(dying);
            gate.open();
            letLeaseLapse(Objects.requireNonNull(row().executorId()));

            Revive other = engine();

            assertThat(handle(other).result(PATIENCE)).isEqualTo("shipped");
            assertThat(effects.all()).containsExactly("charge", "ship");
            assertThat(row().epoch()).isEqualTo(2);
        }
    }

    /** A start that its first executor wrote and did not live to answer, and that the next has claimed and not loaded when it is asked again. */
    @Nested
    class WhenOneDiesBeforeItAnswers {
        private final Workflow<String, String> occupant = flow("occupant", String.class);
        private final Gate occupied = new Gate();
        private final CountDownLatch isClaimed = new CountDownLatch(1);
        private final CountDownLatch isAskedAgain = new CountDownLatch(1);
        private final AtomicInteger writes = new AtomicInteger();

        private final OverheardStore.Listener listener = new OverheardStore.Listener() {
            @Override
            public void hear(String method, List<?> arguments) {
                if (isOfIt(method, arguments) && method.equals("write") && writes.get() == 1) {
                    awaitOpen(isClaimed);
                } else if (isOfIt(method, arguments) && method.equals("load")) {
                    isClaimed.countDown();
                    awaitOpen(isAskedAgain);
                }
            }

            @Override
            public void made(String method, List<?> arguments) {
                if (isOfIt(method, arguments) && method.equals("write")) {
                    if (writes.incrementAndGet() == 1) {
                        forgetOccupants();
                        throw new FencedException("The test ends this executor after its write.", null);
                    }
                    isAskedAgain.countDown();
                }
            }
        };

        /** Were the next executor to claim them, it might have no room for the start whose claim its lane waits for. */
        private void forgetOccupants() {
            try (Connection connection = pool.getConnection();
                    PreparedStatement statement =
                            connection.prepareStatement("DELETE FROM revive_workflow WHERE name = ?")) {
                statement.setString(1, occupant.name());
                assertThat(statement.executeUpdate()).isEqualTo(2);
            } catch (SQLException e) {
                throw new AssertionError(e);
            }
        }

        private boolean isOfIt(String method, List<?> arguments) {
            return (method.equals("write") && createsIt((List<?>) arguments.get(0)))
                    || (method.equals("load") && claimsIt((Collection<?>) arguments.get(0)));
        }

        private boolean createsIt(List<?> batch) {
            return batch.stream()
                    .anyMatch(operation -> operation instanceof Operation.Create create
                            && create.workflowId().equals(unique("it")));
        }

        private boolean claimsIt(Collection<?> claimed) {
            return claimed.stream()
                    .anyMatch(workflow ->
                            workflow instanceof WorkflowRecord row && row.id().equals(unique("it")));
        }

        private void awaitOpen(CountDownLatch latch) {
            try {
                assertThat(latch.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS))
                        .isTrue();
            } catch (InterruptedException e) {
                throw new AssertionError("Nobody interrupts a lane or a claimer.", e);
            }
        }

        @Test
        void aStartThatOutlivesItsExecutorRunsOnce() {
            use(OverheardStore.of(JdbcStore.over(pool), listener));
            CountDownLatch begun = new CountDownLatch(2);
            Revive revive = engine(builder -> orders(builder)
                    .maxLoadedRuns(2)
                    .register(
                            occupant,
                            (ctx, in) -> ctx.step("Wait", String.class, () -> {
                                begun.countDown();
                                occupied.pass();
                                return in;
                            })));
            revive.start(occupant, unique("first"), ""); // so there is no room, and it is left due
            revive.start(occupant, unique("second"), "");
            awaitOpen(begun); // what has not begun would fill no room
            gate.open();

            assertThatCode(() -> start(revive)).as("a start, answered").doesNotThrowAnyException();
            occupied.open(); // whom it kept out of memory is gone, and so may their threads

            assertThat(handle(revive).result(PATIENCE)).isEqualTo("shipped");
            assertThat(writes).hasValue(2);
            assertThat(effects.all()).containsExactly("charge", "ship");
            assertThat(row().epoch()).isEqualTo(1);
        }
    }

    @Nested
    class WhileOneLives {
        @Test
        void nobodyTouchesWhatItRunsForLongerThanItsLease() {
            Revive living = engine(builder -> orders(builder).lease(SHORT_LEASE));
            start(living);
            gate.awaitReached();
            Revive other = engine(builder -> orders(builder).lease(SHORT_LEASE)); // looks for the dead as often

            String executor = Objects.requireNonNull(row().executorId());
            long before = leaseUntil(executor);
            await().atMost(PATIENCE).until(() -> leaseUntil(executor) > before + SHORT_LEASE.toNanos() / 1_000);
            gate.open();

            assertThat(handle(other).result(PATIENCE)).isEqualTo("shipped");
            assertThat(effects.all()).containsExactly("charge", "ship");
            assertThat(row().epoch()).isEqualTo(1);
        }

        @Test
        void itsEndIsHeardOfByCallersElsewhere() {
            Revive other = engine();
            start(engine());
            gate.open();

            assertThat(handle(other).result(PATIENCE)).isEqualTo("shipped");
        }

        @Test
        void anotherMayStartWorkForIt() {
            Revive caller = engine(builder -> builder.lease(LEASE));
            gate.open();
            engine();

            WorkflowHandle<String> handle = caller.start(
                    order, unique("it"), "a book", StartOptions.defaults().runElsewhere());

            assertThat(handle.result(PATIENCE)).isEqualTo("shipped");
        }

        @Test
        void manyWorkflowsAreSharedOutWithoutOneBeingRunTwice() {
            gate.open();
            Revive caller = engine(builder -> builder.lease(LEASE));
            List<String> ids = IntStream.range(0, 100)
                    .mapToObj(i -> unique("it") + "-" + i)
                    .toList();
            ids.forEach(id ->
                    caller.start(order, id, "a book", StartOptions.defaults().runElsewhere()));
            engine(builder -> orders(builder).maxLoadedRuns(20));
            engine(builder -> orders(builder).maxLoadedRuns(20));

            for (String id : ids) {
                assertThat(caller.handle(order, id).result(PATIENCE)).isEqualTo("shipped");
                assertThat(row(id).epoch()).isEqualTo(1);
            }
            assertThat(effects.times("charge")).isEqualTo(ids.size());
            assertThat(effects.times("ship")).isEqualTo(ids.size());
        }
    }

    @Nested
    class WhenOneLosesItsLease {
        @Test
        void whatItDoesFromThenOnIsNotRecordedAndAnotherHasTheLastWord() {
            Revive first = engine();
            start(first);
            gate.awaitReached();
            String former = Objects.requireNonNull(row().executorId());
            letLeaseLapse(former);
            Revive second = engine();
            await().atMost(PATIENCE).until(() -> row().epoch() >= 2);

            gate.open();

            assertThat(handle(second).result(PATIENCE)).isEqualTo("shipped");
            assertThat(effects.times("charge")).isEqualTo(1);
            assertThat(effects.times("ship")).isEqualTo(2);
            assertThat(stepRow(unique("it"), "Ship").zombies()).isEqualTo(1);
            assertThat(row().epoch()).isEqualTo(2);
        }

        @Test
        void itBeginsAgainUnderAnotherIdAndGoesOnWithItsOwn() {
            Revive revive = engine(builder -> orders(builder).lease(SHORT_LEASE));
            start(revive);
            gate.awaitReached();
            String former = Objects.requireNonNull(row().executorId());

            letLeaseLapse(former);
            await().atMost(PATIENCE).until(() -> !former.equals(row().executorId()));
            gate.open();

            assertThat(handle(revive).result(PATIENCE)).isEqualTo("shipped");
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(revive.start(order, unique("next"), "another")
                                    .result(PATIENCE))
                            .isEqualTo("shipped"));
        }
    }

    @Nested
    class WhenOneLeaves {
        private Revive.Builder hastyOrders(Revive.Builder builder) {
            return builder.lease(LEASE).shutdownGrace(Duration.ZERO).register(order, (ctx, in) -> {
                ctx.step("Charge", () -> effects.happen("charge"));
                String shipped = ctx.step("Ship", String.class, () -> {
                    effects.happen("ship");
                    try {
                        gate.pass();
                        return "shipped";
                    } catch (InterruptedException e) {
                        return "shipped in a hurry";
                    }
                });
                ctx.step("Tell", () -> effects.happen("tell"));
                return shipped + ", told";
            });
        }

        @Test
        void anotherTakesItsWorkAtOnceAndNothingIsDoubled() {
            Revive leaving = engine(this::hastyOrders);
            start(leaving);
            gate.awaitReached();

            close(leaving); // interrupts the effect, which returns all the same

            assertThat(row().status()).isEqualTo(WorkflowStatus.DUE);
            assertThat(row().strikes()).isZero();
            assertThat(handle(engine(this::hastyOrders)).result(PATIENCE)).isEqualTo("shipped in a hurry, told");
            assertThat(effects.all()).containsExactly("charge", "ship", "tell");
        }
    }

    @Nested
    class WhatOneDoesNotKnow {
        @Test
        void isLeftToAnotherAndDoesNotKeepItFromWhatItKnows() {
            gate.open();
            Workflow<String, String> other = flow("other", String.class);
            Revive ignorant = engine();
            for (int i = 0; i < 300; i++) {
                ignorant.start(
                        other,
                        unique("other") + "-" + i,
                        "x",
                        StartOptions.defaults().runElsewhere());
            }
            ignorant.start(order, unique("it"), "x", StartOptions.defaults().runElsewhere());

            assertThat(handle(ignorant).result(PATIENCE)).isEqualTo("shipped");
            assertThat(row(unique("other") + "-7").status()).isEqualTo(WorkflowStatus.DUE);

            engine(builder -> builder.lease(LEASE).register(other, (ctx, in) -> "known"));

            assertThat(ignorant.handle(other, unique("other") + "-7").result(PATIENCE))
                    .isEqualTo("known");
        }

        @Test
        void isAnotherVersionToo() {
            gate.open();
            engine();
            Revive newer =
                    engine(builder -> builder.lease(LEASE).register(order.version(2), (ctx, in) -> "shipped by drone"));

            newer.start(order.version(2), unique("new"), "x");
            newer.start(order, unique("old"), "x", StartOptions.defaults().runElsewhere());

            assertThat(newer.handle(order.version(2), unique("new")).result(PATIENCE))
                    .isEqualTo("shipped by drone");
            assertThat(newer.handle(order, unique("old")).result(PATIENCE)).isEqualTo("shipped");
        }
    }
}
