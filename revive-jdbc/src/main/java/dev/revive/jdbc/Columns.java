// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import java.lang.reflect.Array;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A table as parameters of one statement: an array for each column, which {@code unnest} puts together again. */
final class Columns {
    private static final Map<String, Class<?>> CLASSES =
            Map.of("text", String.class, "int4", Integer.class, "int8", Long.class, "bool", Boolean.class);

    private final String name;
    private final String[] names;
    private final String[] types;
    private final List<@Nullable Object[]> rows = new ArrayList<>();

    /**
     * A table without rows.
     *
     * @param name what the statement calls it
     * @param columns name and type of each: {@code "id text"}
     */
    Columns(String name, String... columns) {
        this.name = name;
        this.names =
                Arrays.stream(columns).map(column -> column.split(" ", 2)[0]).toArray(String[]::new);
        this.types =
                Arrays.stream(columns).map(column -> column.split(" ", 2)[1]).toArray(String[]::new);
    }

    void add(@Nullable Object... row) {
        rows.add(row);
    }

    int size() {
        return rows.size();
    }

    boolean isEmpty() {
        return rows.isEmpty();
    }

    boolean isOneRow() {
        return rows.size() == 1;
    }

    /** The table in a FROM clause. One row is a row of parameters: to take an array apart costs the server several times as much. */
    String table() {
        if (isOneRow()) {
            return Arrays.stream(types).map("?::%s"::formatted).collect(Collectors.joining(", ", "(VALUES (", "))"))
                    + " AS %s(%s)".formatted(name, String.join(", ", names));
        }
        return Arrays.stream(types).map("?::%s[]"::formatted).collect(Collectors.joining(", ", "unnest(", ")"))
                + " AS %s(%s)".formatted(name, String.join(", ", names));
    }

    /** The parameters of {@link #table}. */
    void addTo(List<@Nullable Object> parameters, Connection connection) throws SQLException {
        if (isOneRow()) {
            parameters.addAll(Arrays.asList(rows.get(0)));
            return;
        }
        for (int column = 0; column < types.length; column++) {
            Object[] values = (Object[]) Array.newInstance(CLASSES.get(types[column]), rows.size());
            for (int row = 0; row < values.length; row++) {
                values[row] = rows.get(row)[column];
            }
            parameters.add(connection.createArrayOf(types[column], values));
        }
    }
}
