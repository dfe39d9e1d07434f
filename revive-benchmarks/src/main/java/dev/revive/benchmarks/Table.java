// SPDX-License-Identifier: Apache-2.0
package dev.revive.benchmarks;

import java.util.ArrayList;
import java.util.List;

/** The findings as lines of text in columns, which are also a table of Markdown. */
final class Table {
    private static final List<String> HEAD = List.of("work", "measured", "against", "value", "target", "");

    private Table() {}

    static List<String> of(List<Finding> findings) {
        List<List<String>> cells = new ArrayList<>();
        cells.add(HEAD);
        findings.forEach(finding -> cells.add(cells(finding)));
        int[] widths = new int[HEAD.size()];
        for (List<String> row : cells) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        List<String> lines = new ArrayList<>();
        cells.forEach(row -> lines.add(line(row, widths)));
        lines.add(1, rule(widths));
        return lines;
    }

    private static List<String> cells(Finding finding) {
        Series against = finding.against();
        String value = Series.number(finding.value());
        return List.of(
                finding.work(),
                finding.subject().text(),
                against == null ? "" : against.text(),
                against == null ? value : value + " times",
                finding.goal().text(),
                finding.verdict());
    }

    private static String line(List<String> cells, int[] widths) {
        StringBuilder line = new StringBuilder("|");
        for (int i = 0; i < widths.length; i++) {
            line.append(' ')
                    .append(cells.get(i))
                    .append(" ".repeat(widths[i] - cells.get(i).length()))
                    .append(" |");
        }
        return line.toString();
    }

    private static String rule(int[] widths) {
        StringBuilder line = new StringBuilder("|");
        for (int width : widths) {
            line.append("-".repeat(width + 2)).append('|');
        }
        return line.toString();
    }
}
