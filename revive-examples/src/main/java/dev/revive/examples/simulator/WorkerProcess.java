// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.simulator;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.revive.examples.simulator.Event.Kind;
import dev.revive.examples.world.OwnerOnly;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** A worker's JVM, as the page's process sees it: reads what it reports, and acts on it by its process id. */
final class WorkerProcess {
    static final String LOG = "simulator-workers.log";

    private static final int KILLED = 137;
    private static final int TRIES = 20;
    private static final int LOOKS = 3;
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(10);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final String name;
    private final Process process;
    private final Chronicle chronicle;
    private final Thread reader;
    private volatile String end = "";
    private volatile boolean hasEnded;
    private boolean isFrozen;

    private WorkerProcess(String name, Process process, Chronicle chronicle) {
        this.name = name;
        this.process = process;
        this.chronicle = chronicle;
        this.reader = new Thread(this::read, "simulator-worker-" + name);
        reader.setDaemon(true);
    }

    /** Starts a JVM with this one's classes. */
    static WorkerProcess start(Order order, Chronicle chronicle) {
        try {
            Path log = Path.of(order.directory()).resolve(LOG);
            OwnerOnly.createFile(log);
            Process process = new ProcessBuilder(List.of(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:TieredStopAtLevel=1", // it lives for a minute
                            "-XX:+UseSerialGC",
                            "-Xmx128m",
                            "-cp",
                            System.getProperty("java.class.path"),
                            "dev.revive.examples.Main",
                            "simulator-worker"))
                    .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
            WorkerProcess worker = new WorkerProcess(order.worker(), process, chronicle);
            chronicle.add(Event.of(Kind.STARTED, order.worker(), process.pid(), 0, null));
            worker.tell(order);
            worker.reader.start();
            return worker;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot start a worker's JVM", e);
        }
    }

    /** On standard input, which stays open: its end is the end of the page's process. */
    private void tell(Order order) {
        OutputStream in = process.getOutputStream();
        try {
            in.write((Json.write(order) + "\n").getBytes(StandardCharsets.UTF_8));
            in.flush();
        } catch (IOException e) {
            end = "died before it was told what to do";
        }
    }

    String name() {
        return name;
    }

    /** Until its end is told: so what it told before is told by then, too. */
    boolean isAlive() {
        return !hasEnded;
    }

    boolean isFrozen() {
        return isFrozen && isAlive();
    }

    /** SIGKILL. Its end is told when this returns. */
    void kill(String how) {
        end = end.isEmpty() ? how : end;
        process.destroyForcibly();
        awaitEnd();
    }

    private void awaitEnd() {
        try {
            reader.join(PATIENCE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (reader.isAlive()) {
            throw new IllegalStateException("Worker %s (pid %d) does not end.".formatted(name, process.pid()));
        }
    }

    /** SIGSTOP, at a moment when it is at rest; after a few tries at any. */
    void freeze(BooleanSupplier isAtRest) {
        signal("STOP");
        for (int tries = 1; tries < TRIES && !staysAtRest(isAtRest); tries++) {
            signal("CONT");
            signal("STOP");
        }
        isFrozen = true;
        chronicle.add(Event.of(Kind.FROZEN, name, process.pid(), 0, null));
    }

    /** What it had sent when it was stopped may reach the database a moment later. */
    private static boolean staysAtRest(BooleanSupplier isAtRest) {
        for (int look = 1; look < LOOKS; look++) {
            if (!isAtRest.getAsBoolean()) {
                return false;
            }
            LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
        }
        return isAtRest.getAsBoolean();
    }

    /** SIGCONT. */
    void thaw() {
        chronicle.add(Event.of(Kind.THAWED, name, process.pid(), 0, null)); // first: what it does next is told after it
        isFrozen = false;
        signal("CONT");
    }

    /** Its handle knows it by number and time of birth: the number may be another's by now. */
    private void signal(String signal) {
        if (!process.toHandle().isAlive()) {
            return;
        }
        try {
            Process kill = new ProcessBuilder("sh", "-c", "kill -%s %d".formatted(signal, process.pid())).start();
            if (!kill.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                kill.destroyForcibly();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot send a signal to worker " + name, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void read() {
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                hear(line);
            }
        } catch (IOException e) {
            // The pipe broke with the process.
        }
        ended();
    }

    private void hear(String line) {
        try {
            Event event = Json.read(line, Event.class);
            if (event.kind() == Kind.HALTING) {
                end = "halted " + event.text();
            }
            chronicle.add(event);
        } catch (JsonProcessingException torn) {
            // It was killed while it wrote this.
        }
    }

    private void ended() {
        int exitCode = process.onExit().join().exitValue();
        chronicle.add(Event.of(Kind.ENDED, name, process.pid(), exitCode, how(exitCode)));
        hasEnded = true;
    }

    private String how(int exitCode) {
        if (!end.isEmpty()) {
            return end;
        }
        return exitCode == KILLED ? "killed from outside" : "ended with exit code %d; see %s".formatted(exitCode, LOG);
    }
}
