// SPDX-License-Identifier: Apache-2.0
package dev.revive.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import dev.revive.jdbc.JdbcStore;
import java.lang.reflect.Array;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The bare database: Revive's step table with its indexes, filled over one connection with the rows that Revive would write, and nothing else:
 * no fence, no epoch, no workflow.
 */
final class RawSteps implements AutoCloseable {
    /** How a batch is put to the server. */
    enum Form {
        /** An array a column, taken apart in FROM. */
        UNNEST,
        /** An array a column, taken apart in the list of a SELECT, as Revive does it. */
        COLUMNS,
        /** As many rows of parameters in one statement as the driver joins. */
        VALUES
    }

    private static final List<String> TYPES = List.of(
            "text", "text", "int4", "text", "text", "text", "text", "int8", "int4", "int4", "text", "int4", "text",
            "text", "int8", "int8", "int8", "int8");
    private static final String INSERT = """
            INSERT INTO revive_step (workflow_id, step_id, sequence, scope, name, kind, status, epoch, attempt, zombies, resolution,
                                     branches, serialized_output, failure, first_started_at, started_at, recorded_at, next_at)\s""";
    private static final String VALUES = "VALUES (" + String.join(", ", Collections.nCopies(TYPES.size(), "?")) + ")";
    private static final String UPSERT = """
             ON CONFLICT (workflow_id, step_id, sequence) DO UPDATE
            SET status = excluded.status, epoch = excluded.epoch, attempt = excluded.attempt,
                serialized_output = excluded.serialized_output, started_at = excluded.started_at, recorded_at = excluded.recorded_at""";

    private final Connection connection;
    private final PreparedStatement single;
    private final PreparedStatement values;
    private final PreparedStatement unnest;
    private final PreparedStatement columns;

    private RawSteps(Connection connection) throws SQLException {
        this.connection = connection;
        this.single = connection.prepareStatement(INSERT + VALUES);
        this.values = connection.prepareStatement(INSERT + VALUES + UPSERT);
        this.unnest = connection.prepareStatement(INSERT + "SELECT * FROM unnest("
                + String.join(", ", TYPES.stream().map("?::%s[]"::formatted).toList()) + ")" + UPSERT);
        this.columns = connection.prepareStatement(INSERT + "SELECT * FROM (SELECT "
                + String.join(
                        ", ", TYPES.stream().map("unnest(?::%s[])"::formatted).toList()) + ") AS r" + UPSERT);
    }

    /** Makes the table as well. */
    static RawSteps open(Database database) throws SQLException {
        makeTable(database);
        return connect(database);
    }

    static void makeTable(Database database) {
        try (HikariDataSource pool = database.pool(2)) {
            JdbcStore.over(pool).close();
        }
    }

    static RawSteps connect(Database database) throws SQLException {
        return new RawSteps(DriverManager.getConnection(database.url() + "&reWriteBatchedInserts=true"));
    }

    /** Inserts and commits so many rows, one by one; how long each took. */
    long[] insertEach(String workflowId, int rows) throws SQLException {
        long[] nanos = new long[rows];
        for (int i = 0; i < rows; i++) {
            long before = System.nanoTime();
            bind(single, row(workflowId, i + 1));
            single.executeUpdate();
            nanos[i] = System.nanoTime() - before;
        }
        return nanos;
    }

    /** Upserts and commits a batch. */
    void upsert(List<@Nullable Object[]> rows, Form form) throws SQLException {
        if (form != Form.VALUES) {
            PreparedStatement arrays = form == Form.UNNEST ? unnest : columns;
            for (int column = 0; column < TYPES.size(); column++) {
                arrays.setArray(column + 1, connection.createArrayOf(TYPES.get(column), column(rows, column)));
            }
            arrays.executeUpdate();
        } else {
            connection.setAutoCommit(false);
            for (@Nullable Object[] row : rows) {
                bind(values, row);
                values.addBatch();
            }
            values.executeBatch();
            connection.commit();
            connection.setAutoCommit(true);
        }
    }

    private static Object[] column(List<@Nullable Object[]> rows, int column) {
        String type = TYPES.get(column);
        Class<?> javaType = type.equals("int4") ? Integer.class : type.equals("int8") ? Long.class : String.class;
        Object[] values = (Object[]) Array.newInstance(javaType, rows.size());
        for (int i = 0; i < values.length; i++) {
            values[i] = rows.get(i)[column];
        }
        return values;
    }

    static void bind(PreparedStatement statement, @Nullable Object[] row) throws SQLException {
        for (int i = 0; i < row.length; i++) {
            statement.setObject(i + 1, row[i]);
        }
    }

    /** A completed step, as Revive records it. */
    static @Nullable Object[] row(String workflowId, int number) {
        long micros = System.currentTimeMillis() * 1_000;
        return new @Nullable Object[] {
            workflowId,
            "book",
            number,
            "",
            "book",
            "STEP",
            "COMPLETED",
            1L,
            1,
            0,
            null,
            0,
            '"' + Effect.ANSWER + '"',
            null,
            micros,
            micros,
            micros,
            null
        };
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
