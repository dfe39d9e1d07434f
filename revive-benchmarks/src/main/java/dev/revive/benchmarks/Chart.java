// SPDX-License-Identifier: Apache-2.0
package dev.revive.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** The findings as an SVG: two bars each, the longer as long as there is room, with the spread of the rounds as a line. */
final class Chart {
    private static final int WIDTH = 900;
    private static final int LEFT = 16;
    private static final int ROOM = 520;
    private static final int BAR = 16;
    private static final int GROUP = 76;
    private static final int TOP = 46;
    private static final String HEAD = """
            <svg xmlns="http://www.w3.org/2000/svg" width="%1$d" height="%2$d" viewBox="0 0 %1$d %2$d" role="img" \
            font-family="system-ui, sans-serif" font-size="13">
            <title>Revive beside DBOS and the bare database</title>
            <rect width="%1$d" height="%2$d" fill="#ffffff"/>
            <text x="16" y="26" font-size="16" font-weight="600" fill="#1b1f24">Revive beside DBOS and the bare database, medians and spread</text>
            """;

    private final StringBuilder svg = new StringBuilder();

    private Chart() {}

    static void write(List<Finding> findings, Path path) throws IOException {
        Files.createDirectories(path.toAbsolutePath().getParent());
        Files.writeString(path, new Chart().draw(findings));
    }

    private String draw(List<Finding> findings) {
        append(HEAD, WIDTH, TOP + findings.size() * GROUP + 8);
        for (int i = 0; i < findings.size(); i++) {
            group(findings.get(i), TOP + i * GROUP);
        }
        return svg.append("</svg>\n").toString();
    }

    private void group(Finding finding, int y) {
        Series against = finding.against();
        double longest = against == null
                ? finding.subject().max()
                : Math.max(finding.subject().max(), against.max());
        append(
                """
                <text x="%d" y="%d" fill="#1b1f24">%s: <tspan font-weight="600">%s%s</tspan> <tspan fill="%s">(%s: %s)</tspan></text>
                """,
                LEFT,
                y + 13,
                escaped(finding.work()),
                Series.number(finding.value()),
                against == null ? "" : " times",
                finding.isReached() ? "#1a7f37" : "#b35900",
                finding.goal().text(),
                finding.verdict());
        bar(finding.subject(), longest, y + 20, "#2f6feb");
        if (against != null) {
            bar(against, longest, y + 20 + BAR + 3, "#8c959f");
        }
    }

    private void bar(Series series, double longest, int y, String colour) {
        append(
                """
                <rect x="%d" y="%d" width="%.1f" height="%d" rx="2" fill="%s"/>
                <line x1="%.1f" x2="%.1f" y1="%d" y2="%d" stroke="#1b1f24"/>
                <text x="%.1f" y="%d" fill="#424a53">%s</text>
                """,
                LEFT,
                y,
                length(series.median(), longest),
                BAR,
                colour,
                LEFT + length(series.min(), longest),
                LEFT + length(series.max(), longest),
                y + BAR / 2,
                y + BAR / 2,
                LEFT + length(series.max(), longest) + 8,
                y + BAR - 3,
                escaped("%s, %s %s".formatted(series.who(), Series.number(series.median()), series.unit())));
    }

    private static double length(double value, double longest) {
        return longest == 0 ? 0 : value / longest * ROOM;
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;");
    }

    private void append(String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values));
    }
}
