// SPDX-License-Identifier: Apache-2.0
package dev.revive.databases;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;

/** What all servers of a version have in common: made once on this machine, and kept for all processes of this user. */
final class Prepared {
    private static final Path KEPT = Path.of(System.getProperty("user.home"), ".cache", "revive");

    private Prepared() {}

    /** Makes it. */
    interface Making {
        void in(Path directory) throws IOException;
    }

    /** The directory of that name, which is made if it is not there: by one process, and the others wait. */
    static synchronized Path directory(String name, Making making) throws IOException {
        Path ready = KEPT.resolve(name);
        Files.createDirectories(KEPT);
        try (FileChannel lock =
                FileChannel.open(KEPT.resolve(name + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            lock.lock();
            if (!Files.exists(ready)) {
                Path half = Files.createTempDirectory(KEPT, name + "-half-made-");
                making.in(half);
                Files.move(half, ready, StandardCopyOption.ATOMIC_MOVE);
            }
        }
        return ready;
    }

    /** Copies a directory with all that is in it, to one that is empty or not there. */
    static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            all.forEach(path -> {
                try {
                    Files.copy(
                            path,
                            to.resolve(from.relativize(path)),
                            StandardCopyOption.COPY_ATTRIBUTES,
                            StandardCopyOption.REPLACE_EXISTING);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
