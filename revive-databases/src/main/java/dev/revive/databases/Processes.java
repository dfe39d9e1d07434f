// SPDX-License-Identifier: Apache-2.0
package dev.revive.databases;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** What is done to a server's processes and files. */
final class Processes {
    private Processes() {}

    /** The one child of this process whose command line holds this. */
    static long withArgument(String text) {
        List<ProcessHandle> found = ProcessHandle.current()
                .descendants()
                .filter(process -> Arrays.stream(process.info().arguments().orElse(new String[0]))
                        .anyMatch(argument -> argument.contains(text)))
                .toList();
        if (found.size() != 1) {
            throw new IllegalStateException("There are " + found.size() + " processes with " + text);
        }
        return found.get(0).pid();
    }

    /** Kills a process and all it started; returns when they are gone. */
    static void kill(long pid) {
        ProcessHandle.of(pid).ifPresent(process -> {
            List<ProcessHandle> all =
                    Stream.concat(Stream.of(process), process.descendants()).toList();
            all.forEach(ProcessHandle::destroyForcibly);
            all.forEach(each -> each.onExit().orTimeout(30, TimeUnit.SECONDS).join());
        });
    }

    static void delete(Path directory) {
        try (Stream<Path> all = Files.walk(directory)) {
            all.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
