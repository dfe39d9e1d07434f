// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The tests that the page about the protocol names are there. */
class ProtocolPageTests {
    private static final Pattern TEST = Pattern.compile("`(\\w+Tests|HeldInside)(?:\\.(?:[A-Z]\\w+\\.)?(\\w+))?`");
    private static final Pattern IN_THE_CONTRACT = Pattern.compile("\\*`(\\w+)`\\*");

    private static String page() throws IOException {
        return Files.readString(DocsTests.ROOT.resolve("docs/protocol.md"));
    }

    private static List<Path> sources(String directory) throws IOException {
        try (Stream<Path> files = Files.walk(DocsTests.ROOT.resolve(directory))) {
            return files.filter(file -> file.toString().endsWith(".java")).toList();
        }
    }

    @Test
    void everyTestThatIsNamedIsThere() throws IOException {
        Set<String> missing = new LinkedHashSet<>();
        List<Path> sources = sources("revive-tests/src/test/java");
        Matcher named = TEST.matcher(page());
        int count = 0;
        while (named.find()) {
            count++;
            String file = named.group(1) + ".java";
            String method = named.group(2) == null ? "class " + named.group(1) : "void " + named.group(2) + "(";
            boolean isThere = false;
            for (Path source : sources) {
                isThere |= source.endsWith(file) && Files.readString(source).contains(method);
            }
            if (!isThere) {
                missing.add(named.group());
            }
        }
        assertThat(missing).isEmpty();
        assertThat(count).isGreaterThan(20);
    }

    @Test
    void everyTestOfTheContractThatIsNamedIsThere() throws IOException {
        StringBuilder contract = new StringBuilder();
        for (Path source : sources("revive-testing/src/main/java")) {
            contract.append(Files.readString(source));
        }
        Matcher named = IN_THE_CONTRACT.matcher(page());
        while (named.find()) {
            assertThat(contract).containsPattern("(class|void) " + named.group(1) + "\\b");
        }
    }
}
