// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.revive.Revive;
import dev.revive.store.InMemoryStore;
import dev.revive.tests.support.Gate;
import dev.revive.tests.support.Logs;
import dev.revive.workflow.Printable;
import dev.revive.workflow.RetryPolicy;
import dev.revive.workflow.Step;
import dev.revive.workflow.StepOptions;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowHandle;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ids and messages hold any characters; a line of the log stays one line, and reads as it was written. */
class PrintableTests {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "\n", "\r", "\t", "\u0000", "\u001b", "\u007f", "\u0085", "\u009b", "\u2028", "\u2029", "\u202e",
                "\u2066", "\u200b", "\ufeff", "\u00ad", "\ud800", "\udfff"
            })
    void whatEndsOrTurnsALineIsEscaped(String hidden) {
        assertThat(Printable.of("a" + hidden + "b")).isEqualTo("a\\u%04xb".formatted((int) hidden.charAt(0)));
    }

    @Test
    void aHiddenCharacterBeyondTheFirstPlaneIsEscapedToo() {
        assertThat(Printable.of("a" + Character.toString(0xE0001) + "b")).isEqualTo("a\\ue0001b");
    }

    @ParameterizedTest
    @ValueSource(strings = {"order-17", "", "é ü 中文 😀", "a b\"c'd\\e", "\u05d0\u0627"})
    void whatIsSeenStaysAsItIs(String text) {
        assertThat(Printable.of(text)).isSameAs(text);
    }

    @Test
    void nothingIsPrintedAsNull() {
        assertThat(Printable.of(null)).isEqualTo("null");
    }

    @Test
    void anIdCannotForgeALineOfTheLog() {
        Workflow<String, String> workflow = Workflow.named("w", String.class, String.class);
        String id = "a\u0085INFO forged\u2028INFO forged\n INFO forged\u202e";
        try (Logs logs = new Logs();
                Revive revive = Revive.with(new InMemoryStore())
                        .register(workflow, (ctx, in) -> {
                            throw new LinkageError("x\nINFO forged");
                        })
                        .maxStrikes(1)
                        .start()) {
            revive.start(workflow, id, "in");
            Awaitility.await().until(() -> !logs.lines("LinkageError").isEmpty());

            assertThat(logs.lines("forged"))
                    .isNotEmpty()
                    .allSatisfy(line -> assertThat(line)
                            .matches("(?s).*\\b(INFO|WARN|ERROR)\\b.*")
                            .doesNotStartWith("INFO forged")
                            .doesNotStartWith(" INFO forged")
                            .doesNotContain("\u0085")
                            .doesNotContain("\u2028")
                            .doesNotContain("\u202e"));
        }
    }

    @Test
    void norCanThatOfAWorkflowWhoseAttemptsHang() {
        Workflow<String, String> workflow = Workflow.named("w", String.class, String.class);
        Gate gate = new Gate();
        try (Logs logs = new Logs();
                Revive revive = Revive.with(new InMemoryStore())
                        .register(
                                workflow,
                                (ctx, in) -> ctx.step(Step.of("Stuck\u2028INFO forged", String.class, attempt -> {
                                            gate.passUninterruptibly();
                                            return "done";
                                        })
                                        .with(StepOptions.defaults()
                                                .attemptTimeout(Duration.ofMillis(60))
                                                .timeoutGrace(Duration.ofMillis(10)))
                                        .retry(RetryPolicy.forever().fixedDelay(Duration.ofMillis(1)))))
                        .start()) {
            WorkflowHandle<String> handle = revive.start(workflow, "a\u2028INFO forged", "in");
            Awaitility.await().until(() -> !logs.lines("although interrupted").isEmpty());
            gate.open();
            handle.result();

            assertThat(logs.lines("although interrupted"))
                    .allSatisfy(line -> assertThat(line)
                            .contains("a\\u2028INFO forged", "Stuck\\u2028INFO forged")
                            .doesNotContain("\u2028"));
        }
    }
}
