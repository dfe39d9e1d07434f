// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.revive.Revive;
import dev.revive.crash.CrashPlan;
import dev.revive.crash.CrashPoint;
import dev.revive.databases.DatabaseServer;
import dev.revive.databases.SharedServers;
import dev.revive.jdbc.JdbcSettings;
import dev.revive.jdbc.JdbcStore;
import dev.revive.store.InMemoryStore;
import dev.revive.store.Message;
import dev.revive.store.ReadLimit;
import dev.revive.store.WorkflowStore;
import dev.revive.tests.support.Effects;
import dev.revive.tests.support.Gate;
import dev.revive.workflow.Awakeable;
import dev.revive.workflow.CallKind;
import dev.revive.workflow.Decision;
import dev.revive.workflow.EngineStoppedException;
import dev.revive.workflow.OnZombie;
import dev.revive.workflow.ParallelFailedException;
import dev.revive.workflow.ParallelOptions;
import dev.revive.workflow.Poll;
import dev.revive.workflow.Reconciliation;
import dev.revive.workflow.Resolution;
import dev.revive.workflow.RetryPolicy;
import dev.revive.workflow.Signal;
import dev.revive.workflow.StartOptions;
import dev.revive.workflow.Step;
import dev.revive.workflow.StepFailedException;
import dev.revive.workflow.StepInfo;
import dev.revive.workflow.StepOptions;
import dev.revive.workflow.StepOutcomeUnknownException;
import dev.revive.workflow.StepStatus;
import dev.revive.workflow.TypeRef;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowConflictException;
import dev.revive.workflow.WorkflowContext;
import dev.revive.workflow.WorkflowFailedException;
import dev.revive.workflow.WorkflowFunction;
import dev.revive.workflow.WorkflowHandle;
import dev.revive.workflow.WorkflowNeedsAttentionException;
import dev.revive.workflow.WorkflowStatus;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What docs/concepts.md shows. */
@Timeout(60)
class ConceptsTests {
    private static final Workflow<Order, String> FLOW = Workflow.named("order", Order.class, String.class);
    private static final Order ORDER = new Order("order-42", 30);

    private final Effects effects = new Effects();
    private final Psp psp = new Psp();
    private final WorkflowStore store = new InMemoryStore();

    record Order(String id, int amount) {}

    record Receipt(String key) {}

    // region subtypes
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Card.class, name = "card"),
        @JsonSubTypes.Type(value = Transfer.class, name = "transfer")
    })
    public sealed interface Payment {}

    public record Card(String token) implements Payment {}

    public record Transfer(String iban) implements Payment {}
    // endregion

    static final class CardDeclinedException extends Exception {
        private static final long serialVersionUID = 1L;
    }

    /** A payment service that knows what it did under which key. */
    static final class Psp {
        private final Map<String, Receipt> receipts = new ConcurrentHashMap<>();

        Receipt charge(Order order, String key) throws CardDeclinedException {
            if (order.amount() < 0) {
                throw new CardDeclinedException();
            }
            return receipts.computeIfAbsent(key, Receipt::new);
        }

        Optional<Receipt> find(String key) {
            return Optional.ofNullable(receipts.get(key));
        }
    }

    // ---- determinism

    private String offer(WorkflowContext ctx) {
        // region determinism
        Instant asked = ctx.now(); // the time of the last durable call
        UUID offer = ctx.randomUuid(); // the same in every run
        boolean lucky = ctx.random().nextInt(100) < 5;
        ctx.logger().info("offer {} made at {}", offer, asked);
        // endregion
        return asked + " " + offer + " " + lucky;
    }

    @Test
    void timeAndChanceAreTheSameInEveryRun() {
        List<String> seen = new CopyOnWriteArrayList<>();
        crashAndGoOn(CrashPlan.at(CrashPoint.BEFORE_COMPLETION).losingQueued(), (ctx, order) -> {
            seen.add(offer(ctx));
            ctx.step("Send Offer", () -> effects.happen("send"));
            return "sent";
        });

        assertThat(seen).hasSize(2);
        assertThat(seen.get(1)).isEqualTo(seen.get(0));
        assertThat(effects.times("send")).isEqualTo(1);
    }

    // ---- steps

    private Step<Receipt> charge(Order order) {
        // region step
        Step<Receipt> charge = Step.of("Charge", Receipt.class, attempt -> psp.charge(order, attempt.idempotencyKey()))
                .retry(RetryPolicy.upTo(5).giveUpOn(CardDeclinedException.class))
                .attemptTimeout(Duration.ofSeconds(10))
                .totalTimeout(Duration.ofMinutes(5));
        // endregion
        return charge;
    }

    @Test
    void aStepIsRetriedUnlessItsPolicyGivesUp() {
        assertThat(run(ORDER, (ctx, order) -> ctx.step(charge(order)).key())).hasSize(32);

        String declined = run(new Order("order-43", -1), (ctx, order) -> {
            try {
                return ctx.step(charge(order)).key();
            } catch (StepFailedException e) {
                return e.threw(CardDeclinedException.class) + " " + e.stepName();
            }
        });
        assertThat(declined).isEqualTo("true Charge");
    }

    @Test
    void aReconcilerAsksTheWorldBeforeAnythingIsRepeated() {
        String key = crashAndGoOn(after("Charge"), (ctx, order) -> {
            // region reconcile
            Receipt receipt = ctx.step(charge(order)
                    .reconcile(attempt -> psp.find(attempt.idempotencyKey())
                            .map(Reconciliation::happened)
                            .orElseGet(Reconciliation::didNotHappen)));
            // endregion
            return receipt.key();
        });

        assertThat(psp.receipts).containsOnlyKeys(key);
        assertThat(recorded("Charge").resolution()).isEqualTo(Resolution.FOUND_DONE);
        assertThat(recorded("Charge").attempt()).isEqualTo(1);
    }

    @Test
    void anAtMostOnceStepIsUnknownRatherThanRepeated() {
        String result = crashAndGoOn(after("Send Letter"), (ctx, order) -> {
            // region at-most-once
            try {
                ctx.step(Step.of("Send Letter", () -> effects.happen("letter")).atMostOnce());
            } catch (StepOutcomeUnknownException e) {
                ctx.step("Ask The Post Room", () -> effects.happen("ask"));
            }
            // endregion
            return "done";
        });

        assertThat(result).isEqualTo("done");
        assertThat(effects.all()).containsExactly("letter", "ask");
        assertThat(recorded("Send Letter").resolution()).isEqualTo(Resolution.GIVEN_UP);
    }

    @Test
    void aPersonDecides() {
        WorkflowFunction<Order, String> function = (ctx, order) -> {
            ctx.step(Step.of("Send Letter", () -> effects.happen("letter")).onZombie(OnZombie.ASK));
            return "done";
        };
        crash(after("Send Letter"), function);

        try (Revive revive = engine(function).start()) {
            String id = ORDER.id();
            WorkflowHandle<String> letter = revive.handle(FLOW, id);
            assertThatThrownBy(letter::result).isInstanceOf(WorkflowNeedsAttentionException.class);
            // region decide
            StepInfo inDoubt = letter.steps().stream()
                    .filter(step -> step.status() == StepStatus.STARTED)
                    .findFirst()
                    .orElseThrow();
            revive.decide(id, inDoubt, Decision.happened(null)); // or runAgain(), or fail("no trace of it")
            // endregion
            assertThat(letter.result()).isEqualTo("done");
        }
        assertThat(effects.times("letter")).isEqualTo(1);
    }

    @Test
    void aWorkflowSleeps() {
        WorkflowFunction<Order, String> function = (ctx, order) -> {
            // region sleep
            ctx.sleep("Cool Down", Duration.ofDays(3)); // or sleepUntil("Cool Down", instant)
            // endregion
            return "done";
        };
        try (Revive revive = engine(function).start()) {
            WorkflowHandle<String> sleeper = revive.start(FLOW, ORDER.id(), ORDER);
            await().until(() -> sleeper.status() == WorkflowStatus.DUE);
            assertThat(sleeper.steps()).extracting(StepInfo::kind).containsExactly(CallKind.SLEEP);
        }
    }

    private enum Status {
        PACKED,
        SHIPPED;

        boolean isFinal() {
            return this == SHIPPED;
        }
    }

    private interface Tracking {
        Status status(Order order);
    }

    @Test
    void aWorkflowPolls() {
        Tracking shop = order -> effects.happen("look") < 2 ? Status.PACKED : Status.SHIPPED;
        WorkflowFunction<Order, String> function = (ctx, order) -> {
            // region poll
            Poll<Status> shipped =
                    Poll.every(Duration.ofMinutes(5)).upTo(Duration.ofDays(7)).until(Status::isFinal);
            Status status = ctx.poll("Shipped?", Status.class, shipped, attempt -> shop.status(order));
            // endregion
            return status.name();
        };
        try (Revive revive = engine(function).start()) {
            WorkflowHandle<String> order = revive.start(FLOW, ORDER.id(), ORDER);
            await().until(() -> order.status() == WorkflowStatus.DUE);
            assertThat(order.steps()).singleElement().satisfies(poll -> {
                assertThat(poll.kind()).isEqualTo(CallKind.POLL);
                assertThat(poll.output()).isEqualTo("\"PACKED\"");
            });
        }
    }

    record Approval(String by) {}

    // region signal
    static final Signal<Approval> APPROVAL = Signal.named("approval", Approval.class);
    // endregion

    interface Mails {
        void remind(Order order);
    }

    @Test
    void aWorkflowWaitsForASignal() {
        Mails mails = order -> effects.happen("remind");
        WorkflowFunction<Order, String> function = (ctx, order) -> {
            // region await
            Optional<Approval> approval =
                    ctx.await(APPROVAL, Duration.ofDays(3)); // or ctx.await(APPROVAL), as long as it takes
            if (approval.isEmpty()) {
                ctx.step("Remind", () -> mails.remind(order)); // nothing came in time
            }
            // endregion
            return approval.map(Approval::by).orElse("nobody");
        };
        try (Revive revive = engine(function).start()) {
            WorkflowHandle<String> order = revive.start(FLOW, "order-42", ORDER);
            await().until(() -> order.status() == WorkflowStatus.DUE);
            // region send
            revive.workflow("order-42").signal(APPROVAL, new Approval("Ada"));
            // endregion
            assertThat(order.result()).isEqualTo("Ada");
        }
        assertThat(effects.times("remind")).isZero();
    }

    @Test
    void whatNobodyHasReceivedIsInTheInbox() {
        Gate gate = new Gate();
        WorkflowFunction<Order, String> function = (ctx, order) -> {
            ctx.step("Wait", gate::pass);
            return ctx.await(APPROVAL).by();
        };
        try (Revive revive = engine(function).start()) {
            WorkflowHandle<String> order = revive.start(FLOW, "order-42", ORDER);
            revive.workflow("order-42").signal(APPROVAL, new Approval("Ada"));
            revive.workflow("order-42").signal(APPROVAL, new Approval("Bob"));
            gate.open();
            assertThat(order.result()).isEqualTo("Ada");
            // region inbox
            ReadLimit few = new ReadLimit(10_000, 100, 1_000_000); // characters of each, messages, characters in all
            List<Message> inbox =
                    revive.store().messages("order-42", few); // what people want of it, too: look at kind()
            // endregion
            assertThat(inbox)
                    .extracting(Message::name, Message::payload)
                    .containsExactly(tuple("approval", "{\"by\":\"Bob\"}"));
        }
    }

    @Test
    void aWorkflowIsToEndInTime() {
        WorkflowFunction<Order, String> function = (ctx, in) -> ctx.step("Ship", String.class, () -> "shipped");
        try (Revive revive = engine(function).start()) {
            Order order = ORDER;
            // region deadline
            StartOptions inAWeek = StartOptions.defaults().timeout(Duration.ofDays(7));
            WorkflowHandle<String> handle = revive.start(FLOW, "order-43", order, inAWeek);
            // endregion
            assertThat(handle.result()).isEqualTo("shipped");
        }
    }

    interface AskedBank {
        void charge(Order order, String callback);
    }

    @Test
    void aWorkflowGivesAwayAnId() {
        Map<String, String> asked = new ConcurrentHashMap<>();
        AskedBank bank = (order, callback) -> asked.put(order.id(), callback);
        WorkflowFunction<Order, String> function = (ctx, order) -> {
            // region awakeable
            Awakeable<Payment> paid = ctx.awakeable("Payment", Payment.class);
            ctx.step("Ask The Bank", () -> bank.charge(order, paid.id()));
            Payment payment = ctx.await(paid); // or ctx.await(paid, Duration.ofDays(3)), empty if it took longer
            // endregion
            return payment.toString();
        };
        try (Revive revive = engine(function).start()) {
            WorkflowHandle<String> order = revive.start(FLOW, ORDER.id(), ORDER);
            await().until(() -> order.status() == WorkflowStatus.DUE);
            String id = Objects.requireNonNull(asked.get(ORDER.id()));
            // region complete
            revive.complete(id, new Card("tok_1")); // or revive.fail(id, "declined")
            // endregion
            assertThat(order.result()).contains("tok_1");
        }
    }

    @Test
    void aFailedWorkflowIsRetried() {
        AtomicBoolean isMended = new AtomicBoolean();
        WorkflowFunction<Order, String> function = (ctx, order) -> {
            ctx.step("Charge", () -> effects.happen("charge"));
            ctx.step("Ship", () -> {
                if (!isMended.get()) {
                    throw new IllegalStateException("no carrier");
                }
            });
            return "done";
        };
        try (Revive revive = engine(function).start()) {
            WorkflowHandle<String> order = revive.start(FLOW, "order-42", ORDER);
            assertThatThrownBy(order::result).isInstanceOf(WorkflowFailedException.class);
            isMended.set(true);
            // region retry
            boolean retried = revive.retry("order-42"); // false if it has not failed
            // endregion
            assertThat(retried).isTrue();
            assertThat(order.result()).isEqualTo("done");
        }
        assertThat(effects.times("charge")).isEqualTo(1);
    }

    // region interface
    public interface Shop {
        String reserve(String item);

        void ship(String reservation);
    }
    // endregion

    private final class RealShop implements Shop {
        @Override
        public String reserve(String item) {
            return item + "-" + effects.happen("reserve");
        }

        @Override
        public void ship(String reservation) {
            effects.happen("ship");
        }
    }

    @Test
    void everyCallOfAnInterfaceIsAStep() {
        Shop realShop = new RealShop();
        run(ORDER, (ctx, order) -> {
            // region proxy
            Shop shop = ctx.steps(Shop.class, realShop, StepOptions.defaults().retry(RetryPolicy.upTo(3)));
            String reservation = shop.reserve("tea"); // the step "Shop.reserve"
            shop.ship(reservation); // the step "Shop.ship"
            // endregion
            return reservation;
        });

        assertThat(effects.all()).containsExactly("reserve", "ship");
        assertThat(recorded("Shop.ship").sequence()).isEqualTo(2);
    }

    // ---- transactions

    @Test
    void rowsAndCheckpointAreCommittedTogether() throws SQLException {
        JdbcConnectionPool pool = JdbcConnectionPool.create("jdbc:h2:mem:concepts;DB_CLOSE_DELAY=-1", "sa", "");
        try (Connection connection = pool.getConnection()) {
            connection.createStatement().execute("CREATE TABLE payment (order_id VARCHAR PRIMARY KEY, amount INT)");
        }
        WorkflowFunction<Order, String> function = (ctx, order) -> {
            // region transaction
            int amount = ctx.transaction("Book Payment", Integer.class, connection -> {
                try (PreparedStatement insert = connection.prepareStatement("INSERT INTO payment VALUES (?, ?)")) {
                    insert.setString(1, order.id());
                    insert.setInt(2, order.amount());
                    insert.executeUpdate();
                }
                return order.amount();
            });
            // endregion
            return "booked " + amount;
        };
        JdbcStore database = JdbcStore.over(pool, JdbcSettings.defaults().asExclusive());
        CrashPlan plan =
                CrashPlan.at(CrashPoint.AFTER_OUTCOME).ofStep("Book Payment").losingQueued();
        try (Revive dying =
                Revive.with(database).register(FLOW, function).crashHook(plan).start()) {
            assertThatThrownBy(() -> dying.start(FLOW, ORDER.id(), ORDER).result())
                    .isInstanceOf(EngineStoppedException.class);
        }

        try (Revive next = Revive.with(database).register(FLOW, function).start()) {
            assertThat(next.handle(FLOW, ORDER.id()).result()).isEqualTo("booked 30");
        }
        pool.dispose();
    }

    // ---- your transaction

    private static void insertOrder(Connection connection, Order order) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO payment VALUES (?, ?)")) {
            insert.setString(1, order.id());
            insert.setInt(2, order.amount());
            insert.executeUpdate();
        }
    }

    @Test
    void whatIsAskedForInATransactionOfYoursIsPartOfIt() throws SQLException {
        DatabaseServer server = SharedServers.postgres();
        server.create("concepts");
        DataSource pool = server.dataSource("concepts");
        try (Connection connection = pool.getConnection()) {
            connection.createStatement().execute("CREATE TABLE payment (order_id VARCHAR PRIMARY KEY, amount INT)");
        }
        try (Revive revive = Revive.with(JdbcStore.over(pool))
                .register(FLOW, (ctx, order) -> "charged " + order.amount())
                .start()) {
            Order order = ORDER;
            // region in-transaction
            try (Connection connection = pool.getConnection()) {
                connection.setAutoCommit(false);
                insertOrder(connection, order);
                revive.in(connection).start(FLOW, order.id(), order);
                connection.commit();
            }
            // endregion
            await().until(() -> revive.store().find(ORDER.id()).isPresent());
            assertThat(revive.handle(FLOW, ORDER.id()).result()).isEqualTo("charged 30");
        }
    }

    @Test
    void aTransactionThatReviveRunsHasStartedItsWorkflowsWhenItReturns() throws SQLException {
        JdbcConnectionPool pool = JdbcConnectionPool.create("jdbc:h2:mem:transact;DB_CLOSE_DELAY=-1", "sa", "");
        try (Connection connection = pool.getConnection()) {
            connection.createStatement().execute("CREATE TABLE payment (order_id VARCHAR PRIMARY KEY, amount INT)");
        }
        Order order = ORDER;
        try (Revive revive = Revive.with(
                        JdbcStore.over(pool, JdbcSettings.defaults().asExclusive()))
                .register(FLOW, (ctx, in) -> "charged " + in.amount())
                .start()) {
            // region transact
            revive.transact(connection -> {
                insertOrder(connection, order);
                revive.in(connection).start(FLOW, order.id(), order);
                return order.id();
            });
            String result = revive.handle(FLOW, order.id()).result();
            // endregion
            assertThat(result).isEqualTo("charged 30");
        }
        pool.dispose();
    }

    // ---- keys

    @Test
    void keysDependOnTheProgramOnly() {
        run(ORDER, (ctx, order) -> {
            // region keys
            ctx.step("Reserve", () -> effects.happen("reserve")); // Reserve#1
            ctx.parallel(List.of("tea", "cup"), (branch, item) -> { // parallel#2
                branch.step("Pack", () -> effects.happen(item)); // 2.1/Pack#1 and 2.2/Pack#1
                branch.step("Label", () -> effects.happen(item)); // 2.1/Label#2 and 2.2/Label#2
                return item;
            });
            ctx.step("Ship", () -> effects.happen("ship")); // Ship#3
            // endregion
            return "shipped";
        });

        assertThat(steps())
                .extracting(StepInfo::stepKey)
                .containsExactlyInAnyOrder(
                        "Reserve#1", "parallel#2", "2.1/Pack#1", "2.2/Pack#1", "2.1/Label#2", "2.2/Label#2", "Ship#3");
    }

    // ---- parallel

    @Test
    void aFailingBranchCancelsItsSiblings() {
        WorkflowFunction<Order, String> function = (ctx, order) -> {
            // region parallel
            ParallelOptions options = ParallelOptions.defaults()
                    .named("Book Trip")
                    .cancelSiblings()
                    .atMost(2);
            try {
                List<String> bookings = ctx.parallel(
                        List.of("flight", "hotel", "car"),
                        options,
                        (branch, what) -> branch.step("Book", String.class, () -> book(what)));
                return "booked " + bookings;
            } catch (ParallelFailedException e) {
                return "failed " + e.failures().keySet() + ", cancelled " + e.cancelled();
            }
            // endregion
        };
        crash(CrashPlan.at(CrashPoint.BEFORE_COMPLETION).losingQueued(), function);
        int attempted = effects.all().size();

        try (Revive next = engine(function).start()) {
            String result = next.handle(FLOW, ORDER.id()).result();
            assertThat(result).contains("failed [0]");
        }
        assertThat(effects.all()).hasSize(attempted);
    }

    private String book(String what) {
        effects.happen(what);
        if (what.equals("flight")) {
            throw new IllegalStateException("no seats");
        }
        return what;
    }

    // ---- ids and starting

    @Test
    void anIdIsStartedOnce() {
        try (Revive revive = engine((ctx, order) -> "done").start()) {
            // region start
            WorkflowHandle<String> first = revive.start(FLOW, "order-42", ORDER);
            WorkflowHandle<String> same = revive.start(FLOW, "order-42", ORDER); // attaches to the first
            // endregion
            assertThat(first.result()).isEqualTo(same.result());

            assertThatThrownBy(() -> revive.start(FLOW, "order-42", new Order("order-42", 31)))
                    .isInstanceOf(WorkflowConflictException.class);
            assertThatThrownBy(() -> revive.start(
                            FLOW, "order-42", ORDER, StartOptions.defaults().failIfExists()))
                    .isInstanceOf(WorkflowConflictException.class);
        }
    }

    @Test
    void twoVersionsLiveSideBySide() {
        WorkflowFunction<Order, String> oldCode = (ctx, order) -> "old";
        WorkflowFunction<Order, String> newCode = (ctx, order) -> "new";
        // region versions
        Revive.Builder engine = Revive.with(store)
                .register(FLOW, oldCode) // goes on with instances of version 1
                .register(FLOW.version(2), newCode);
        // endregion
        try (Revive revive = engine.start()) {
            assertThat(revive.start(FLOW.version(2), "order-43", ORDER).result())
                    .isEqualTo("new");
            assertThat(revive.start(FLOW, "order-42", ORDER).result()).isEqualTo("old");
        }
    }

    @Test
    void typesWithArgumentsHaveATokenOfTheirOwn() {
        String result = run(ORDER, (ctx, order) -> {
            // region type-ref
            List<Receipt> receipts =
                    ctx.step("List Receipts", new TypeRef<List<Receipt>>() {}, () -> List.of(new Receipt(order.id())));
            // endregion
            return receipts.get(0).key();
        });

        assertThat(result).isEqualTo("order-42");
    }

    @Test
    void subtypesAreToldApart() {
        String result = run(ORDER, (ctx, order) -> {
            List<Payment> payments = ctx.step(
                    "Choose", new TypeRef<List<Payment>>() {}, () -> List.of(new Card("tok"), new Transfer("DE89")));
            return payments.toString();
        });

        assertThat(result).isEqualTo("[Card[token=tok], Transfer[iban=DE89]]");
    }

    // ---- engines

    private static CrashPlan after(String step) {
        return CrashPlan.at(CrashPoint.AFTER_EFFECT).ofStep(step).losingQueued();
    }

    private Revive.Builder engine(WorkflowFunction<Order, String> function) {
        return Revive.with(store).register(FLOW, function);
    }

    private String run(Order order, WorkflowFunction<Order, String> function) {
        try (Revive revive = engine(function).start()) {
            return revive.start(FLOW, order.id(), order).result();
        }
    }

    private void crash(CrashPlan plan, WorkflowFunction<Order, String> function) {
        try (Revive dying = engine(function).crashHook(plan).start()) {
            assertThatThrownBy(() -> dying.start(FLOW, ORDER.id(), ORDER).result())
                    .isInstanceOf(EngineStoppedException.class);
        }
    }

    private String crashAndGoOn(CrashPlan plan, WorkflowFunction<Order, String> function) {
        crash(plan, function);
        try (Revive next = engine(function).start()) {
            return next.handle(FLOW, ORDER.id()).result();
        }
    }

    private List<StepInfo> steps() {
        try (Revive revive = Revive.with(store).start()) {
            return revive.handle(FLOW, ORDER.id()).steps();
        }
    }

    private StepInfo recorded(String step) {
        return steps().stream()
                .filter(each -> each.name().equals(step))
                .findFirst()
                .orElseThrow();
    }
}
