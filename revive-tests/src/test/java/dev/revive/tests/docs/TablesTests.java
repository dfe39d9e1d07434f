// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.revive.Revive;
import dev.revive.jdbc.JdbcSettings;
import dev.revive.jdbc.JdbcStore;
import dev.revive.jdbc.SchemaMode;
import dev.revive.tests.docs.OnboardingProgram.NewHire;
import dev.revive.workflow.ParallelFailedException;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowFailedException;
import dev.revive.workflow.WorkflowNeedsAttentionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What docs/tables.md says. */
@Timeout(60)
class TablesTests {
    private static final Path PAGE = DocsTests.ROOT.resolve("docs/tables.md");

    private final JdbcConnectionPool pool =
            JdbcConnectionPool.create("jdbc:h2:mem:tables-" + System.nanoTime() + ";DB_CLOSE_DELAY=-1", "sa", "");

    @AfterEach
    void dispose() {
        pool.dispose();
    }

    private JdbcStore store() {
        return JdbcStore.over(pool, JdbcSettings.defaults().asExclusive());
    }

    @Test
    void everyQueryRuns() throws IOException, SQLException {
        OnboardingProgram program = new OnboardingProgram(new Company());
        try (Revive revive = Revive.with(store())
                .register(OnboardingProgram.ONBOARDING, program::onboard)
                .start()) {
            revive.start(OnboardingProgram.ONBOARDING, "onboard-ada", new NewHire("Ada"))
                    .result();
        }
        Matcher block = Pattern.compile("(?s)```sql\n(.*?)```").matcher(Files.readString(PAGE));
        int queries = 0;
        while (block.find()) {
            rows(block.group(1));
            queries++;
        }
        assertThat(queries).isPositive();
        assertThat(rows("SELECT step_id FROM revive_step WHERE workflow_id = 'onboard-ada'"))
                .hasSize(5);
    }

    @Test
    void failuresAndJoinsAreReadableJson() throws SQLException {
        Workflow<String, String> failing = Workflow.named("failing", String.class, String.class);
        try (Revive revive = Revive.with(store())
                .register(
                        failing,
                        (ctx, in) -> ctx.parallel(
                                b -> "fine",
                                b -> {
                                    throw new IllegalStateException("no seats");
                                },
                                (x, y) -> x))
                .start()) {
            assertThatThrownBy(() -> revive.start(failing, "it", "in").result())
                    .isInstanceOf(WorkflowFailedException.class)
                    .hasMessageContaining(ParallelFailedException.class.getName());
        }

        assertThat(rows("SELECT serialized_output FROM revive_step")).containsExactly("{\"ends\":\"CF\",\"first\":1}");
        assertThat(rows("SELECT failure FROM revive_step").get(0))
                .startsWith(
                        "{\"kind\":\"THROWN\",\"type\":\"java.lang.IllegalStateException\",\"message\":\"no seats\","
                                + "\"trace\":[\"")
                .endsWith("\"],\"cause\":null}");
    }

    @Test
    void reportsAreReadableJson() throws SQLException {
        Workflow<String, String> changing = Workflow.named("changing", String.class, String.class);
        JdbcStore store = store();
        try (Revive revive = Revive.with(store)
                .register(changing, (ctx, in) -> {
                    ctx.step("Provision", () -> {});
                    ctx.step("Stop", () -> {
                        throw new StackOverflowError("so that it does not end");
                    });
                    return "done";
                })
                .maxStrikes(1)
                .start()) {
            assertThatThrownBy(() -> revive.start(changing, "it", "in").result())
                    .isInstanceOf(WorkflowNeedsAttentionException.class);
        }
        try (Revive revive = Revive.with(store())
                .register(changing, (ctx, in) -> {
                    ctx.step("Provision Laptop", () -> {});
                    return "done";
                })
                .start()) {
            revive.resume("it");
            assertThatThrownBy(() -> revive.handle(changing, "it").result())
                    .isInstanceOf(WorkflowNeedsAttentionException.class);
        }

        assertThat(rows("SELECT attention FROM revive_workflow").get(0))
                .startsWith("{\"reason\":\"NON_DETERMINISM\",\"message\":\"Workflow it (changing, version 1): At #1 ")
                .contains("\"diff\":[{\"position\":\"#1\",\"recorded\":\"step \\\"Provision\\\"\","
                        + "\"requested\":\"step \\\"Provision Laptop\\\"\",\"differs\":true}");
    }

    @Test
    void aPrefixAndAModeAreSettings() {
        // region settings
        JdbcSettings settings = JdbcSettings.defaults()
                .withTablePrefix("hr_")
                .withSchemaMode(SchemaMode.MIGRATE)
                .asExclusive();
        JdbcStore store = JdbcStore.over(pool, settings);
        // endregion
        try (Revive revive = Revive.with(store).start()) {
            assertThat(revive.hasCrashed()).isFalse();
        }
    }

    private List<String> rows(String sql) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            while (row.next()) {
                rows.add(row.getString(1));
            }
        }
        return rows;
    }
}
