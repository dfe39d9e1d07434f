// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.data;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Another JVM with this one's classes, run to its end.
 *
 * @param exitCode 137 if it halted or was killed
 * @param output what it printed
 */
public record ChildJvm(int exitCode, List<String> output) {
    private static final int PATIENCE_SECONDS = 120;

    /**
     * Runs a command of the examples.
     *
     * @param args the command and its options
     * @return how it ended
     * @throws IOException if it cannot be started
     * @throws InterruptedException if the calling thread is interrupted; the other JVM is then killed
     */
    public static ChildJvm run(String... args) throws IOException, InterruptedException {
        Path output = Files.createTempFile("revive-child", ".txt");
        try {
            Process process = new ProcessBuilder(command(args))
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            return new ChildJvm(exitCode(process), Files.readAllLines(output, StandardCharsets.UTF_8));
        } finally {
            Files.delete(output);
        }
    }

    private static List<String> command(String... args) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-XX:TieredStopAtLevel=1"); // it lives for a second
        command.add("-Dstdout.encoding=UTF-8");
        command.add("-Dfile.encoding=UTF-8");
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "dev.revive.examples.Main"));
        command.addAll(List.of(args));
        return command;
    }

    private static int exitCode(Process process) throws InterruptedException {
        try {
            if (process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                return process.exitValue();
            }
            throw new IllegalStateException("The other JVM did not end within " + PATIENCE_SECONDS + " s.");
        } finally {
            process.destroyForcibly();
        }
    }
}
