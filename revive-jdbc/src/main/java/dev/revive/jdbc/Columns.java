// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Columns in their order, and the pieces of statements that name all of them. */
final class Columns {
    /** One of them. */
    record Column(String name, ColumnType type) {}

    private final List<Column> columns;

    private Columns(List<Column> columns) {
        this.columns = columns;
    }

    static Columns none() {
        return new Columns(List.of());
    }

    Columns and(String name, ColumnType type) {
        return and(new Columns(List.of(new Column(name, type))));
    }

    Columns and(Columns others) {
        List<Column> all = new ArrayList<>(columns);
        all.addAll(others.columns);
        return new Columns(all);
    }

    List<Column> list() {
        return columns;
    }

    int count() {
        return columns.size();
    }

    /** {@code a, b}: with {@code "%s"} for each name, or whatever else a statement says of a column. */
    String each(String text) {
        return each(name -> text.replace("%s", name));
    }

    String each(Function<String, String> text) {
        return columns.stream().map(column -> text.apply(column.name())).collect(Collectors.joining(", "));
    }

    /** Each by its name, of some of them only so many characters. */
    String cut(String prefix, Set<String> names, int chars) {
        return each(
                name -> names.contains(name) ? "SUBSTRING(" + prefix + name + ", 1, " + chars + ")" : prefix + name);
    }

    /** {@code ?, ?}. */
    String parameters() {
        return each("?");
    }

    /**
     * A table of rows in a FROM clause of PostgreSQL: an array for each column, side by side. Not {@code unnest(a, b, ...)} in FROM, which would first
     * write each column to a store of its own: with it a batch of steps costs the server about twice the CPU.
     */
    String ofArrays(String alias) {
        return columns.stream()
                        .map(column -> "unnest(?::%s[])".formatted(column.type().postgres()))
                        .collect(Collectors.joining(", ", "(SELECT ", ")"))
                + as(alias);
    }

    /** The same if it has one row: to take arrays apart costs the server several times as much. */
    String ofOneRow(String alias) {
        return columns.stream()
                        .map(column -> "?::" + column.type().postgres())
                        .collect(Collectors.joining(", ", "(VALUES (", "))"))
                + as(alias);
    }

    private String as(String alias) {
        return " AS %s(%s)".formatted(alias, each("%s"));
    }
}
