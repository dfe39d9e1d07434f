// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.simulator;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** The events of one story, in memory and in a file, so that the page can tell it after its own process died, too. Safe for many threads. */
final class Chronicle {
    static final String FILE = "simulator.jsonl";

    private final Path path;
    private final List<Event> events = new ArrayList<>();

    Chronicle(Path directory) {
        this.path = directory.resolve(FILE);
        events.addAll(read());
    }

    private List<Event> read() {
        List<Event> read = new ArrayList<>();
        try {
            if (Files.exists(path)) {
                for (String line : Files.readAllLines(path, StandardCharsets.UTF_8)) {
                    read.add(Json.read(line, Event.class));
                }
            }
        } catch (JsonProcessingException torn) {
            return read; // its writer was killed while it wrote the last line
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + path, e);
        }
        return read;
    }

    synchronized void add(Event event) {
        events.add(event);
        append(event);
        notifyAll();
    }

    private void append(Event event) {
        try {
            Files.writeString(path, Json.write(event) + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot append to " + path, e);
        }
    }

    synchronized List<Event> events() {
        return List.copyOf(events);
    }

    /** Begins a new story. */
    synchronized void clear() {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot delete " + path, e);
        }
        events.clear();
    }
}
