// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.world;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the processes of an example did, one line each: time, process, event. Safe for use by many threads and processes. */
public final class ExecutionLog {
    /** The file's name. */
    public static final String FILE = "execution.log";

    private final AppendOnlyFile file;

    /**
     * The log in this directory.
     *
     * @param directory an existing directory
     */
    public ExecutionLog(Path directory) {
        this.file = new AppendOnlyFile(directory.resolve(FILE));
    }

    /**
     * A line.
     *
     * @param time when, in ISO-8601
     * @param pid which process, or null where it is not known
     * @param event what happened
     */
    public record Line(String time, @Nullable Long pid, String event) {
        private String text() {
            return time + " " + pid + " " + event;
        }

        private static Optional<Line> parse(String text) {
            String[] parts = text.split(" ", 3);
            return parts.length == 3 && parts[1].matches("[0-9]+")
                    ? Optional.of(new Line(parts[0], Long.valueOf(parts[1]), parts[2]))
                    : Optional.empty();
        }
    }

    /**
     * Adds an event of this process.
     *
     * @param event what happened, in one line
     */
    public void add(String event) {
        Line line = new Line(Instant.now().toString(), ProcessHandle.current().pid(), event);
        file.append(line.text());
    }

    /**
     * All lines.
     *
     * @return in the order they were written
     */
    public List<Line> lines() {
        return file.lines().stream().map(Line::parse).flatMap(Optional::stream).toList();
    }
}
