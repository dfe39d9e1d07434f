// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A command of the examples, run in a JVM of its own to its end.
 *
 * @param exitCode 137 if it halted
 * @param out what it printed
 * @param err what it complained about
 */
record Command(int exitCode, String out, String err) {
    /** Runs a command with a place to work in. */
    static Command run(Path directory, String... args) {
        try {
            Path out = Files.createTempFile("out", ".txt");
            Path err = Files.createTempFile("err", ".txt");
            Process process = new ProcessBuilder(commandLine(args))
                    .directory(directory.toFile())
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile())
                    .start();
            int exitCode = exitCode(process);
            return new Command(exitCode, take(out), take(err));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> commandLine(String... args) {
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto"));
        line.addAll(List.of("-cp", System.getProperty("java.class.path"), "dev.revive.examples.Main"));
        line.addAll(List.of(args));
        return line;
    }

    private static int exitCode(Process process) {
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                throw new AssertionError("The command did not end.");
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        } finally {
            process.destroyForcibly();
        }
    }

    private static String take(Path file) throws IOException {
        String text = Files.readString(file, StandardCharsets.UTF_8);
        Files.delete(file);
        return text;
    }
}
