// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.force;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * Some of the product's classes, compiled from a changed copy of their sources. The product itself has no switch for this. A text to be replaced
 * must be there exactly once, so that a change of the product cannot quietly turn a control into one that changes nothing.
 */
final class Mutant {
    /** A replacement in one source file. */
    record Change(Path source, String from, String to) {
        static Change inCore(String type, String from, String to) {
            return in("revive-core", type, from, to);
        }

        static Change inJdbc(String type, String from, String to) {
            return in("revive-jdbc", type, from, to);
        }

        /** The build runs tests in their module's directory. */
        private static Change in(String module, String type, String from, String to) {
            Path source = Path.of("..", module, "src", "main", "java").resolve(type.replace('.', '/') + ".java");
            return new Change(source, from, to);
        }
    }

    private Mutant() {}

    /** Compiles the changed sources into a directory, for the front of a class path. */
    static Path compile(List<Change> changes, Path directory) {
        try {
            Map<Path, String> texts = new LinkedHashMap<>();
            for (Change change : changes) {
                String text = texts.containsKey(change.source())
                        ? Objects.requireNonNull(texts.get(change.source()))
                        : Files.readString(change.source());
                texts.put(change.source(), changed(text, change));
            }
            List<Path> sources = new ArrayList<>();
            for (Map.Entry<Path, String> text : texts.entrySet()) {
                Path copy = directory.resolve(text.getKey().getFileName());
                sources.add(Files.writeString(copy, text.getValue()));
            }
            return compiled(sources, Files.createDirectory(directory.resolve("classes")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String changed(String text, Change change) {
        int first = text.indexOf(change.from());
        assertThat(first).as("%s has \"%s\"", change.source(), change.from()).isNotNegative();
        assertThat(text.indexOf(change.from(), first + 1))
                .as("%s has \"%s\" only once", change.source(), change.from())
                .isNegative();
        return text.replace(change.from(), change.to());
    }

    private static Path compiled(List<Path> sources, Path classes) throws IOException {
        JavaCompiler compiler = Objects.requireNonNull(ToolProvider.getSystemJavaCompiler(), "The tests need a JDK.");
        StringWriter messages = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            List<String> options = List.of(
                    "-proc:none", "-nowarn", "-cp", System.getProperty("java.class.path"), "-d", classes.toString());
            boolean isCompiled = compiler.getTask(
                            messages, files, null, options, null, files.getJavaFileObjectsFromPaths(sources))
                    .call();
            assertThat(isCompiled).as(messages.toString()).isTrue();
        }
        return classes;
    }
}
