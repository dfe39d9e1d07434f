// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * An outside system that can be asked: a file for each thing that was done, to which each doing adds a line.
 *
 * @param directory shared by all processes
 */
record World(Path directory) {
    void act(String workflowId, String name, String value) {
        try {
            Files.writeString(
                    file(workflowId, name), value + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The values with which it was done, the first first. */
    List<String> done(String workflowId, String name) {
        Path file = file(workflowId, name);
        try {
            return Files.exists(file) ? Files.readAllLines(file) : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path file(String workflowId, String name) {
        return directory.resolve(workflowId + "~" + name);
    }
}
