// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChronicleTests {
    @TempDir
    Path directory;

    private static Event event(String text) {
        return new Event(Instant.EPOCH, Event.Kind.PERSON, null, null, null, 0, text, List.of());
    }

    /** The page's process was killed in the middle of a line, even of a character. */
    @Test
    void losesNothingButTheLineThatIsTorn() throws IOException {
        new Chronicle(directory).add(event("before"));
        byte[] half = {'{', '"', (byte) 0xC3};
        Files.write(directory.resolve(Chronicle.FILE), half, StandardOpenOption.APPEND);

        Chronicle second = new Chronicle(directory);
        second.add(event("after"));
        second.add(event("later"));

        assertThat(new Chronicle(directory).events())
                .extracting(Event::text)
                .containsExactly("before", "after", "later");
    }
}
