// SPDX-License-Identifier: Apache-2.0
package dev.revive.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Another JVM with this one's classes, which runs {@link Recovered} and is killed. */
final class ChildJvm implements AutoCloseable {
    private final Process process;
    private final BufferedReader output;

    private ChildJvm(Process process) {
        this.process = process;
        this.output = process.inputReader(StandardCharsets.UTF_8);
    }

    static ChildJvm start(String task, Contestant contestant, Database database, int workflows) throws IOException {
        int pool = contestant instanceof DbosContestant dbos ? dbos.pool() : 0;
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Recovered.class.getName(),
                task,
                contestant.name(),
                database.url(),
                String.valueOf(pool),
                String.valueOf(workflows));
        return new ChildJvm(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    /** Waits for it to say this. */
    void await(String word) throws IOException {
        String line = output.readLine();
        while (line != null && !line.equals(word)) {
            line = output.readLine();
        }
        if (line == null) {
            throw new IllegalStateException("The other JVM ended before it said " + word);
        }
    }

    /** SIGKILL; returns when it is gone. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
