// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.support;

import dev.revive.jdbc.Durability;
import dev.revive.jdbc.JdbcStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/** One H2 file for the whole test run: opening and compacting one for every test would take most of the time. */
final class H2File implements AutoCloseable {
    private final Path directory;
    private final JdbcStore store;

    private H2File() {
        try {
            directory = Files.createTempDirectory("revive-tests");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        store = JdbcStore.embedded(directory, Durability.PROCESS_CRASH);
    }

    static JdbcStore of(ExtensionContext context) {
        return context.getRoot()
                .getStore(Namespace.GLOBAL)
                .computeIfAbsent(H2File.class, key -> new H2File(), H2File.class)
                .store;
    }

    @Override
    public void close() throws IOException {
        store.close();
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        }
    }
}
