// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.support;

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
public final class ChildJvm implements AutoCloseable {
    /** The exit code of a process that was killed by SIGKILL, or halted as if. */
    public static final int KILLED = 137;

    /** How long a test waits for anything. Two seconds of a child's work have taken more than a minute on a machine with fifty others at work. */
    public static final Duration PATIENCE = Duration.ofMinutes(3);

    private static final FileOutputStream PIPE = new FileOutputStream(FileDescriptor.out);

    private final String name;
    private final Process process;
    private final Thread reader;

    private ChildJvm(String name, Process process, Consumer<String> listener) {
        this.name = name;
        this.process = process;
        this.reader = new Thread(() -> read(process, listener), "child-" + process.pid());
        this.reader.setDaemon(true);
        this.reader.start();
    }

    /** In the child: tells the parent a line, which no kill can take back. One write, so threads need no lock and no line is torn. */
    public static void say(String line) {
        try {
            PIPE.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Starts one that lives for a second: no time for the optimizing compiler.
     *
     * @param listener hears what it says
     */
    public static ChildJvm start(Class<?> main, Consumer<String> listener, Object... arguments) {
        return start(
                main,
                List.of("-XX:TieredStopAtLevel=1", "-Xmx512m"),
                ProcessBuilder.Redirect.INHERIT,
                listener,
                arguments);
    }

    /**
     * Starts one.
     *
     * @param options for the JVM
     * @param errors where its log goes
     * @param listener hears what it says
     */
    public static ChildJvm start(
            Class<?> main,
            List<String> options,
            ProcessBuilder.Redirect errors,
            Consumer<String> listener,
            Object... arguments) {
        List<String> command = new ArrayList<>();
        command.add(tool("java"));
        command.addAll(List.of("-XX:+UseSerialGC", "-Xshare:auto"));
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        try {
            return new ChildJvm(
                    main.getSimpleName() + " " + List.of(arguments),
                    new ProcessBuilder(command).redirectError(errors).start(),
                    listener);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String tool(String name) {
        return Path.of(System.getProperty("java.home"), "bin", name).toString();
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
    public void tell(String line) {
        try {
            process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Stops it where it is, as the scheduler of a machine that hangs does. */
    public void freeze() {
        signal("STOP");
    }

    /** Lets it go on as if nothing had been. */
    public void thaw() {
        signal("CONT");
    }

    private void signal(String name) {
        try {
            Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                    .inheritIO()
                    .start();
            if (kill.waitFor() != 0) {
                throw new AssertionError("The child could not be sent SIG" + name + ".");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** Whether it has not ended. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** Runs to its end; answers its exit code. */
    public int await() {
        if (!endsWithin(PATIENCE)) {
            throw new AssertionError("The child did not end within %s: %s%n%s".formatted(PATIENCE, name, threads()));
        }
        joinReader();
        return process.exitValue();
    }

    /** Lets it live for so long, then kills it with SIGKILL and reads to its last line. A child that ended by itself is a failure. */
    public void killAfter(Duration lifetime) {
        if (endsWithin(lifetime)) {
            throw new AssertionError("The child ended by itself with " + process.exitValue() + ".");
        }
        kill();
    }

    /** Kills it with SIGKILL and reads to its last line. */
    public void kill() {
        process.toHandle().destroyForcibly(); // the process's own method would close the pipe, with what is still in it
        int exit = await();
        if (exit != KILLED) {
            throw new AssertionError("The child should have been killed, but ended with " + exit + ".");
        }
    }

    /** What its threads do, for a failure that cannot be seen again. */
    private String threads() {
        try {
            Process jcmd = new ProcessBuilder(tool("jcmd"), Long.toString(process.pid()), "Thread.print")
                    .redirectErrorStream(true)
                    .start();
            return new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "Its threads could not be printed: " + e;
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
