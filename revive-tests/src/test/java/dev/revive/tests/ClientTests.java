// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import dev.revive.Revive;
import dev.revive.ReviveClient;
import dev.revive.jdbc.JdbcStore;
import dev.revive.tests.support.Place;
import dev.revive.workflow.Awakeable;
import dev.revive.workflow.AwakeableCompletedException;
import dev.revive.workflow.AwakeableFailedException;
import dev.revive.workflow.Decision;
import dev.revive.workflow.EngineStoppedException;
import dev.revive.workflow.ResultTimeoutException;
import dev.revive.workflow.Signal;
import dev.revive.workflow.SignalNotDeliveredException;
import dev.revive.workflow.Step;
import dev.revive.workflow.StepInfo;
import dev.revive.workflow.StepStatus;
import dev.revive.workflow.TypeRef;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowCancelledException;
import dev.revive.workflow.WorkflowContext;
import dev.revive.workflow.WorkflowFailedException;
import dev.revive.workflow.WorkflowNotFoundException;
import dev.revive.workflow.WorkflowStatus;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A process that runs nothing: beside an engine on the same database. */
@Timeout(120)
@ParameterizedClass
@EnumSource(names = {"POSTGRES", "MARIADB"})
class ClientTests {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Signal<String> APPROVAL = Signal.named("approval", String.class);
    private static final TypeRef<List<Integer>> NUMBERS = new TypeRef<>() {};
    private static final Workflow<String, String> FLOW = Workflow.named("flow", String.class, String.class);

    @Parameter
    private Place place;

    record Approval(String by) {}

    private final AtomicBoolean isWell = new AtomicBoolean();
    private final CompletableFuture<String> awakeableId = new CompletableFuture<>();
    private HikariDataSource pool;
    private HikariDataSource clientsPool;
    private Revive revive;
    private ReviveClient client;

    @BeforeEach
    void openDatabase() {
        String database = "client_" + UUID.randomUUID().toString().substring(0, 8);
        pool = Place.pool(place.database(database), 10);
        clientsPool = Place.pool(place.database(database), 3);
        revive = Revive.with(JdbcStore.over(pool))
                .unloadAfter(Duration.ofMillis(100))
                .register(FLOW, this::run)
                .start();
        client = Revive.with(JdbcStore.over(clientsPool)).openClient();
    }

    @AfterEach
    void closeDatabase() {
        client.close();
        revive.close();
        clientsPool.close();
        pool.close();
    }

    private String run(WorkflowContext ctx, String what) {
        return switch (what) {
            case "awaits approval" -> ctx.await(APPROVAL);
            case "awaits another approval" ->
                ctx.await(Signal.named("another approval", Approval.class)).by();
            case "awaits numbers" -> {
                Awakeable<List<Integer>> numbers = ctx.awakeable("Numbers", NUMBERS);
                ctx.step("Give It Away", () -> awakeableId.complete(numbers.id()));
                yield ctx.await(numbers).toString();
            }
            case "asks the client" ->
                Stream.<Supplier<?>>of(
                                () -> {
                                    client.workflow("b").signal(APPROVAL, "Ada");
                                    return "sent";
                                },
                                () -> client.workflow("b").cancel("no need"),
                                () -> client.workflow("b").resume(),
                                () -> client.handle(FLOW, "b").status(),
                                () -> client.handle(FLOW, "b").result(),
                                () -> client.retry("b"),
                                () -> {
                                    client.close();
                                    return "closed";
                                })
                        .map(ClientTests::answerOf)
                        .collect(Collectors.joining("\n"));
            case "asks the client in a step" ->
                ctx.step("Ask", String.class, () -> {
                    client.workflow("b").signal(APPROVAL, "Ada");
                    try (ReviveClient another =
                            Revive.with(JdbcStore.over(clientsPool)).openClient()) {
                        return another.handle(FLOW, "b").result(PATIENCE);
                    }
                });
            case "fails at first" ->
                ctx.step("Work", String.class, () -> {
                    if (!isWell.get()) {
                        throw new IllegalStateException("not yet");
                    }
                    return "done";
                });
            default -> throw new AssertionError(what);
        };
    }

    private static String answerOf(Supplier<?> call) {
        try {
            return String.valueOf(call.get());
        } catch (RuntimeException e) {
            return e.toString();
        }
    }

    /** As an engine does. */
    @Test
    void isNotAskedByAWorkflow() {
        revive.start(FLOW, "b", "awaits approval");

        String answers = revive.start(FLOW, "a", "asks the client").result(PATIENCE);

        assertThat(answers.lines()).hasSize(7).allMatch(line -> line.contains(" was called in a workflow"));
        assertThat(answers).contains("ctx.workflow(id).signal(...)");
        assertThat(client.handle(FLOW, "b").steps()).allMatch(step -> step.status() == StepStatus.STARTED);
    }

    @Test
    void isAskedByTheStepsOfAWorkflow() {
        revive.start(FLOW, "b", "awaits approval");

        assertThat(revive.start(FLOW, "a", "asks the client in a step").result(PATIENCE))
                .isEqualTo("Ada");
    }

    @Test
    void signalsAndWaitsForTheEnd() {
        revive.start(FLOW, "a", "awaits approval");

        client.workflow("a").signal(APPROVAL, "Ada");

        assertThat(client.handle(FLOW, "a").result(PATIENCE)).isEqualTo("Ada");
        assertThat(client.handle(FLOW, "a").status()).isEqualTo(WorkflowStatus.COMPLETED);
        assertThat(client.handle(FLOW, "a").steps()).hasSize(1);
        assertThatThrownBy(() -> client.workflow("a").signal(APPROVAL, "Bob"))
                .isInstanceOf(SignalNotDeliveredException.class);
    }

    @Test
    void isOpenedOnAPoolOfTheHosts() {
        DataSource dataSource = clientsPool;
        revive.start(FLOW, "order-42", "awaits another approval");
        Signal<Approval> APPROVAL = Signal.named("another approval", Approval.class);

        // region client
        try (ReviveClient client = Revive.with(JdbcStore.over(dataSource)).openClient()) {
            client.workflow("order-42").signal(APPROVAL, new Approval("Ada"));
        }
        // endregion

        assertThat(revive.handle(FLOW, "order-42").result(PATIENCE)).isEqualTo("Ada");
    }

    @Test
    void hearsOfAnEndThatItHasWaitedForLong() {
        revive.start(FLOW, "a", "awaits approval");
        CompletableFuture<String> result =
                CompletableFuture.supplyAsync(() -> client.handle(FLOW, "a").result());
        await().until(() -> client.handle(FLOW, "a").status() == WorkflowStatus.DUE); // a row that waits

        revive.workflow("a").signal(APPROVAL, "Ada");

        assertThat(result.join()).isEqualTo("Ada");
    }

    @Test
    void completesAnAwakeableOnce() {
        revive.start(FLOW, "a", "awaits numbers");
        String id = awakeableId.join();

        client.complete(id, List.of(1, 2), NUMBERS);

        assertThat(client.handle(FLOW, "a").result(PATIENCE)).isEqualTo("[1, 2]");
        assertThatThrownBy(() -> client.fail(id, "too late")).isInstanceOf(AwakeableCompletedException.class);
    }

    @Test
    void failsAnAwakeable() {
        revive.start(FLOW, "a", "awaits numbers");

        client.fail(awakeableId.join(), "declined");

        assertThatThrownBy(() -> client.handle(FLOW, "a").result(PATIENCE))
                .isInstanceOfSatisfying(
                        WorkflowFailedException.class,
                        e -> assertThat(e.failure().type()).isEqualTo(AwakeableFailedException.class.getName()));
    }

    @Test
    void pausesResumesAndCancels() {
        revive.start(FLOW, "a", "awaits approval");

        assertThat(client.workflow("a").pause("wait")).isTrue();
        await().until(() -> client.handle(FLOW, "a").status() == WorkflowStatus.PAUSED);
        assertThatThrownBy(() -> client.handle(FLOW, "a").result(Duration.ofMillis(300)))
                .isInstanceOf(ResultTimeoutException.class)
                .hasMessageContaining("it was paused");
        assertThat(client.workflow("a").resume()).isTrue();
        assertThat(client.workflow("a").cancel("no need")).isTrue();

        assertThatThrownBy(() -> client.handle(FLOW, "a").result(PATIENCE))
                .isInstanceOf(WorkflowCancelledException.class);
        assertThat(client.workflow("a").cancel("again")).isFalse();
    }

    @Test
    void retriesWhatFailed() {
        revive.start(FLOW, "a", "fails at first");
        assertThatThrownBy(() -> client.handle(FLOW, "a").result(PATIENCE)).isInstanceOf(WorkflowFailedException.class);
        isWell.set(true);

        assertThat(client.retry("a")).isTrue();

        assertThat(client.handle(FLOW, "a").result(PATIENCE)).isEqualTo("done");
        assertThat(client.retry("a")).isFalse();
    }

    @Test
    void decidesNothingWhereNothingIsInDoubt() {
        revive.start(FLOW, "a", "awaits approval");
        await().until(() -> client.handle(FLOW, "a").steps().size() == 1);
        StepInfo waiting = client.handle(FLOW, "a").steps().get(0);

        assertThat(waiting.status()).isEqualTo(StepStatus.STARTED);
        assertThat(client.decide("a", waiting, Decision.runAgain())).isFalse();
    }

    @Test
    void saysThatThereIsNoSuchWorkflow() {
        assertThatThrownBy(() -> client.handle(FLOW, "ghost").result()).isInstanceOf(WorkflowNotFoundException.class);
        assertThatThrownBy(() -> client.workflow("ghost").signal(APPROVAL, "Ada"))
                .isInstanceOf(SignalNotDeliveredException.class);
    }

    /** It is no executor: nobody waits for its lease, and nothing is ever in its hands. */
    @Test
    void takesNoSeatAndKeepsNoConnection() throws SQLException {
        revive.start(FLOW, "a", "awaits approval");
        client.workflow("a").signal(APPROVAL, "Ada");
        assertThat(client.handle(FLOW, "a").result(PATIENCE)).isEqualTo("Ada");

        assertThat(revive.store().executors()).hasSize(1);
        await().until(() -> clientsPool.getHikariPoolMXBean().getActiveConnections() == 0);
    }

    @Test
    void tellsWhoWaitsThatItIsClosed() {
        revive.start(FLOW, "a", "awaits approval");
        CompletableFuture<String> result =
                CompletableFuture.supplyAsync(() -> client.handle(FLOW, "a").result());
        await().until(() -> client.handle(FLOW, "a").status() == WorkflowStatus.DUE);

        client.close();

        assertThatThrownBy(result::join)
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(EngineStoppedException.class);
        assertThatThrownBy(() -> client.workflow("a").signal(APPROVAL, "Ada"))
                .isInstanceOf(EngineStoppedException.class)
                .hasMessageContaining("This client is closed");
        client.close(); // again
    }

    @Test
    void refusesToBeOneThatRunsSomething() {
        Revive.Builder builder = Revive.with(JdbcStore.over(clientsPool))
                .register(FLOW, (ctx, in) -> ctx.step(Step.of("Work", String.class, attempt -> in)));

        assertThatThrownBy(builder::openClient)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("A client runs nothing");
    }
}
