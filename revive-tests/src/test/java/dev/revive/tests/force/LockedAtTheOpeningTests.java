// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.force;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.revive.crash.CrashPoint;
import dev.revive.jdbc.JdbcSettings;
import dev.revive.jdbc.JdbcStore;
import dev.revive.tests.support.InSettings;
import dev.revive.tests.support.Place;
import dev.revive.tests.support.Setting;
import dev.revive.tests.support.TestBed;
import dev.revive.tests.support.Trial;
import dev.revive.workflow.WorkflowStatus;
import java.sql.Connection;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** An engine that has the database to itself, and opens while the server still finishes something of the process before it. */
@InSettings({Setting.POSTGRES_WIDE, Setting.MARIADB_WIDE})
class LockedAtTheOpeningTests extends TestBed {
    @Test
    void aWorkflowThatWasLockedGoesOnOnceItIsNot() throws Exception {
        try (HikariDataSource pool = Place.pool(setting.place().database(unique("locked")), 20);
                JdbcStore alone = JdbcStore.over(pool, JdbcSettings.defaults().asExclusive())) {
            use(alone);
            Trial<String> trial = trial(String.class, (ctx, in) -> ctx.step("Work", String.class, () -> "done"))
                    .with(builder -> builder.lease(Duration.ofSeconds(3)));
            trial.crash(CrashPoint.AFTER_OUTCOME, "Work");
            try (Connection late = pool.getConnection()) {
                late.setAutoCommit(false);
                try (var lock = late.prepareStatement("SELECT id FROM revive_workflow WHERE id = ? FOR UPDATE")) {
                    lock.setString(1, trial.id());
                    assertThat(lock.executeQuery().next()).isTrue();
                }
                trial.revive();
                assertThat(trial.handle().status()).isEqualTo(WorkflowStatus.RUNNING); // in the hands of who is dead
                late.rollback();
            }

            assertThat(trial.result()).isEqualTo("done");
            closeEngines();
        }
    }
}
