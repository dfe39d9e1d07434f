// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import dev.revive.Revive;
import dev.revive.codec.Documents;
import dev.revive.jdbc.JdbcStore;
import dev.revive.store.ExecutorSeat;
import dev.revive.store.ExecutorSettings;
import dev.revive.store.NewWorkflow;
import dev.revive.store.Operation;
import dev.revive.store.StepKey;
import dev.revive.store.StepRecord;
import dev.revive.store.StoreException;
import dev.revive.store.WorkflowFilter;
import dev.revive.store.WorkflowRecord;
import dev.revive.tests.support.Effects;
import dev.revive.tests.support.InSettings;
import dev.revive.tests.support.Place;
import dev.revive.tests.support.Setting;
import dev.revive.tests.support.TestBed;
import dev.revive.workflow.Attention;
import dev.revive.workflow.CallKind;
import dev.revive.workflow.StepStatus;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowHandle;
import dev.revive.workflow.WorkflowStatus;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** While a new version is rolled out, engines of the old one meet rows with kinds and statuses that they do not know. */
@InSettings({Setting.H2_WIDE, Setting.POSTGRES_WIDE, Setting.MARIADB_WIDE})
class NewerReviveTests extends TestBed {
    private static final Instant STAMP = Instant.parse("2026-11-30T06:00:00Z");

    private final Effects effects = new Effects();
    private final Workflow<String, String> order = flow("order", String.class);
    private HikariDataSource pool;

    @BeforeEach
    void openDatabase() {
        pool = Place.pool(setting.place().database(unique("newer")), 30);
        use(JdbcStore.over(pool));
    }

    @AfterEach
    void closeDatabase() {
        closeEngines();
        pool.close();
    }

    private Revive engine() {
        return engine(
                order,
                (ctx, in) -> ctx.step("Charge", String.class, () -> {
                    effects.happen(in);
                    return in;
                }));
    }

    /** A workflow that another executor began, and released with its first call recorded. */
    private String left(String id, StepRecord recorded) {
        try (Revive revive = builder()
                        .register(order, (ctx, in) -> ctx.step("Charge", String.class, () -> "charged"))
                        .start();
                ExecutorSeat seat = store().seat(new ExecutorSettings("newer", 1, Duration.ofMinutes(1)))) {
            WorkflowRecord like = like(revive);
            seat.lanes()
                    .get(0)
                    .write(List.of(
                            new Operation.Create(
                                    new NewWorkflow(id, like.type(), like.input(), like.inputHash(), STAMP),
                                    Operation.Create.Start.CLAIMED,
                                    null),
                            new Operation.Checkpoint(recorded, true)));
            seat.lanes().get(0).write(List.of(Operation.Release.of(id, 1).in(Duration.ofDays(1))));
        }
        return id;
    }

    private WorkflowRecord like(Revive revive) {
        revive.start(order, unique("model"), "in").result(PATIENCE);
        return row(unique("model"));
    }

    private StepRecord charge(String id) {
        return StepRecord.of(id, new StepKey("", 1, "Charge"), CallKind.STEP, 1)
                .at(STAMP)
                .started();
    }

    private void set(String table, String column, String value, String idColumn, String id) {
        String sql = "UPDATE revive_%s SET %s = ? WHERE %s = ?".formatted(table, column, idColumn);
        try (Connection connection = pool.getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, value);
            statement.setString(2, id);
            assertThat(statement.executeUpdate()).isEqualTo(1);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private void makeDue(String id) {
        assertThat(store().wake(id)).isTrue();
    }

    private void needsAttentionWhileOthersGoOn(String id) {
        Revive revive = engine();
        makeDue(id);

        await().atMost(PATIENCE).until(() -> row(id).status() == WorkflowStatus.NEEDS_ATTENTION);
        Attention report = Documents.attention(String.valueOf(row(id).attention()));
        assertThat(report.reason()).isEqualTo(Attention.Reason.NEWER_REVIVE);
        assertThat(report.message()).contains("#1 of workflow " + id);
        assertThat(revive.start(order, unique("healthy"), "fine").result(PATIENCE))
                .isEqualTo("fine");
        assertThat(effects.all()).containsExactly("fine");
    }

    @Test
    void aCallOfAnUnknownKindIsItsWorkflowsAttention() {
        String id = left(unique("it"), charge(unique("it")));
        set("step", "kind", "SIGNAL_X", "workflow_id", id);

        needsAttentionWhileOthersGoOn(id);
        assertThat(stepRow(id, "Charge").kind()).isEqualTo(CallKind.UNKNOWN);
    }

    @Test
    void aCallInAnUnknownStatusIsItsWorkflowsAttention() {
        String id = left(unique("it"), charge(unique("it")));
        set("step", "status", "PAUSED_X", "workflow_id", id);

        needsAttentionWhileOthersGoOn(id);
        assertThat(stepRow(id, "Charge").status()).isEqualTo(StepStatus.UNKNOWN);
    }

    @Test
    void aCallThatWasResolvedInAnUnknownWayStandsAsItIs() {
        String id = unique("it");
        left(
                id,
                StepRecord.of(id, new StepKey("", 1, "Charge"), CallKind.STEP, 1)
                        .at(STAMP)
                        .completed("\"paid\""));
        set("step", "resolution", "PAID_X", "workflow_id", id);
        Revive revive = engine();

        makeDue(id);

        assertThat(revive.handle(order, id).result(PATIENCE)).isEqualTo("paid");
    }

    @Test
    void aWorkflowInAnUnknownStatusIsLeftToOthers() {
        String id = left(unique("it"), charge(unique("it")));
        set("workflow", "status", "PAUSED_X", "id", id);
        Revive revive = engine();

        assertThat(revive.start(order, unique("healthy"), "fine").result(PATIENCE))
                .isEqualTo("fine");

        WorkflowHandle<String> handle = revive.handle(order, id);
        assertThat(handle.status()).isEqualTo(WorkflowStatus.UNKNOWN);
        assertThat(revive.resume(id)).isFalse();
        assertThat(revive.retry(id)).isFalse();
        assertThat(store().wake(id)).isFalse();
        assertThat(store().list(new WorkflowFilter(Set.of(), null, id, "", 10)))
                .extracting(WorkflowRecord::status)
                .containsExactly(WorkflowStatus.UNKNOWN);
        assertThat(store().counts("", 1_000).of(WorkflowStatus.UNKNOWN, order.name()))
                .isEqualTo(1);
        assertThat(effects.all()).containsExactly("fine");
    }

    @Test
    void aFailedWorkflowWithAnUnknownCallIsRetriedElsewhere() {
        Workflow<String, String> failing = flow("failing", String.class);
        Revive revive = engine(
                failing,
                (ctx, in) -> ctx.step("Charge", String.class, () -> {
                    throw new IllegalStateException("no");
                }));
        String id = unique("failed");
        revive.start(failing, id, "in");
        await().atMost(PATIENCE).until(() -> row(id).status() == WorkflowStatus.FAILED);
        set("step", "kind", "SIGNAL_X", "workflow_id", id);

        assertThatThrownBy(() -> revive.retry(id))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("newer Revive recorded call");
        assertThat(row(id).status()).isEqualTo(WorkflowStatus.FAILED);
    }

    @Test
    void aReportForAnUnknownReasonCanBeRead() {
        String report = Documents.write(new Attention(Attention.Reason.STORE_REFUSED, "Look.", List.of()))
                .replace("STORE_REFUSED", "LATE_X");

        assertThat(Documents.attention(report))
                .isEqualTo(new Attention(Attention.Reason.NEWER_REVIVE, "Look.", List.of()));
    }
}
