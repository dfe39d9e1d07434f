// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import java.lang.reflect.Array;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The rows of a table that is passed as parameters of a statement. */
final class ParameterTable {
    private final String name;
    private final Columns columns;
    private final List<@Nullable Object[]> rows = new ArrayList<>();

    /** @param name what the statement calls it */
    ParameterTable(String name, Columns columns) {
        this.name = name;
        this.columns = columns;
    }

    void add(@Nullable Object... row) {
        rows.add(row);
    }

    /** By the first column, a text: who inserts the same keys at the same time then waits for the other, and not the other for him as well. */
    void sort() {
        rows.sort(Comparator.comparing(row -> (String) Objects.requireNonNull(row[0])));
    }

    List<@Nullable Object[]> rows() {
        return rows;
    }

    int size() {
        return rows.size();
    }

    boolean isEmpty() {
        return rows.isEmpty();
    }

    /** The table in a FROM clause; its text depends on whether there is one row or more. */
    String table() {
        return rows.size() == 1 ? columns.ofOneRow(name) : columns.ofArrays(name);
    }

    /** The parameters of {@link #table}. */
    void addTo(List<@Nullable Object> parameters, Connection connection) throws SQLException {
        if (rows.size() == 1) {
            parameters.addAll(Arrays.asList(rows.get(0)));
            return;
        }
        for (int column = 0; column < columns.count(); column++) {
            ColumnType type = columns.list().get(column).type();
            Object[] values = (Object[]) Array.newInstance(type.javaType(), rows.size());
            for (int row = 0; row < values.length; row++) {
                values[row] = rows.get(row)[column];
            }
            parameters.add(connection.createArrayOf(type.postgres(), values));
        }
    }
}
