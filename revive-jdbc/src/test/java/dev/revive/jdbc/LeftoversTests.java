// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a statement may leave on its connection. */
class LeftoversTests {
    private static final Dialect POSTGRES = new PostgresDialect();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT 1",
                "  select set_id, reset from settings",
                "-- SET nothing\n /* nor here */ INSERT INTO a VALUES (1);",
                "(SELECT 1) UNION (SELECT 2)",
                "{call work(?)}",
                "{? = call work(?)}",
                "WITH a AS (SELECT 1) UPDATE b SET c = 1",
                "SELECT set_config('app.tenant', ?, true)",
                "SELECT pg_advisory_xact_lock(1)"
            })
    void isNothing(String statement) {
        assertThat(Leftovers.mayComeOf(statement)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SET search_path TO a",
                "/* hidden */ set role a",
                "RESET ALL",
                "CREATE TEMPORARY TABLE a (b INT)",
                "USE other",
                "SELECT set_config('app.tenant', ?, false)",
                "SELECT pg_try_advisory_lock(1)",
                "SELECT GET_LOCK('a', 1)",
                "SELECT 1; SET role a",
                "DO 'BEGIN SET role a; END'",
                "",
                "?"
            })
    void isPerhapsSomething(String statement) {
        assertThat(Leftovers.mayComeOf(statement)).isTrue();
        assertThat(POSTGRES.mayLeaveSomething(statement)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"SET LOCAL app.tenant = 'a'", "set constraints all deferred;", "COPY a FROM STDIN"})
    void isNothingInPostgres(String statement) {
        assertThat(POSTGRES.mayLeaveSomething(statement)).isFalse();
    }
}
