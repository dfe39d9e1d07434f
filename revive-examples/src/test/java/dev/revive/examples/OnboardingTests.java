// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.revive.jdbc.JdbcStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The onboarding, crashed in JVMs of its own. */
@Tag("once")
class OnboardingTests {
    private static final List<String> STEPS =
            List.of("Create Employee Record", "Provision Laptop", "Grant Access", "Send Welcome Email");

    @TempDir
    Path directory;

    @Test
    void runsToTheEndAndEveryStepHappensOnce() throws Exception {
        Command run = onboarding("run", "--employee", "Grace", "--step-millis", "1");

        assertThat(run.exitCode()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).startsWith("onboard-grace: COMPLETED").contains("first attempt");
        JsonNode workflow = status().at("/workflows/0");
        assertThat(workflow.get("id").asText()).isEqualTo("onboard-grace");
        assertThat(workflow.get("name").asText()).isEqualTo("employee-onboarding");
        assertThat(workflow.get("status").asText()).isEqualTo("COMPLETED");
        assertThat(STEPS).allSatisfy(step -> assertThat(times(workflow, step)).isEqualTo(1));
        assertThat(row(workflow, "Grant Access").get("stepKey").asText()).isEqualTo("2.2/Grant Access#1");
    }

    @Nested
    class WhenTheJvmHaltsOnTheWay {
        /** How often the step happens outside in all, and how many of its attempts were cut off. */
        @ParameterizedTest(name = "at {1} of {0}: {2} times outside, {3} zombies")
        @CsvSource({
            "Provision Laptop,       before-started, 1, 0",
            "Provision Laptop,       before-effect,  1, 1",
            "Provision Laptop,       after-effect,   2, 1",
            "Provision Laptop,       outcome-queued, 2, 1",
            "Send Welcome Email,     after-effect,   2, 1",
            "Create Employee Record, after-outcome,  1, 0"
        })
        void resumeFinishesAndOnlyAnUnrecordedEffectIsRepeated(String step, String point, int times, int zombies)
                throws Exception {
            crash("--step", step, "--at", point);
            Set<String> recorded = recordedSteps(status().at("/workflows/0"));

            Command resume = onboarding("resume", "--step-millis", "1");

            assertThat(resume.exitCode()).as(resume.toString()).isZero();
            JsonNode workflow = status().at("/workflows/0");
            assertThat(workflow.get("status").asText()).isEqualTo("COMPLETED");
            assertThat(times(workflow, step)).isEqualTo(times);
            assertThat(row(workflow, step).get("zombies").asInt()).isEqualTo(zombies);
            assertThat(recorded).allSatisfy(before -> {
                assertThat(times(workflow, before)).isEqualTo(1);
                assertThat(resume.out()).containsPattern(before + " +skipped");
            });
            assertThat(resume.out()).contains("1 of 1 finished.");
            assertThat(recorded.contains(step)).isEqualTo(point.equals("after-outcome"));
        }

        @Test
        void theRepeatHasTheSameIdempotencyKeyAndTheRecordIsTheSecondOne() throws Exception {
            crash();
            onboarding("resume", "--step-millis", "1");

            JsonNode status = status();
            JsonNode laptop = outside(status.at("/workflows/0"), "Provision Laptop");
            assertThat(laptop.get("nonces")).hasSize(2);
            assertThat(laptop.get("idempotencyKeys")).hasSize(1);
            String secondNonce = laptop.at("/nonces/1").asText();
            assertThat(row(status.at("/workflows/0"), "Provision Laptop")
                            .get("serializedOutput")
                            .asText())
                    .contains(secondNonce.substring(0, 8));
            assertThat(status.get("log").findValuesAsText("event"))
                    .contains("onboard-ada: JVM halts at after-effect of \"Provision Laptop\"")
                    .contains("onboard-ada: \"Provision Laptop\" began, attempt 2, after a zombie");
        }

        @Test
        void aTornLineOfTheDeadProcessIsNotCountedAndLosesNoLaterOne() throws Exception {
            crash();
            Path world = data().resolve("outside-world.jsonl");
            Files.writeString(world, Files.readString(world) + "{\"nonce\":\"torn");

            onboarding("resume", "--step-millis", "1");

            assertThat(times(status().at("/workflows/0"), "Provision Laptop")).isEqualTo(2);
        }

        @Test
        void aHaltAfterTheEndLeavesNothingToResume() {
            crash("--at", "after-completion", "--step-millis", "1");

            Command resume = onboarding("resume");

            assertThat(resume.exitCode()).isZero();
            assertThat(resume.out()).isEqualToIgnoringNewLines("Nothing is unfinished in " + data() + ".");
        }
    }

    @Test
    void aCrashPointThatIsNeverReachedIsAFailure() {
        onboarding("run", "--step-millis", "1");

        Command crash = onboarding("crash");

        assertThat(crash.exitCode()).isEqualTo(1);
        assertThat(crash.err()).contains("The crash did not happen");
    }

    @Test
    void whatMakesNoSenseIsRefusedInOneLine() {
        Command unknownStep = onboarding("crash", "--step", "Water the Plants");
        assertThat(unknownStep.exitCode()).isEqualTo(2);
        assertThat(unknownStep.err()).contains("There is no step \"Water the Plants\". Choose one of:");

        Command unknownPoint = onboarding("crash", "--at", "teatime");
        assertThat(unknownPoint.exitCode()).isEqualTo(2);
        assertThat(unknownPoint.err()).contains("after-effect").doesNotContain("\tat ");
        assertThat(data()).doesNotExist();
    }

    @Test
    void aSecondProcessOnTheSameDirectoryIsToldSo() {
        try (JdbcStore open = JdbcStore.embedded(data())) {
            Command run = Command.inItsOwnJvm(commandLine("run"));

            assertThat(open.find("onboard-ada")).isEmpty();
            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.err()).contains(data().toString(), "in use").doesNotContain("\tat ");
        }
    }

    @Test
    void resetDeletesWhatIsTheExamplesAndRefusesADirectoryWithAnythingElse() throws IOException {
        onboarding("run", "--step-millis", "1");
        Path notes = Files.writeString(data().resolve("notes.txt"), "mine");

        Command refused = onboarding("reset");
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.err()).contains("notes.txt");
        assertThat(data().resolve("revive.mv.db")).exists();

        Files.delete(notes);
        assertThat(onboarding("reset").exitCode()).isZero();
        assertThat(data()).doesNotExist();
    }

    @Test
    void theDemoShowsACrashAndAResumeAndChecksThem() {
        Command demo = onboarding("demo");

        assertThat(demo.exitCode()).isZero();
        assertThat(demo.err()).isEmpty();
        assertThat(demo.out())
                .contains("exit code 137", "zombie", "As expected?")
                .doesNotContain("NO ");
        assertThat(onboarding("demo").exitCode()).isEqualTo(2);
    }

    private Command onboarding(String... args) {
        return Command.here(commandLine(args));
    }

    /** In a JVM that must halt. */
    private void crash(String... options) {
        Command crash = Command.inItsOwnJvm(commandLine(
                Stream.concat(Stream.of("crash"), Stream.of(options)).toArray(String[]::new)));
        assertThat(crash.exitCode()).as(crash.toString()).isEqualTo(137);
    }

    private String[] commandLine(String... args) {
        Stream<String> data = Stream.of("--data", data().toString());
        return Stream.of(Stream.of("onboarding"), Stream.of(args), data)
                .flatMap(words -> words)
                .toArray(String[]::new);
    }

    private Path data() {
        return directory.resolve("data");
    }

    private JsonNode status() throws JsonProcessingException {
        Command status = onboarding("status", "--json");
        assertThat(status.exitCode()).isZero();
        return new ObjectMapper().readTree(status.out());
    }

    private static int times(JsonNode workflow, String step) {
        return outside(workflow, step).path("times").asInt(0);
    }

    private static JsonNode outside(JsonNode workflow, String step) {
        return find(workflow.get("outside"), "step", step);
    }

    private static JsonNode row(JsonNode workflow, String step) {
        return find(workflow.get("steps"), "name", step);
    }

    private static JsonNode find(JsonNode array, String field, String value) {
        return StreamSupport.stream(array.spliterator(), false)
                .filter(node -> node.get(field).asText().equals(value))
                .findFirst()
                .orElse(MissingNode.getInstance());
    }

    private static Set<String> recordedSteps(JsonNode workflow) {
        Set<String> names = new HashSet<>();
        for (JsonNode step : workflow.get("steps")) {
            if (step.get("kind").asText().equals("STEP")
                    && step.get("status").asText().equals("COMPLETED")) {
                names.add(step.get("name").asText());
            }
        }
        return names;
    }
}
