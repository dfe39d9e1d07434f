// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.data;

import dev.revive.examples.world.ExecutionLog;
import dev.revive.examples.world.OutsideWorld;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The directory of the examples, and which files in it are theirs.
 *
 * @param path the directory, which may not exist
 */
public record DataDirectory(Path path) {
    private static final String DATABASE = "revive.mv.db";
    private static final Set<String> OURS = Set.of(
            DATABASE,
            "revive.lock",
            "revive.mv.db.newFile",
            "revive.mv.db.tempFile",
            "revive.trace.db",
            "host-app.mv.db",
            "host-app.mv.db.newFile",
            "host-app.mv.db.tempFile",
            "host-app.trace.db",
            OutsideWorld.FILE,
            ExecutionLog.FILE);

    /**
     * The embedded database.
     *
     * @return its file, which may not exist
     */
    public Path database() {
        return path.resolve(DATABASE);
    }

    /**
     * What in it belongs to somebody else.
     *
     * @return names, sorted
     * @throws IOException if it cannot be read
     */
    public List<String> foreign() throws IOException {
        return names().stream().filter(name -> !OURS.contains(name)).toList();
    }

    /**
     * Deletes what belongs to the examples, and the directory if nothing is left in it.
     *
     * @return the names of the deleted files
     * @throws IOException if one cannot be deleted
     */
    public List<String> deleteOurs() throws IOException {
        List<String> ours = names().stream().filter(OURS::contains).toList();
        for (String name : ours) {
            Files.delete(path.resolve(name));
        }
        if (names().isEmpty()) {
            Files.deleteIfExists(path);
        }
        return ours;
    }

    private List<String> names() throws IOException {
        if (!Files.exists(path)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(path)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
