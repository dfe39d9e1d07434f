// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.scale;

import static org.assertj.core.api.Assertions.assertThat;

import dev.revive.Revive;
import dev.revive.crash.CrashHook;
import dev.revive.crash.CrashPlan;
import dev.revive.crash.CrashPoint;
import dev.revive.jdbc.Durability;
import dev.revive.jdbc.JdbcStore;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowContext;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A long workflow on the embedded database, halted before its end and recovered, each time in a JVM with 128 MB of heap. {@code -Drevive.steps} says
 * how many steps it has; with {@code -Pfull} they are 100,000.
 */
@Tag("once")
class LongWorkflowTests {
    private static final int STEPS = Integer.getInteger("revive.steps", 8_000);
    private static final int BEGUN = 1_000;
    private static final int EARLY = Math.min(10_000, STEPS / 2);
    private static final int LATE = STEPS - STEPS / 10;
    private static final int KILLED = 137;

    @TempDir
    private Path directory;

    @Test
    void itsStepsRunAndRecoverIn128MegabytesOfHeap() throws Exception {
        Map<String, String> first = child(KILLED, "halt");
        Map<String, String> second = child(0, "finish");

        assertThat(first).containsEntry("effects", String.valueOf(STEPS));
        assertThat(second)
                .containsEntry("effects", "0")
                .containsEntry("result", String.valueOf((STEPS + 1L) * STEPS / 2));
        long early = Long.parseLong(first.get("nanos-" + EARLY)) - Long.parseLong(first.get("nanos-" + BEGUN));
        long late = Long.parseLong(first.get("nanos-" + STEPS)) - Long.parseLong(first.get("nanos-" + LATE));
        System.out.printf(
                "%,d steps: %.0f us a step from %,d to %,d, %.0f us in the last tenth (ratio %.2f); recovered in %.1f s%n",
                STEPS,
                early / 1e3 / (EARLY - BEGUN),
                BEGUN,
                EARLY,
                late / (STEPS * 1e2),
                (late / (STEPS / 10.0)) / (early / (double) (EARLY - BEGUN)),
                seconds(second));
    }

    private static double seconds(Map<String, String> run) {
        return Long.parseLong(run.get("nanos-done")) / 1e9;
    }

    private Map<String, String> child(int expectedExit, String how) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Drevive.steps=" + STEPS,
                        "-cp",
                        System.getProperty("java.class.path"),
                        Child.class.getName(),
                        directory.toString(),
                        how)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            List<String> lines = output.lines().toList();
            assertThat(process.waitFor())
                    .as("exit of the child that is to " + how)
                    .isEqualTo(expectedExit);
            return lines.stream()
                    .map(line -> line.split("=", 2))
                    .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
        }
    }

    /** The program of the children. */
    static final class Child {
        private static final Workflow<Integer, Long> LONG = Workflow.named("long", Integer.class, Long.class);
        private final AtomicInteger effects = new AtomicInteger();
        private final long began = System.nanoTime();

        public static void main(String[] arguments) {
            new Child().run(Path.of(arguments[0]), arguments[1].equals("halt"));
        }

        private void run(Path directory, boolean halts) {
            Revive.Builder builder = Revive.with(JdbcStore.embedded(directory, Durability.PROCESS_CRASH))
                    .register(LONG, this::sum);
            if (halts) {
                CrashPlan plan = CrashPlan.at(CrashPoint.BEFORE_COMPLETION).halt();
                CrashHook telling = site -> {
                    if (site.point() == CrashPoint.BEFORE_COMPLETION) {
                        say("effects", effects);
                        System.out.flush();
                    }
                    return plan.at(site);
                };
                builder.crashHook(telling);
            }
            try (Revive revive = builder.start()) {
                Function<Integer, Long> start =
                        steps -> revive.start(LONG, "long", steps).result();
                say("result", start.apply(STEPS));
                say("effects", effects);
                say("nanos-done", System.nanoTime() - began);
            }
        }

        private long sum(WorkflowContext context, int steps) {
            long sum = 0;
            for (int i = 1; i <= steps; i++) {
                int number = i;
                sum += context.step("add", Integer.class, () -> {
                    effects.incrementAndGet();
                    return number;
                });
                if (i == BEGUN || i == EARLY || i == LATE || i == STEPS) {
                    say("nanos-" + i, System.nanoTime() - began);
                }
            }
            return sum;
        }

        private static void say(String name, Object value) {
            System.out.println(name + "=" + value);
        }
    }
}
