// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import dev.revive.jdbc.JdbcSettings;
import dev.revive.jdbc.JdbcStore;
import dev.revive.tests.support.InSettings;
import dev.revive.tests.support.Place;
import dev.revive.tests.support.TestBed;
import dev.revive.tests.support.Trial;
import dev.revive.workflow.ChildOptions;
import dev.revive.workflow.ParallelFailedException;
import dev.revive.workflow.ParentClosePolicy;
import dev.revive.workflow.RetryPolicy;
import dev.revive.workflow.Step;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowStatus;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A JVM may count in other digits than ASCII's; what is recorded does not. */
@InSettings
class LocaleTests extends TestBed {
    private final Locale before = Locale.getDefault();
    private @Nullable HikariDataSource pool;

    @BeforeEach
    void countInArabicDigits() {
        Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
        assertThat("%d".formatted(7)).isNotEqualTo("7");
        if (setting.isDatabase()) {
            HikariDataSource fresh = Place.pool(setting.place().database(unique("digits")), 10);
            pool = fresh;
            use(JdbcStore.over(fresh, JdbcSettings.defaults().asExclusive()));
        }
    }

    @AfterEach
    void countAsBefore() {
        closeEngines();
        if (pool != null) {
            pool.close();
        }
        Locale.setDefault(before);
    }

    @Test
    void aWorkflowWithEverythingInItRunsAndIsReplayed() {
        Trial<String> trial = trial(String.class, (ctx, in) -> {
            int sum = ctx.parallel(List.of(1, 2, 3), (b, i) -> b.step("Double", Integer.class, () -> 2 * i)).stream()
                    .mapToInt(Integer::intValue)
                    .sum();
            ctx.sleep("Nap", Duration.ofMillis(5));
            int third = ctx.step(Step.of("Third", Integer.class, attempt -> {
                        if (attempt.attempt() < 3) {
                            throw new IllegalStateException("not yet");
                        }
                        return attempt.attempt();
                    })
                    .retry(RetryPolicy.upTo(5).fixedDelay(Duration.ofMillis(1))));
            String booked = setting.isDatabase() ? ctx.transaction("Book", String.class, c -> "booked") : "booked";
            try {
                ctx.parallel(List.of(1, 2), (b, i) -> {
                    throw new IllegalStateException("branch");
                });
            } catch (ParallelFailedException e) {
                return sum + third + booked;
            }
            return "the parallel did not fail";
        });

        trial.crashAtTheEnd();

        assertThat(trial.result()).isEqualTo("15booked");
    }

    @Test
    void aChildEndsWithItsParentAndIsCounted() {
        Workflow<String, String> child = flow("child", String.class);
        Trial<String> trial = trial(String.class, (ctx, in) -> {
                    ctx.start(child, "a", ChildOptions.id(unique("left")).whenParentEnds(ParentClosePolicy.TERMINATE));
                    return "ended";
                })
                .with(builder -> builder.register(child, (ctx, in) -> {
                    ctx.sleep("Long", Duration.ofHours(1));
                    return in;
                }));

        assertThat(trial.result()).isEqualTo("ended");

        await().atMost(PATIENCE).until(() -> row(unique("left")).status() == WorkflowStatus.TERMINATED);
        assertThat(store().counts("", 1_000).groups()).isNotEmpty();
        assertThat(store().excerpt(unique("left"), 10)).isPresent();
    }
}
