// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.data;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Rows of text in aligned columns. Not safe for use by many threads. */
public final class TextTable {
    private final List<List<String>> rows = new ArrayList<>();

    /**
     * A table with these heads.
     *
     * @param heads one for each column
     */
    public TextTable(String... heads) {
        rows.add(List.of(heads));
    }

    /**
     * Adds a row.
     *
     * @param cells one for each column
     */
    public void add(Object... cells) {
        rows.add(Stream.of(cells).map(String::valueOf).toList());
    }

    /**
     * The lines, indented by two.
     *
     * @return the heads, then the rows
     */
    public List<String> lines() {
        int[] widths = IntStream.range(0, rows.get(0).size()).map(this::width).toArray();
        return rows.stream().map(row -> line(row, widths)).toList();
    }

    private int width(int column) {
        return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
    }

    private static String line(List<String> row, int[] widths) {
        return IntStream.range(0, widths.length)
                .mapToObj(column -> padded(row.get(column), widths[column]))
                .collect(Collectors.joining("  ", "  ", ""))
                .stripTrailing();
    }

    private static String padded(String cell, int width) {
        return cell + " ".repeat(width - cell.length());
    }
}
