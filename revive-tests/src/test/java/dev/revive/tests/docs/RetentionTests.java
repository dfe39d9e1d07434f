// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import dev.revive.Revive;
import dev.revive.jdbc.JdbcStore;
import dev.revive.tests.support.Place;
import dev.revive.workflow.Signal;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowFailedException;
import dev.revive.workflow.WorkflowStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Deletes what is over as docs/tables.md says, on each database. */
@Timeout(120)
class RetentionTests {
    private static final Workflow<String, String> ORDER = Workflow.named("order", String.class, String.class);
    private static final Signal<String> HURRY = Signal.named("hurry", String.class);
    private static final List<String> TABLES =
            List.of("revive_workflow", "revive_step", "revive_past_step", "revive_past_life", "revive_message");

    private HikariDataSource pool;

    @AfterEach
    void close() {
        pool.close();
    }

    @Test
    void onPostgresIsOneStatement() throws SQLException, IOException {
        someOfEachKind(Place.POSTGRES);

        assertThat(deleteByTheStatement()).isEqualTo(2);

        assertOnlyTheOthersAreLeft();
        assertThat(deleteByTheStatement()).isZero();
    }

    /** However the planner goes about it. */
    @Test
    void onPostgresTakesAThousandAtATime() throws SQLException, IOException {
        someOfEachKind(Place.POSTGRES);
        execute("""
                INSERT INTO revive_workflow (id, name, version, status, input, input_hash, epoch, wake_seq, strikes, created_at, finished_at)
                SELECT 'many-' || n, 'order', 1, 'COMPLETED', '1', '', 1, 0, 0, 0, 0 FROM generate_series(1, 1500) AS n""");

        assertThat(deleteByTheStatement()).isEqualTo(1_000);
        assertThat(deleteByTheStatement()).isEqualTo(502);
        assertOnlyTheOthersAreLeft();
    }

    @ParameterizedTest
    @EnumSource(names = {"H2", "POSTGRES", "MARIADB"})
    void elsewhereIsATransaction(Place place) throws SQLException {
        someOfEachKind(place);
        Instant before = Instant.now().minus(Duration.ofDays(90));

        assertThat(forget(before)).isEqualTo(2);

        assertOnlyTheOthersAreLeft();
        assertThat(forget(before)).isZero();
    }

    @Test
    void onPostgresNoChildGoesBeforeItsParentNorAParentBeforeItsChildrenAreTold() throws SQLException, IOException {
        aFamily(Place.POSTGRES);

        assertAFamilyGoesInOrder(this::deleteByTheStatement);
    }

    @ParameterizedTest
    @EnumSource(names = {"H2", "POSTGRES", "MARIADB"})
    void elsewhereNoChildGoesBeforeItsParentNorAParentBeforeItsChildrenAreTold(Place place)
            throws SQLException, IOException {
        aFamily(place);

        assertAFamilyGoesInOrder(() -> forget(Instant.now().minus(Duration.ofDays(90))));
    }

    private interface Deletion {
        int run() throws SQLException, IOException;
    }

    private void assertAFamilyGoesInOrder(Deletion deletion) throws SQLException, IOException {
        assertThat(deletion.run()).isZero(); // the parent waits for its second child

        execute("UPDATE revive_workflow SET status = 'FAILED', due_at = NULL, finished_at = %d WHERE id = 'parent'"
                .formatted(ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now())));
        assertThat(deletion.run()).isZero(); // it may be retried

        execute("UPDATE revive_workflow SET finished_at = 1 WHERE id = 'parent'");
        execute("""
                INSERT INTO revive_outbox (workflow_id, must_be_new, kind, created_at, connection_id, store_id)
                SELECT 'parent', FALSE, 'CLOSE', 1, '-', store_id FROM revive_outbox_relay""");
        assertThat(deletion.run()).isEqualTo(1);
        assertThat(ids("revive_workflow")).containsExactly("parent", "parent/3");

        execute("DELETE FROM revive_outbox");
        assertThat(deletion.run()).isEqualTo(1);
        assertThat(ids("revive_workflow")).containsExactly("parent/3");
    }

    /** A parent that waits for its second child, and its first child, which is over for long. */
    private void aFamily(Place place) throws SQLException {
        Workflow<String, String> family = Workflow.named("family", String.class, String.class);
        pool = Place.pool(place.database("family"), 20);
        try (Revive revive = Revive.with(JdbcStore.over(pool))
                .register(ORDER, (ctx, in) -> in.equals("patient") ? ctx.await(HURRY) : "done")
                .register(family, (ctx, in) -> ctx.run(ORDER, "quick") + ctx.run(ORDER, "patient"))
                .unloadAfter(Duration.ZERO)
                .start()) {
            revive.start(family, "parent", "in");
            await().until(() -> revive.store().steps("parent").size() == 4
                    && revive.store().find("parent").orElseThrow().status() == WorkflowStatus.DUE);
        }
        execute("UPDATE revive_workflow SET finished_at = 1 WHERE id = 'parent/1'");
    }

    private int forget(Instant before) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            return forget(connection, before);
        }
    }

    // region forget
    /** Deletes up to a thousand workflows that were over before a time; answers how many they were. */
    static int forget(Connection connection, Instant before) throws SQLException {
        connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
        connection.setAutoCommit(false);
        List<String> ids = new ArrayList<>();
        try (PreparedStatement over = connection.prepareStatement("""
                SELECT id FROM revive_workflow w
                 WHERE status IN ('COMPLETED', 'FAILED', 'CANCELLED', 'TERMINATED') AND finished_at < ?
                   AND NOT EXISTS (SELECT 1 FROM revive_outbox o WHERE o.workflow_id = w.id AND o.kind = 'CLOSE')
                   AND NOT EXISTS (SELECT 1 FROM revive_workflow p
                                    WHERE p.id = w.parent_id AND (p.finished_at IS NULL OR p.finished_at >= ?))
                 LIMIT 1000 FOR UPDATE SKIP LOCKED""")) {
            long time = ChronoUnit.MICROS.between(Instant.EPOCH, before);
            over.setLong(1, time);
            over.setLong(2, time);
            ResultSet row = over.executeQuery();
            while (row.next()) {
                ids.add(row.getString("id"));
            }
        }
        for (String rows : List.of(
                "revive_workflow WHERE id",
                "revive_step WHERE workflow_id",
                "revive_past_step WHERE workflow_id",
                "revive_past_life WHERE workflow_id",
                "revive_message WHERE workflow_id")) {
            try (PreparedStatement delete = connection.prepareStatement("DELETE FROM " + rows + " = ?")) {
                for (String id : ids) {
                    delete.setString(1, id);
                    delete.addBatch();
                }
                delete.executeBatch();
            }
        }
        connection.commit();
        return ids.size();
    }
    // endregion

    private int deleteByTheStatement() throws SQLException, IOException {
        String page = Files.readString(DocsTests.ROOT.resolve("docs/tables.md"));
        Matcher block = Pattern.compile("(?s)```\n(WITH .*?)```").matcher(page);
        assertThat(block.find()).isTrue();
        return execute(block.group(1));
    }

    /** Two that are over for long, one of which failed twice; three that are over since now; and one that is not over. */
    private void someOfEachKind(Place place) throws SQLException {
        pool = Place.pool(place.database("retention"), 20);
        try (Revive revive = Revive.with(JdbcStore.over(pool))
                .register(ORDER, (ctx, in) -> {
                    ctx.step("Reserve", () -> {});
                    return ctx.step("Charge", String.class, () -> {
                        if (in.equals("broke")) {
                            throw new IllegalStateException("no money");
                        }
                        return "charged";
                    });
                })
                .start()) {
            for (String when : List.of("old", "new")) {
                revive.start(ORDER, when + "-paid", "rich").result();
                fail(() -> revive.startAndSignal(ORDER, when + "-broke", "broke", HURRY, "please")
                        .result());
                assertThat(revive.retry(when + "-broke")).isTrue();
                fail(() -> revive.handle(ORDER, when + "-broke").result());
            }
            revive.start(ORDER, "old-doubtful", "rich").result();
        }
        execute("UPDATE revive_workflow SET finished_at = 1 WHERE id LIKE 'old-%'");
        execute("UPDATE revive_workflow SET status = 'NEEDS_ATTENTION' WHERE id = 'old-doubtful'");
        assertThat(TABLES).allSatisfy(table -> assertThat(ids(table)).contains("old-broke"));
    }

    private static void fail(org.assertj.core.api.ThrowableAssert.ThrowingCallable result) {
        assertThatThrownBy(result).isInstanceOf(WorkflowFailedException.class);
    }

    private void assertOnlyTheOthersAreLeft() {
        assertThat(ids("revive_workflow")).containsExactly("new-broke", "new-paid", "old-doubtful");
        assertThat(ids("revive_step")).containsExactly("new-broke", "new-paid", "old-doubtful");
        assertThat(ids("revive_past_step")).containsExactly("new-broke");
        assertThat(ids("revive_past_life")).containsExactly("new-broke");
        assertThat(ids("revive_message")).containsExactly("new-broke");
    }

    private List<String> ids(String table) {
        String column = table.equals("revive_workflow") ? "id" : "workflow_id";
        List<String> ids = new ArrayList<>();
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT DISTINCT %1$s FROM %2$s ORDER BY %1$s".formatted(column, table))) {
            while (row.next()) {
                ids.add(row.getString(1));
            }
            return ids;
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private int execute(String sql) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            return statement.executeUpdate(sql);
        }
    }
}
