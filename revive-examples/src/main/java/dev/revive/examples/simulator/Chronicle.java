// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.simulator;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.revive.examples.world.OwnerOnly;
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
    private boolean hasTornEnd;

    Chronicle(Path directory) {
        this.path = directory.resolve(FILE);
        read();
    }

    private void read() {
        try {
            if (Files.exists(path)) {
                String text = new String(
                        Files.readAllBytes(path), StandardCharsets.UTF_8); // a killed writer may leave half a character
                text.lines().forEach(this::readLine);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + path, e);
        }
    }

    private void readLine(String line) {
        try {
            events.add(Json.read(line, Event.class));
        } catch (JsonProcessingException torn) {
            hasTornEnd = true; // its writer was killed while it wrote the line
        }
    }

    synchronized void add(Event event) {
        events.add(event);
        append(event);
        notifyAll();
    }

    private void append(Event event) {
        try {
            String line = (hasTornEnd ? "\n" : "") + Json.write(event) + "\n";
            hasTornEnd = false;
            OwnerOnly.createFile(path);
            Files.writeString(path, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
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
