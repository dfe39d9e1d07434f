// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.kill;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Another JVM with this one's classes. What it {@linkplain #say says} is read to the last line, also what it said just before it was killed:
 * a line is in the pipe, which outlives the process, when {@code say} returns.
 */
final class ChildJvm implements AutoCloseable {
    /** The exit code of a process that was killed by SIGKILL, or halted as if. */
    static final int KILLED = 137;

    /** How long a test waits for anything. */
    static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final FileOutputStream PIPE = new FileOutputStream(FileDescriptor.out);

    private final Process process;
    private final Thread reader;

    private ChildJvm(Process process, Consumer<String> listener) {
        this.process = process;
        this.reader = new Thread(() -> read(process, listener), "child-" + process.pid());
        this.reader.setDaemon(true);
        this.reader.start();
    }

    /** In the child: tells the parent a line, which no kill can take back. One write, so threads need no lock and no line is torn. */
    static void say(String line) {
        try {
            PIPE.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static ChildJvm start(Class<?> main, Consumer<String> listener, Object... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // It lives for a second: no time for the optimizing compiler.
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-Xmx512m"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
            return new ChildJvm(builder.start(), listener);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void read(Process process, Consumer<String> listener) {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                listener.accept(line);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Tells it a line. */
    void tell(String line) {
        try {
            process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs to its end; answers its exit code. */
    int await() {
        if (!endsWithin(PATIENCE)) {
            throw new AssertionError("The child did not end within " + PATIENCE + ".");
        }
        joinReader();
        return process.exitValue();
    }

    /** Lets it live for so long, then kills it with SIGKILL and reads to its last line. A child that ended by itself is a failure. */
    void killAfter(Duration lifetime) {
        if (endsWithin(lifetime)) {
            throw new AssertionError("The child ended by itself with " + process.exitValue() + ".");
        }
        kill();
    }

    /** Kills it with SIGKILL and reads to its last line. */
    void kill() {
        process.toHandle().destroyForcibly(); // the process's own method would close the pipe, with what is still in it
        int exit = await();
        if (exit != KILLED) {
            throw new AssertionError("The child should have been killed, but ended with " + exit + ".");
        }
    }

    private boolean endsWithin(Duration time) {
        try {
            return process.waitFor(time.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private void joinReader() {
        try {
            reader.join(PATIENCE.toMillis());
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
        if (reader.isAlive()) {
            throw new AssertionError("The child's last lines were not read within " + PATIENCE + ".");
        }
    }

    private static IllegalStateException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new IllegalStateException("The test ran out of time.", e);
    }

    @Override
    public void close() {
        process.toHandle().destroyForcibly();
    }
}
