// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;

/** The columns of a table that is passed as parameters of a statement. */
final class Columns {
    private static final Map<String, Class<?>> CLASSES =
            Map.of("text", String.class, "int4", Integer.class, "int8", Long.class, "bool", Boolean.class);

    private final String name;
    private final String names;
    private final String[] types;
    private final Class<?>[] classes;

    /**
     * A table's columns.
     *
     * @param name what the statement calls it
     * @param columns name and type of each: {@code "id text"}
     */
    Columns(String name, String... columns) {
        this.name = name;
        this.names = Arrays.stream(columns)
                .map(column -> column.substring(0, column.indexOf(' ')))
                .collect(Collectors.joining(", "));
        this.types = Arrays.stream(columns)
                .map(column -> column.substring(column.indexOf(' ') + 1))
                .toArray(String[]::new);
        this.classes = Arrays.stream(types).map(CLASSES::get).toArray(Class<?>[]::new);
    }

    int count() {
        return types.length;
    }

    String type(int column) {
        return types[column];
    }

    Class<?> javaType(int column) {
        return classes[column];
    }

    /**
     * The table in a FROM clause: an array for each column, side by side. Not {@code unnest(a, b, ...)} in FROM, which would first write each column
     * to a store of its own: with it a batch of steps costs the server about twice the CPU.
     */
    String ofArrays() {
        return Arrays.stream(types).map("unnest(?::%s[])"::formatted).collect(Collectors.joining(", ", "(SELECT ", ")"))
                + alias();
    }

    /** The table in a FROM clause if it has one row: to take arrays apart costs the server several times as much. */
    String ofOneRow() {
        return Arrays.stream(types).map("?::%s"::formatted).collect(Collectors.joining(", ", "(VALUES (", "))"))
                + alias();
    }

    private String alias() {
        return " AS %s(%s)".formatted(name, names);
    }
}
