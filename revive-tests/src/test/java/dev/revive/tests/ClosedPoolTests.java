// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.revive.Revive;
import dev.revive.jdbc.JdbcStore;
import dev.revive.tests.support.Gate;
import dev.revive.tests.support.InSettings;
import dev.revive.tests.support.Logs;
import dev.revive.tests.support.Place;
import dev.revive.tests.support.Setting;
import dev.revive.tests.support.TestBed;
import dev.revive.workflow.Workflow;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** A host that closes its pool before the engine. */
@InSettings({Setting.POSTGRES_WIDE, Setting.MARIADB_WIDE})
class ClosedPoolTests extends TestBed {
    private static final Duration GRACE = Duration.ofSeconds(1);

    @Test
    void isNoReasonToWaitForLongNorToSayMuch() {
        DataSource database = setting.place().database(unique("closed"));
        HikariDataSource pool = Place.pool(database, 20);
        JdbcStore store = JdbcStore.over(pool);
        use(store);
        Workflow<String, String> waiting = flow("waiting", String.class);
        Workflow<String, String> working = flow("working", String.class);
        Gate gate = new Gate();
        Revive revive = engine(builder -> builder.shutdownGrace(GRACE)
                .register(waiting, (ctx, in) -> {
                    ctx.sleep("Wait", Duration.ofHours(1));
                    return "done";
                })
                .register(
                        working,
                        (ctx, in) -> ctx.step("Work", String.class, () -> {
                            gate.pass();
                            return "done";
                        })));
        revive.start(waiting, unique("waiting"), "x");
        revive.start(working, unique("working"), "x");
        gate.awaitReached();

        pool.close();
        try (Logs logs = new Logs()) {
            gate.open();
            long before = System.nanoTime();
            close(revive);
            Duration took = Duration.ofNanos(System.nanoTime() - before);

            assertThat(took).isLessThan(GRACE.multipliedBy(2).plusSeconds(8));
            assertThat(warnings(logs)).hasSizeLessThanOrEqualTo(5);
        }
    }

    private static List<String> warnings(Logs logs) {
        return logs.lines("dev.revive").stream()
                .filter(line -> line.contains(" WARN ") || line.contains(" ERROR "))
                .toList();
    }
}
