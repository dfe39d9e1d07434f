// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the embedded store lets other accounts of the machine see of its files. */
class OwnerOnlyTests {
    @TempDir
    Path directory;

    @BeforeEach
    void needsPermissions() {
        assumeTrue(directory.getFileSystem().supportedFileAttributeViews().contains("posix"));
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    private static List<String> ofFiles(Path directory) throws IOException {
        List<String> files = new ArrayList<>();
        try (Stream<Path> all = Files.list(directory)) {
            for (Path file : all.sorted().toList()) {
                files.add(file.getFileName() + " " + permissions(file));
            }
        }
        return files;
    }

    @Test
    void aNewDirectoryAndItsFilesAreItsOwnersOnly() throws IOException {
        Path data = directory.resolve("above").resolve("data");
        try (JdbcStore store = JdbcStore.embedded(data)) {
            assertThat(permissions(data)).isEqualTo("rwx------");
            assertThat(ofFiles(data)).containsExactly("revive.lock rw-------", "revive.mv.db rw-------");
            assertThat(store.executors()).isEmpty();
        }
        assertThat(ofFiles(data)).containsExactly("revive.lock rw-------", "revive.mv.db rw-------");
        JdbcStore.embedded(data).close();
        assertThat(ofFiles(data)).containsExactly("revive.lock rw-------", "revive.mv.db rw-------");
    }

    @Test
    void aDirectoryThatExistsStaysAsItIsAndItsNewFilesAreTheOwnersOnly() throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));

        JdbcStore.embedded(directory).close();

        assertThat(permissions(directory)).isEqualTo("rwxr-xr-x");
        assertThat(ofFiles(directory)).containsExactly("revive.lock rw-------", "revive.mv.db rw-------");
    }

    @Test
    void aDatabaseThatExistsIsSeenByWhoeverSawItBefore() throws IOException {
        JdbcStore.embedded(directory).close();
        Path database = directory.resolve("revive.mv.db");
        Files.setPosixFilePermissions(database, PosixFilePermissions.fromString("rw-r-----"));

        JdbcStore.embedded(directory).close();

        assertThat(permissions(database)).isEqualTo("rw-r-----");
    }
}
