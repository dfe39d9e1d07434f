// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.revive.Revive;
import dev.revive.store.InMemoryStore;
import dev.revive.store.StepRecord;
import dev.revive.workflow.OnZombie;
import dev.revive.workflow.Resolution;
import dev.revive.workflow.Step;
import dev.revive.workflow.StepStatus;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowStatus;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A step may or may not have happened, and a person decides in the console, over the store alone. */
class OperatingTests {
    private final InMemoryStore store = new InMemoryStore();
    private Site site;

    @BeforeEach
    void leaveAnUndecidedZombie() throws Exception {
        CountDownLatch charging = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        Revive first = Revive.with(store)
                .register(
                        Site.DOUBTFUL,
                        (ctx, input) -> ctx.step(Step.of("Charge", String.class, attempt -> {
                                    charging.countDown();
                                    never.await();
                                    return input;
                                })
                                .atMostOnce()
                                .onZombie(OnZombie.ASK)))
                .shutdownGrace(Duration.ZERO)
                .start();
        first.start(Site.DOUBTFUL, "d", "card");
        charging.await();
        first.close(); // the effect was cut off: its exception is not recorded
        site = new Site(store, console -> console);
        await().until(() -> store.find("d").orElseThrow().status() == WorkflowStatus.NEEDS_ATTENTION);
    }

    @AfterEach
    void close() {
        site.close();
    }

    @Test
    void theWorkflowSaysWhatCanBeDone() throws Exception {
        JsonNode workflow = site.json("/api/v1/workflow?id=d");

        assertThat(workflow.path("actions").toString())
                .isEqualTo("[\"RESUME\",\"DECIDE\",\"SIGNAL\",\"CANCEL\",\"TERMINATE\"]");
        assertThat(workflow.path("attention").path("reason").asText()).isEqualTo("UNDECIDED_ZOMBIE");
        assertThat(workflow.path("steps").get(0).path("isZombie").asBoolean()).isTrue();
    }

    @Test
    void itHappened() throws Exception {
        assertThat(decide("HAPPENED", "charged by hand", null)).isEqualTo(200);

        await().until(() -> store.find("d").orElseThrow().status() == WorkflowStatus.COMPLETED);
        assertThat(store.find("d").orElseThrow().output()).isEqualTo("\"charged by hand\"");
        assertThat(zombie().resolution()).isEqualTo(Resolution.DECIDED);
    }

    @Test
    void itRunsAgain() throws Exception {
        assertThat(decide("RUN_AGAIN", null, null)).isEqualTo(200);

        await().until(() -> store.find("d").orElseThrow().status() == WorkflowStatus.COMPLETED);
        assertThat(store.find("d").orElseThrow().output()).isEqualTo("\"card\"");
        assertThat(zombie().attempt()).isEqualTo(2);
        assertThat(zombie().resolution()).isEqualTo(Resolution.DECIDED_AGAIN); // its value is nobody's word
    }

    @Test
    void itFails() throws Exception {
        assertThat(decide("FAIL", null, "the bank does not know")).isEqualTo(200);

        await().until(() -> store.find("d").orElseThrow().status() == WorkflowStatus.FAILED);
        assertThat(zombie().status()).isEqualTo(StepStatus.FAILED);
        assertThat(zombie().failure()).contains("the bank does not know");
    }

    @Test
    void onlyTheFirstOfTwoDecisionsCounts() throws Exception {
        Map<String, @Nullable Object> body = decision("HAPPENED", "once", null);

        assertThat(site.post("/api/v1/workflow/decide", Site.body(body)).statusCode())
                .isEqualTo(200);
        assertThat(site.post("/api/v1/workflow/decide", Site.body(body)).statusCode())
                .isEqualTo(409);
        await().until(() -> store.find("d").orElseThrow().status() == WorkflowStatus.COMPLETED);
        assertThat(store.find("d").orElseThrow().output()).isEqualTo("\"once\"");
    }

    @Test
    void aDecisionAboutWhatIsNoLongerThereIsRefused() throws Exception {
        Map<String, @Nullable Object> body = decision("RUN_AGAIN", null, null);
        body.put("attempt", 7);

        assertThat(site.post("/api/v1/workflow/decide", Site.body(body)).statusCode())
                .isEqualTo(409);
        assertThat(zombie().status()).isEqualTo(StepStatus.STARTED);
    }

    @Test
    void whatHappenedIsRecordedAsItWasWritten() throws Exception {
        Map<String, @Nullable Object> body = decision("HAPPENED", null, null);
        body.remove("value");
        String without = Site.body(body);
        String with = without.substring(0, without.length() - 1) + ",\"value\":[12.50,100.0,12345678901234567890]}";

        assertThat(site.post("/api/v1/workflow/decide", without).statusCode()).isEqualTo(400);
        assertThat(zombie().status()).isEqualTo(StepStatus.STARTED);
        assertThat(site.post("/api/v1/workflow/decide", with).statusCode()).isEqualTo(200);
        assertThat(zombie().output()).isEqualTo("[12.50,100.0,12345678901234567890]");
    }

    @Test
    void aNumberThatIsTooLargeIsNotCutOff() throws Exception {
        Map<String, @Nullable Object> body = decision("RUN_AGAIN", null, null);
        body.put("sequence", 4_294_967_297L);

        assertThat(site.post("/api/v1/workflow/decide", Site.body(body)).statusCode())
                .isEqualTo(400);
        assertThat(zombie().status()).isEqualTo(StepStatus.STARTED);
    }

    @Test
    void aFailureNeedsAReason() throws Exception {
        assertThat(decide("FAIL", null, " ")).isEqualTo(400);
        assertThat(decide("PERHAPS", null, null)).isEqualTo(400);
        assertThat(zombie().status()).isEqualTo(StepStatus.STARTED);
    }

    @Test
    void resumingLetsItLookAgain() throws Exception {
        long epoch = store.find("d").orElseThrow().epoch();

        assertThat(site.post("/api/v1/workflow/resume", "{\"id\":\"d\"}").statusCode())
                .isEqualTo(200);

        await().until(() -> store.find("d").orElseThrow().epoch() > epoch
                && store.find("d").orElseThrow().status() == WorkflowStatus.NEEDS_ATTENTION);
        assertThat(site.post("/api/v1/workflow/resume", "{\"id\":\"nobody\"}").statusCode())
                .isEqualTo(409);
    }

    @Test
    void aFailedWorkflowIsRetriedOnceAndSaysWhatItWas() throws Exception {
        site.revive().start(Site.FAILING, "f", "x");
        await().until(() -> store.find("f").orElseThrow().status() == WorkflowStatus.FAILED);
        assertThat(site.json("/api/v1/workflow?id=f").path("actions").toString())
                .isEqualTo("[\"RETRY\"]");

        assertThat(site.post("/api/v1/workflow/retry", "{\"id\":\"f\"}").statusCode())
                .isEqualTo(200);
        await().until(() -> store.find("f").orElseThrow().status() == WorkflowStatus.FAILED);

        JsonNode lives = site.json("/api/v1/workflow?id=f").path("pastLives");
        assertThat(lives).hasSize(1);
        assertThat(lives.get(0).path("epoch").asLong()).isEqualTo(1);
        assertThat(lives.get(0).path("failure").path("kind").asText()).isEqualTo("THROWN");
        assertThat(site.post("/api/v1/workflow/retry", "{\"id\":\"d\"}").statusCode())
                .isEqualTo(409);
        assertThat(site.post("/api/v1/workflow/retry", "{\"id\":\"nobody\"}").statusCode())
                .isEqualTo(409);
    }

    @Test
    void whatHasUndoneSomethingIsNotRetriedAndSaysWhy() throws Exception {
        Workflow<String, String> trip = Workflow.named("trip", String.class, String.class);
        try (Revive revive = Revive.with(store)
                .register(
                        trip,
                        (ctx, input) -> ctx.saga(saga -> {
                            saga.step(Step.of("Book", String.class, attempt -> "hotel"), undo -> {});
                            return ctx.step("Fly", String.class, () -> {
                                throw new IOException("no plane");
                            });
                        }))
                .start()) {
            revive.start(trip, "t", "x");
            await().until(() -> store.find("t").orElseThrow().status() == WorkflowStatus.FAILED);
        }

        HttpResponse<String> refused = site.post("/api/v1/workflow/retry", "{\"id\":\"t\"}");

        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(refused.body()).contains("Undo Book#3 has undone what step #1 did");
    }

    @Test
    void wakingRaisesTheWakeSequence() throws Exception {
        site.revive().start(Site.HELD, "h", "x");
        await().until(() -> store.step("h", "", 1).isPresent());

        assertThat(site.post("/api/v1/workflow/wake", "{\"id\":\"h\"}").statusCode())
                .isEqualTo(200);

        assertThat(store.find("h").orElseThrow().wakeSeq()).isEqualTo(1);
        assertThat(site.post("/api/v1/workflow/wake", "{\"id\":\"d\"}").statusCode())
                .isEqualTo(409);
    }

    private int decide(String decision, @Nullable String value, @Nullable String reason) throws Exception {
        return site.post("/api/v1/workflow/decide", Site.body(decision(decision, value, reason)))
                .statusCode();
    }

    private Map<String, @Nullable Object> decision(String decision, @Nullable String value, @Nullable String reason) {
        StepRecord zombie = zombie();
        Map<String, @Nullable Object> body = new LinkedHashMap<>();
        body.put("id", "d");
        body.put("scope", "");
        body.put("sequence", 1);
        body.put("epoch", zombie.epoch());
        body.put("attempt", zombie.attempt());
        body.put("decision", decision);
        body.put("value", value);
        body.put("reason", reason);
        return body;
    }

    private StepRecord zombie() {
        return store.step("d", "", 1).orElseThrow();
    }
}
