// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.revive.jdbc.JdbcStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A console that is older than some rows shows them, and all others. */
class NewerRowsTests {
    private final JdbcDataSource database = new JdbcDataSource();

    @BeforeEach
    void openDatabase() {
        database.setURL("jdbc:h2:mem:newer-rows;DB_CLOSE_DELAY=-1;OPTIMIZE_REUSE_RESULTS=FALSE");
    }

    @Test
    void areShownWithWhatIsKnownOfThem() throws Exception {
        try (Site site = new Site(JdbcStore.over(database), console -> console)) {
            for (String id : new String[] {"a", "b", "c"}) {
                site.revive().start(Site.ORDER, id, "tea").result();
            }
            execute("UPDATE revive_workflow SET status = 'PAUSED_X' WHERE id = 'b'");
            execute("UPDATE revive_step SET kind = 'SIGNAL_X', status = 'PAUSED_X', resolution = 'MENDED_X'"
                    + " WHERE workflow_id = 'b' AND name = 'Reserve'");

            JsonNode list = site.json("/api/v1/workflows");
            assertThat(list.path("items").findValuesAsText("status"))
                    .containsExactly("COMPLETED", "UNKNOWN", "COMPLETED");
            JsonNode step = site.json("/api/v1/workflow?id=b").path("steps").get(0);
            assertThat(step.path("kind").asText()).isEqualTo("UNKNOWN");
            assertThat(step.path("status").asText()).isEqualTo("UNKNOWN");
            JsonNode counts = site.json("/api/v1/counts");
            assertThat(counts.toString()).contains("\"UNKNOWN\"");
        }
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            assertThat(statement.executeUpdate(sql)).isEqualTo(1);
        }
    }
}
