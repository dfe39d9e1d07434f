// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.onboarding;

import dev.revive.examples.data.ChildJvm;
import dev.revive.examples.data.DataOptions;
import dev.revive.examples.data.Expectation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows a crash and a resume in two JVMs, and checks that all came out as it should. */
@Command(name = "demo", description = "Shows a crash and a resume, and checks what came out.")
final class DemoCommand implements Callable<Integer> {
    private static final String ID = "onboard-ada";
    private static final String CRASH_STEP = "Provision Laptop";

    @Option(names = "--data", paramLabel = "DIR", description = "an empty directory (default: a new temporary one)")
    private @Nullable Path directory;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path chosen = directory == null ? Files.createTempDirectory("revive-demo-") : directory;
        DataOptions data = DataOptions.in(chosen);
        if (data.hasData()) {
            throw new IllegalArgumentException(
                    "%s holds data already. The demo begins with an empty directory: name another, or reset this one."
                            .formatted(chosen));
        }
        return demonstrate(data);
    }

    private static int demonstrate(DataOptions data) throws IOException, InterruptedException {
        String directory = data.directory().toString();

        say("1. A JVM onboards Ada. It halts when \"" + CRASH_STEP + "\" has acted, before its outcome is recorded.");
        ChildJvm crashed = ChildJvm.run("onboarding", "crash", "--data", directory, "--step", CRASH_STEP);
        show(crashed.output());
        say("   That JVM is dead: exit code " + crashed.exitCode() + ".");

        say("");
        say(
                "2. What the disk knows. A step that is COMPLETED is recorded; one that is STARTED began, and nobody knows how it ended.");
        Status between = Status.of(data);
        StatusText.steps(between).forEach(line -> say(" " + line));

        say("");
        say("3. Another JVM resumes. It skips what is recorded and runs what is not.");
        ChildJvm resumed = ChildJvm.run("onboarding", "resume", "--data", directory);
        show(resumed.output());

        say("");
        say("4. What really happened outside:");
        Status after = Status.of(data);
        StatusText.outside(after).forEach(line -> say(" " + line));
        say(
                "   The laptop was ordered twice. The first JVM died between the order and its record, so nobody could know that it");
        say(
                "   had happened: a zombie. A step is at least once by default, so it ran again, under the same idempotency key. A");
        say(
                "   shop that looks at the key ships one laptop. (atMostOnce, reconcile and transaction are the other choices.)");

        List<Expectation> expectations = expectations(crashed, between, resumed, after);
        say("");
        say("5. As expected?");
        expectations.forEach(expectation -> say("   " + expectation));
        say("");
        say("Look around:  onboarding status --data " + directory);
        return expectations.stream().allMatch(Expectation::isMet) ? 0 : 1;
    }

    private static List<Expectation> expectations(ChildJvm crashed, Status between, ChildJvm resumed, Status after) {
        return List.of(
                new Expectation("the first JVM halted with exit code 137", crashed.exitCode() == 137),
                new Expectation("the second one finished the workflow", resumed.exitCode() == 0 && isCompleted(after)),
                new Expectation("no recorded step acted again", recordedActedOnce(between, after)),
                new Expectation(
                        "the zombie acted twice under one idempotency key",
                        zombies(after) == 1 && acted(after, CRASH_STEP) == 2 && keys(after, CRASH_STEP) == 1));
    }

    private static boolean isCompleted(Status status) {
        return status.workflows().stream()
                .allMatch(workflow -> workflow.status().equals("COMPLETED"));
    }

    private static boolean recordedActedOnce(Status between, Status after) {
        List<String> recorded = between.workflows().stream()
                .flatMap(workflow -> workflow.steps().stream())
                .filter(Status.OfStep::isRecorded)
                .map(Status.OfStep::name)
                .toList();
        return !recorded.isEmpty() && recorded.stream().allMatch(step -> acted(after, step) == 1);
    }

    private static int zombies(Status status) {
        return ada(status)
                .flatMap(workflow -> workflow.step(CRASH_STEP))
                .map(Status.OfStep::zombies)
                .orElse(0);
    }

    private static int acted(Status status, String step) {
        return outside(status, step).map(Status.Outside::times).orElse(0);
    }

    private static int keys(Status status, String step) {
        return outside(status, step)
                .map(acted -> acted.idempotencyKeys().size())
                .orElse(0);
    }

    private static Optional<Status.Outside> outside(Status status, String step) {
        return ada(status).flatMap(workflow -> workflow.outside(step));
    }

    private static Optional<Status.OfWorkflow> ada(Status status) {
        return status.workflows().stream()
                .filter(workflow -> workflow.id().equals(ID))
                .findFirst();
    }

    private static void say(String line) {
        System.out.println(line);
    }

    private static void show(List<String> lines) {
        lines.forEach(line -> say("   | " + line));
    }
}
