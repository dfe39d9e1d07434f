// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.revive.codec.Documents;
import dev.revive.dashboard.view.PayloadPlace.Content;
import dev.revive.store.Message;
import dev.revive.store.ReadLimit;
import dev.revive.workflow.CancelledException;
import dev.revive.workflow.Failure;
import dev.revive.workflow.SignalOptions;
import dev.revive.workflow.StartOptions;
import dev.revive.workflow.StepStatus;
import dev.revive.workflow.WorkflowCancelledException;
import dev.revive.workflow.WorkflowStatus;
import dev.revive.workflow.WorkflowTerminatedException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What people send to a workflow in the console, and what waits in its inbox. */
class InboxTests {
    private Site site = new Site();

    @AfterEach
    void close() {
        site.close();
    }

    private void openAnew(UnaryOperator<ReviveDashboard> settings) {
        site.close();
        site = new Site(settings);
    }

    /** It waits for the signal "approval". */
    private void ask(String id) {
        site.revive().start(Site.ASKING, id, "tea");
        await().until(() -> site.store.step(id, "", 1).isPresent());
    }

    /** It is in the middle of a step. */
    private void hold(String id) {
        site.revive().start(Site.HELD, id, "x");
        await().until(() -> site.store.step(id, "", 1).isPresent());
    }

    private void awaitStatus(String id, WorkflowStatus status) {
        await().until(() -> site.store.find(id).orElseThrow().status() == status);
    }

    private HttpResponse<String> post(String route, String body) throws Exception {
        return site.post("/api/v1/workflow/" + route, body);
    }

    private void does(String route, String body) throws Exception {
        HttpResponse<String> response = post(route, body);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    }

    private JsonNode workflow(String id, String... headers) throws Exception {
        return site.json("/api/v1/workflow?id=" + id, headers);
    }

    private List<Message> unread(String id) {
        return site.store.messages(id, new ReadLimit(1_000, 1_000, 1_000_000));
    }

    private static Failure why(Message intent) {
        return Documents.failure(String.valueOf(intent.payload()));
    }

    @Nested
    class ASignal {
        @Test
        void isReceivedByTheWorkflowThatWaitsForIt() throws Exception {
            ask("a");

            does("signal", "{\"id\":\"a\",\"signal\":\"approval\",\"value\":\"Ada\"}");

            awaitStatus("a", WorkflowStatus.COMPLETED);
            assertThat(site.store.find("a").orElseThrow().output()).isEqualTo("\"Ada approves tea\"");
            assertThat(workflow("a").path("messages")).isEmpty();
        }

        @Test
        void waitsInTheInboxAsItWasWritten() throws Exception {
            hold("h");

            does("signal", "{\"id\":\"h\",\"signal\":\"go\",\"value\":[12.50,12345678901234567890]}");

            JsonNode message = workflow("h").path("messages").get(0);
            assertThat(message.path("kind").asText()).isEqualTo("SIGNAL");
            assertThat(message.path("name").asText()).isEqualTo("go");
            assertThat(message.path("payload").asText()).isEqualTo("[12.50,12345678901234567890]");
        }

        @Test
        void countsOnceUnderAnIdempotencyKey() throws Exception {
            hold("h");

            does("signal", "{\"id\":\"h\",\"signal\":\"go\",\"value\":1,\"idempotencyKey\":\"k\"}");
            does("signal", "{\"id\":\"h\",\"signal\":\"go\",\"value\":2,\"idempotencyKey\":\"k\"}");
            does("signal", "{\"id\":\"h\",\"signal\":\"go\",\"value\":3,\"idempotencyKey\":null}");
            site.revive().workflow("h").signal(Site.APPROVAL, "x", SignalOptions.idempotencyKey("k"));

            assertThat(unread("h")).extracting(Message::payload).containsExactly("1", "3");
        }

        @Test
        void isRefusedByOneThatHasEnded() throws Exception {
            site.revive().start(Site.ORDER, "done", "tea").result();

            HttpResponse<String> refused = post("signal", "{\"id\":\"done\",\"signal\":\"go\",\"value\":1}");

            assertThat(refused.statusCode()).isEqualTo(409);
            assertThat(Site.parse(refused.body()).path("detail").asText())
                    .isEqualTo("It has ended, or there is no such workflow.");
            assertThat(unread("done")).isEmpty();
            assertThat(post("signal", "{\"id\":\"none\",\"signal\":\"go\",\"value\":1}")
                            .statusCode())
                    .isEqualTo(409);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{\"id\":\"h\",\"value\":1}",
                    "{\"id\":\"h\",\"signal\":\" \",\"value\":1}",
                    "{\"id\":\"h\",\"signal\":7,\"value\":1}",
                    "{\"id\":\"h\",\"signal\":\"a\\u0000b\",\"value\":1}",
                    "{\"id\":\"h\",\"signal\":\"go\"}",
                    "{\"id\":\"h\",\"signal\":\"go\",\"value\":null}",
                    "{\"id\":\"h\",\"signal\":\"go\",\"value\":1,\"idempotencyKey\":\"\"}",
                    "{\"id\":\"h\",\"signal\":\"go\",\"value\":1,\"idempotencyKey\":7}"
                })
        void needsANameAndAValue(String body) throws Exception {
            hold("h");

            assertThat(post("signal", body).statusCode()).isEqualTo(400);
            assertThat(unread("h")).isEmpty();
        }
    }

    @Nested
    class AnIntent {
        @Test
        void toPauseIsDoneUntilItIsResumed() throws Exception {
            ask("a");

            does("pause", "{\"id\":\"a\",\"reason\":\"the bank is closed\"}");

            awaitStatus("a", WorkflowStatus.PAUSED);
            JsonNode paused = workflow("a");
            assertThat(paused.path("intents").get(0).path("kind").asText()).isEqualTo("PAUSE");
            assertThat(paused.path("intents").get(0).path("reason").asText()).isEqualTo("the bank is closed");
            assertThat(paused.path("actions").toString()).isEqualTo("[\"RESUME\",\"SIGNAL\",\"CANCEL\",\"TERMINATE\"]");
            assertThat(site.ids(site.json("/api/v1/workflows?status=PAUSED"))).containsExactly("a");

            does("signal", "{\"id\":\"a\",\"signal\":\"approval\",\"value\":\"Ada\"}");
            does("resume", "{\"id\":\"a\"}");

            awaitStatus("a", WorkflowStatus.COMPLETED);
            assertThat(post("resume", "{\"id\":\"a\"}").statusCode()).isEqualTo(409);
        }

        @Test
        void isShownUntilItIsHeededAndIsNoMessage() throws Exception {
            hold("h");

            does("pause", "{\"id\":\"h\"}");
            JsonNode asked = workflow("h");
            assertThat(asked.path("status").asText()).isEqualTo("RUNNING");
            assertThat(asked.path("intents")).hasSize(1);
            assertThat(asked.path("intents").get(0).path("reason").isNull()).isTrue();
            assertThat(asked.path("messages")).isEmpty();
            assertThat(asked.path("actions").toString()).contains("RESUME").doesNotContain("PAUSE");

            does("resume", "{\"id\":\"h\"}");
            assertThat(workflow("h").path("intents")).isEmpty();

            does("cancel", "{\"id\":\"h\",\"reason\":\"too expensive\"}");
            JsonNode cancelled = workflow("h");
            assertThat(cancelled.path("intents").get(0).path("kind").asText()).isEqualTo("CANCEL");
            assertThat(cancelled.path("intents").get(0).path("reason").asText()).isEqualTo("too expensive");
            assertThat(cancelled.path("actions").toString())
                    .contains("SIGNAL", "TERMINATE")
                    .doesNotContain("CANCEL", "PAUSE");
        }

        @Test
        void toCancelEndsAWait() throws Exception {
            ask("a");

            does("cancel", "{\"id\":\"a\",\"reason\":\"too expensive\"}");

            assertThatThrownBy(() -> site.revive().handle(Site.ASKING, "a").result())
                    .isInstanceOf(WorkflowCancelledException.class)
                    .hasMessageContaining("too expensive");
            JsonNode ended = workflow("a");
            assertThat(ended.path("status").asText()).isEqualTo("CANCELLED");
            assertThat(ended.path("failure").path("kind").asText()).isEqualTo("CANCELLED");
            assertThat(ended.path("steps").get(0).path("status").asText()).isEqualTo(StepStatus.CANCELLED.name());
            assertThat(ended.path("intents")).isEmpty();
            assertThat(ended.path("actions")).isEmpty();
            assertThat(site.json("/api/v1/counts").toString())
                    .contains("{\"status\":\"CANCELLED\",\"count\":1,\"isLowerBound\":false}");
        }

        @Test
        void ofADeadlineIsShownBeforehand() throws Exception {
            site.revive().start(Site.ASKING, "a", "tea", StartOptions.defaults().timeout(Duration.ofDays(1)));
            await().until(() -> site.store.step("a", "", 1).isPresent());

            assertThat(workflow("a").path("deadline").asText())
                    .isEqualTo(String.valueOf(site.store.find("a").orElseThrow().deadline()));
        }

        @Test
        void toTerminateEndsItAsItStands() throws Exception {
            ask("a");

            does("terminate", "{\"id\":\"a\",\"reason\":\" gone \"}");

            assertThatThrownBy(() -> site.revive().handle(Site.ASKING, "a").result())
                    .isInstanceOf(WorkflowTerminatedException.class)
                    .hasMessageContaining(": gone");
            assertThat(workflow("a").path("status").asText()).isEqualTo("TERMINATED");
            assertThat(workflow("a").path("failure").path("kind").asText()).isEqualTo("TERMINATED");
            assertThat(site.ids(site.json("/api/v1/workflows?status=TERMINATED")))
                    .containsExactly("a");
        }

        @Test
        void isWrittenAsTheEngineWritesIt() throws Exception {
            hold("h");
            hold("i");
            site.revive().workflow("h").pause("why");
            site.revive().workflow("h").cancel("why");
            does("pause", "{\"id\":\"i\",\"reason\":\"why\"}");
            does("cancel", "{\"id\":\"i\",\"reason\":\"why\"}");

            assertThat(unread("i"))
                    .usingRecursiveComparison()
                    .ignoringFields("workflowId", "key", "sentAt")
                    .isEqualTo(unread("h"));
            assertThat(unread("i"))
                    .allSatisfy(intent -> assertThat(intent.key()).startsWith("g:"));
            assertThat(why(unread("i").get(1)).type()).isEqualTo(CancelledException.class.getName());
        }

        @ParameterizedTest
        @ValueSource(strings = {"pause", "cancel", "terminate"})
        void comesTooLateForWhatHasEnded(String route) throws Exception {
            site.revive().start(Site.ORDER, "done", "tea").result();

            assertThat(post(route, "{\"id\":\"done\"}").statusCode()).isEqualTo(409);
            assertThat(post(route, "{\"id\":\"none\"}").statusCode()).isEqualTo(409);
            assertThat(post(route, "{\"id\":\"done\",\"reason\":7}").statusCode())
                    .isEqualTo(400);
            assertThat(post(route, "{\"id\":\"done\",\"reason\":\"" + "x".repeat(2_001) + "\"}")
                            .statusCode())
                    .isEqualTo(400);
            assertThat(unread("done")).isEmpty();
        }

        @Test
        void isInTheLogWithWhoAskedForIt() throws Exception {
            hold("h");
            try (Logs logs = new Logs()) {
                does("cancel", "{\"id\":\"h\",\"reason\":\"a secret\"}");
                does("signal", "{\"id\":\"h\",\"signal\":\"go\",\"value\":\"a secret\"}");

                assertThat(logs.lines("cancel of workflow h by this machine")).hasSize(1);
                assertThat(logs.lines("signal go of workflow h by this machine"))
                        .hasSize(1);
                assertThat(logs.lines("a secret")).isEmpty();
            }
        }
    }

    @Nested
    class WhatMayBeSeen {
        @Test
        void isNothingOfPayloadsAndReasonsWithoutTheRole() throws Exception {
            openAnew(console -> console.authentication(request -> Optional.of(
                    request.header("X-Reads").isPresent()
                            ? Visitor.of("reader", Role.VIEW, Role.VIEW_PAYLOADS)
                            : Visitor.of("viewer", Role.VIEW))));
            hold("h");
            site.revive().workflow("h").signal(Site.APPROVAL, "secret");
            site.revive().workflow("h").cancel("secret");

            JsonNode seen = workflow("h");
            assertThat(seen.toString()).doesNotContain("secret");
            assertThat(seen.path("messages").get(0).path("name").asText()).isEqualTo("approval");
            assertThat(seen.path("messages").get(0).path("isRedacted").asBoolean())
                    .isTrue();
            assertThat(seen.path("intents").get(0).path("kind").asText()).isEqualTo("CANCEL");
            assertThat(seen.path("intents").get(0).path("reason").isNull()).isTrue();
            JsonNode read = workflow("h", "X-Reads", "yes");
            assertThat(read.path("messages").get(0).path("payload").asText()).isEqualTo("\"secret\"");
            assertThat(read.path("messages").get(0).path("isRedacted").asBoolean())
                    .isFalse();
            assertThat(read.path("intents").get(0).path("reason").asText()).isEqualTo("secret");
        }

        @Test
        void isWhatTheHostLeavesOfIt() throws Exception {
            openAnew(console -> console.redaction((place, text) -> {
                boolean isHidden = place.content() == Content.SIGNAL && "approval".equals(place.step());
                return isHidden ? text.replace("secret", "***") : text;
            }));
            hold("h");
            site.revive().workflow("h").signal(Site.APPROVAL, "a secret");
            site.revive().workflow("h").signal(Site.APPROVAL, "x".repeat(10_000));

            JsonNode messages = workflow("h").path("messages");
            assertThat(messages.get(0).path("payload").asText()).isEqualTo("\"a ***\"");
            assertThat(messages.get(0).path("isRedacted").asBoolean()).isTrue();
            assertThat(messages.get(1).path("payload").isNull()).isTrue(); // the hook cannot see it whole
            assertThat(messages.get(1).path("isTruncated").asBoolean()).isTrue();
        }

        @Test
        void hasABound() throws Exception {
            hold("h");
            site.revive().workflow("h").signal(Site.APPROVAL, "x".repeat(20_000));
            for (int i = 0; i < 200; i++) {
                site.revive().workflow("h").signal(Site.APPROVAL, "x");
            }

            JsonNode seen = workflow("h");
            assertThat(seen.path("messages")).hasSize(200);
            assertThat(seen.path("messagesAreCut").asBoolean()).isTrue();
            assertThat(seen.path("messages").get(0).path("payload").asText()).hasSize(10_000);
            assertThat(seen.path("messages").get(0).path("isTruncated").asBoolean())
                    .isTrue();
        }

        @Test
        void isWhatNobodyReceivedBeforeTheEnd() throws Exception {
            hold("h");
            site.revive().workflow("h").signal(Site.APPROVAL, "too late");

            site.hold.countDown();

            awaitStatus("h", WorkflowStatus.COMPLETED);
            assertThat(workflow("h").path("messages")).hasSize(1);
        }
    }
}
