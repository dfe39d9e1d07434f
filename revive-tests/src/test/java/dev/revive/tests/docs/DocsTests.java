// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.revive.crash.CrashPoint;
import dev.revive.workflow.Attention;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the documentation shows is compiled and tested, what it points to is there, and what must be in it is in it. */
class DocsTests {
    static final Path ROOT = root();
    private static final int README_WORDS = 700;

    private static Path root() {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.exists(directory.resolve("CONTRIBUTING.md"))) {
            directory = directory.getParent();
        }
        return directory;
    }

    private static String read(String path) {
        return read(ROOT.resolve(path));
    }

    private static String read(Path path) {
        try {
            return Files.readString(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** README.md and everything in docs/. */
    static List<Path> pages() throws IOException {
        try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
            return Stream.concat(Stream.of(ROOT.resolve("README.md")), docs)
                    .filter(path -> path.toString().endsWith(".md"))
                    .sorted()
                    .toList();
        }
    }

    /** The pages, and what else people read in this repository. */
    static List<Path> pagesAndMore() throws IOException {
        return Stream.concat(
                        pages().stream(),
                        Stream.of("ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md")
                                .map(ROOT::resolve))
                .toList();
    }

    @Nested
    class EveryJavaBlock {
        private static final Pattern SOURCE = Pattern.compile("<!-- from: (\\S+)#(\\S+) -->");

        @ParameterizedTest
        @MethodSource("dev.revive.tests.docs.DocsTests#pages")
        void isItsRegionInATestedSource(Path page) {
            List<String> lines = read(page).lines().toList();
            for (int i = 0; i < lines.size(); i++) {
                if (!lines.get(i).strip().equals("```java")) {
                    continue;
                }
                String where = ROOT.relativize(page) + ":" + (i + 1);
                Matcher source = SOURCE.matcher(i == 0 ? "" : lines.get(i - 1).strip());
                assertThat(source.matches())
                        .as("%s has its source on the line before", where)
                        .isTrue();
                int end = i + 1 + lines.subList(i + 1, lines.size()).indexOf("```");
                assertThat(lines.subList(i + 1, end))
                        .as(where)
                        .isEqualTo(region(ROOT.resolve(source.group(1)), source.group(2)));
            }
        }

        /** The lines between its marks, without the marks of regions inside, moved to the left. */
        private static List<String> region(Path source, String name) {
            assertThat(source).exists();
            List<String> region = new ArrayList<>();
            int depth = 0;
            for (String line : read(source).lines().toList()) {
                String text = line.strip();
                boolean isBegin = text.startsWith("// region ");
                boolean isEnd = text.equals("// endregion");
                if (depth > 0 && isEnd) {
                    depth--;
                    if (depth == 0) {
                        return movedLeft(region);
                    }
                } else if (depth > 0 && isBegin) {
                    depth++;
                } else if (depth > 0) {
                    region.add(line);
                } else if (text.equals("// region " + name)) {
                    depth = 1;
                }
            }
            throw new AssertionError("%s has no region %s, or it has no end.".formatted(source, name));
        }

        private static List<String> movedLeft(List<String> lines) {
            int indent = lines.stream()
                    .filter(line -> !line.isBlank())
                    .mapToInt(line -> line.length() - line.stripLeading().length())
                    .min()
                    .orElse(0);
            return lines.stream()
                    .map(line -> line.isBlank() ? "" : line.substring(indent))
                    .toList();
        }
    }

    @Nested
    class EveryLink {
        private static final Pattern LINK = Pattern.compile("\\[[^]]*]\\(([^)\\s]+)\\)");

        @ParameterizedTest
        @MethodSource("dev.revive.tests.docs.DocsTests#pagesAndMore")
        void leadsSomewhere(Path page) {
            Matcher link = LINK.matcher(withoutBlocks(read(page)));
            while (link.find()) {
                String target = link.group(1);
                if (target.startsWith("https://")) {
                    continue;
                }
                String[] parts = target.split("#", 2);
                Path file = parts[0].isEmpty() ? page : page.resolveSibling(parts[0]);
                assertThat(file).as("%s in %s", target, page).exists();
                if (parts.length == 2) {
                    assertThat(anchors(read(file))).as("%s in %s", target, page).contains(parts[1]);
                }
            }
        }

        /** As GitHub makes them of headings. */
        private static List<String> anchors(String page) {
            return withoutBlocks(page)
                    .lines()
                    .filter(line -> line.startsWith("#"))
                    .map(line -> line.replaceFirst("^#+ ", "")
                            .toLowerCase(Locale.ROOT)
                            .replaceAll("[^\\p{L}\\p{N} _-]", "")
                            .replace(' ', '-'))
                    .toList();
        }
    }

    private static String withoutBlocks(String page) {
        return page.replaceAll("(?s)```.*?\n```", "");
    }

    @Test
    void theReadmeIsShort() {
        long words = Arrays.stream(read("README.md").split("\\s+"))
                .filter(word -> word.matches(".*[\\p{L}\\p{N}].*"))
                .count();
        assertThat(words).isLessThanOrEqualTo(README_WORDS);
    }

    @Test
    void theReadmesProgramHasFewerThanTwentyLines() {
        String block = read("README.md").replaceAll("(?s).*?```java\n(.*?)\n```.*", "$1");
        assertThat(block.lines().count()).isLessThan(20);
    }

    @Test
    void everyExceptionIsExplained() throws IOException {
        String page = read("docs/errors.md");
        for (String where : List.of("workflow", "store")) {
            try (Stream<Path> files = Files.list(ROOT.resolve("revive-core/src/main/java/dev/revive/" + where))) {
                List<String> names = files.map(path -> path.getFileName().toString())
                        .filter(name -> name.endsWith("Exception.java"))
                        .map(name -> name.replace(".java", ""))
                        .toList();
                assertThat(names)
                        .isNotEmpty()
                        .allSatisfy(name -> assertThat(page).contains("`" + name + "`"));
            }
        }
    }

    @Test
    void everyReasonForAttentionIsExplained() {
        String page = read("docs/errors.md");
        assertThat(Attention.Reason.values())
                .allSatisfy(reason -> assertThat(page).contains("`" + reason.name() + "`"));
    }

    @Test
    void everyCrashPointIsExplained() {
        String page = read("docs/testing.md");
        assertThat(CrashPoint.values()).allSatisfy(point -> assertThat(page).contains("| `" + point.label() + "`"));
    }

    @Test
    void everyColumnIsExplained() throws IOException {
        String page = read("docs/tables.md");
        Pattern table = Pattern.compile(
                "(?s)(?:CREATE TABLE IF NOT EXISTS \\$\\{prefix}(\\w+) \\(|ALTER TABLE \\$\\{prefix}(\\w+)\n)(.*?)\n?\\)?;\n");
        try (Stream<Path> files = Files.list(ROOT.resolve("revive-jdbc/src/main/resources/dev/revive/jdbc/h2"))) {
            Set<String> tables = new HashSet<>();
            for (Path file : files.toList()) {
                Matcher found = table.matcher(read(file));
                while (found.find()) {
                    String name = found.group(found.group(1) != null ? 1 : 2);
                    assertColumns(page, name, found.group(3));
                    tables.add(name);
                }
            }
            assertThat(tables).contains("workflow", "step", "message", "outbox", "executor", "past_step");
        }
    }

    private static void assertColumns(String page, String table, String body) {
        String section = page.replaceAll("(?s).*\n## `revive_" + table + "`\n(.*?)(\n## .*|\\z)", "$1");
        assertThat(section).as("the section of " + table).isNotEqualTo(page);
        Matcher column = Pattern.compile("(?m)^    (?:ADD COLUMN IF NOT EXISTS )?([a-z_]+) [A-Z]")
                .matcher(body);
        while (column.find()) {
            assertThat(section).contains("| `" + column.group(1) + "` |");
        }
    }

    @Test
    void everyDecisionIsInTheIndex() throws IOException {
        String index = read("docs/adr/README.md");
        try (Stream<Path> files = Files.list(ROOT.resolve("docs/adr"))) {
            assertThat(files.map(path -> path.getFileName().toString()))
                    .filteredOn(name -> !name.equals("README.md"))
                    .isNotEmpty()
                    .allSatisfy(name -> assertThat(index).contains("(" + name + ")"));
        }
    }
}
