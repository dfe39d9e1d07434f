// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.revive.workflow.StepStatus;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the console tells of parallels that one branch decides. */
class RacesTests {
    private final Site site = new Site();

    @AfterEach
    void close() {
        site.close();
    }

    private void decide() {
        site.revive().start(Site.RACING, "r", "tea");
        await().until(() -> site.store.step("r", "1.1", 1).isPresent()
                && site.store.step("r", "1.2", 1).isPresent());
        site.revive().workflow("r").signal(Site.APPROVAL, "Ada");
        await().until(() -> site.store.step("r", "1.1", 2).isPresent());
    }

    private JsonNode step(String key) throws Exception {
        JsonNode steps = site.json("/api/v1/workflow?id=r").path("steps");
        return StreamSupport.stream(steps.spliterator(), false)
                .filter(step -> step.path("key").asText().equals(key))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aDecidedOneTellsWhoWonAndWhoIsStillAtWork() throws Exception {
        decide();

        JsonNode race = step("first#1");
        assertThat(race.path("status").asText()).isEqualTo(StepStatus.DECIDED.name());
        assertThat(race.path("joined").toString()).isEqualTo("{\"until\":\"first\",\"ends\":\"RC\",\"first\":1}");
    }

    @Test
    void aJoinedOneTellsWhoWasCutOff() throws Exception {
        decide();
        site.hold.countDown();
        assertThat(site.revive().handle(Site.RACING, "r").result()).isEqualTo("Ada");

        JsonNode race = step("first#1");
        assertThat(race.path("status").asText()).isEqualTo(StepStatus.COMPLETED.name());
        assertThat(race.path("joined").path("ends").asText()).isEqualTo("XC");
    }

    @Test
    void aCutOffIsToldFromACancellation() throws Exception {
        decide();

        JsonNode lost = step("1.1/payment#1");
        assertThat(lost.path("status").asText()).isEqualTo(StepStatus.CANCELLED.name());
        assertThat(lost.path("isCutOff").asBoolean()).isTrue();
        assertThat(lost.path("preview").asText()).isEqualTo("Cut off: branch 2 has completed");
        assertThat(step("1.2/approval#1").path("isCutOff").asBoolean()).isFalse();
    }
}
