// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.faults;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What one process did, line by line, outside the database: a line is with the operating system, and outlives the process, when the call returns.
 *
 * <pre>
 * E nanos|micros|workflow|scope|name|attempt|epoch|executor|settled|deadline|nonce    an effect begins
 * W nanos|deadline|workflow|name|nonce                                                it has been done, where the world can be asked
 * C nanos|executor|workflow|epoch                                                     a claim
 * R operations|why                                                                    writes refused
 * U operations|why                                                                    a commit whose outcome is unknown
 * O workflows                                                                         others' workflows taken over
 * D workflow|status|content                                                           an end was acknowledged
 * A workflow|value                                                                    a signal was accepted
 * N workflow|value                                                                    a signal was refused: nobody is there, or the workflow has ended
 * I workflow|wish|heard                                                               what somebody wanted was answered
 * X what                                                                              what must never happen
 * </pre>
 *
 * Nanos are those of {@link System#nanoTime}, which all processes of one Linux machine share. {@code settled} is when the lane last told the scope
 * that something is durable; the look at the lease comes after that. {@code deadline} is the local end of the executor's lease as known when the
 * line is written.
 */
final class Diary {
    private final FileOutputStream file;

    Diary(Path path) {
        try {
            this.file = new FileOutputStream(path.toFile(), true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One write, so threads need no lock and no line is torn. */
    void write(char kind, Object... parts) {
        StringBuilder line = new StringBuilder(160).append(kind).append(' ');
        for (int i = 0; i < parts.length; i++) {
            line.append(i == 0 ? "" : "|").append(parts[i]);
        }
        try {
            file.write(line.append('\n').toString().getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<String> read(Path path) {
        try {
            return Files.readAllLines(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
