// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.revive.dashboard.view.PayloadPlace.Content;
import dev.revive.workflow.WorkflowFailedException;
import dev.revive.workflow.WorkflowHandle;
import dev.revive.workflow.WorkflowStatus;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReadingTests {
    @Test
    void saysWhoSomebodyIs() throws Exception {
        try (Site site = new Site()) {
            JsonNode me = site.json("/api/v1/me");

            assertThat(me.path("roles").toString()).isEqualTo("[\"VIEW\",\"VIEW_PAYLOADS\",\"OPERATE\"]");
            assertThat(me.path("user").isNull()).isTrue();
            assertThat(me.path("readOnly").asBoolean()).isFalse();
            assertThat(me.path("now").asText()).endsWith("Z");
        }
    }

    @Test
    void listsWorkflowsPageByPage() throws Exception {
        try (Site site = new Site()) {
            for (String id : List.of("a", "b", "c")) {
                site.revive().start(Site.ORDER, id, "tea").result();
            }

            JsonNode first = site.json("/api/v1/workflows?limit=2");
            JsonNode second = site.json(
                    "/api/v1/workflows?limit=2&after=" + first.path("next").asText());

            assertThat(site.ids(first)).containsExactly("a", "b");
            assertThat(site.ids(second)).containsExactly("c");
            assertThat(second.path("next").isNull()).isTrue();
            assertThat(first.path("items").get(0).path("status").asText()).isEqualTo("COMPLETED");
        }
    }

    @Test
    void filtersTheList() throws Exception {
        try (Site site = new Site()) {
            site.revive().start(Site.ORDER, "o-1", "tea").result();
            site.revive().start(Site.HELD, "h-1", "x");
            await().until(() -> site.store.step("h-1", "", 1).isPresent());
            String executor = site.store.executors().get(0).id();

            assertThat(site.ids(site.json("/api/v1/workflows?status=RUNNING&status=DUE")))
                    .containsExactly("h-1");
            assertThat(site.ids(site.json("/api/v1/workflows?name=order"))).containsExactly("o-1");
            assertThat(site.ids(site.json("/api/v1/workflows?idPrefix=h-"))).containsExactly("h-1");
            assertThat(site.ids(site.json("/api/v1/workflows?executor=" + executor)))
                    .containsExactly("h-1");
            assertThat(site.get("/api/v1/workflows?status=ODD").statusCode()).isEqualTo(400);
            assertThat(site.get("/api/v1/workflows?limit=0").statusCode()).isEqualTo(400);
        }
    }

    @Test
    void countsByStatus() throws Exception {
        try (Site site = new Site()) {
            site.revive().start(Site.ORDER, "a", "tea").result();
            site.revive().start(Site.ORDER, "b", "tea").result();

            JsonNode counts = site.json("/api/v1/counts");

            assertThat(counts.path("counts")).hasSize(WorkflowStatus.values().length);
            assertThat(counts.path("counts").toString())
                    .contains("{\"status\":\"COMPLETED\",\"count\":2,\"isLowerBound\":false}");
            assertThat(counts.path("names").toString()).isEqualTo("[\"order\"]");
            assertThat(site.json("/api/v1/counts?name=other").toString()).contains("\"COMPLETED\",\"count\":0");
        }
    }

    @Test
    void showsAWorkflowWithItsStepsInProgramOrder() throws Exception {
        try (Site site = new Site()) {
            site.revive().start(Site.ORDER, "a", "tea").result();

            JsonNode workflow = site.json("/api/v1/workflow?id=a");

            assertThat(workflow.path("status").asText()).isEqualTo("COMPLETED");
            assertThat(workflow.path("input").path("json").asText()).isEqualTo("\"tea\"");
            assertThat(workflow.path("output").path("json").asText()).contains("packed and paid");
            assertThat(workflow.path("failure").isNull()).isTrue();
            assertThat(workflow.path("steps").findValuesAsText("key"))
                    .containsExactly("Reserve#1", "parallel#2", "2.1/Pack#1", "2.2/Pay#1", "Ship#3");
            assertThat(workflow.path("steps").get(0).path("preview").asText()).isEqualTo("\"reserved tea\"");
        }
    }

    @Test
    void showsAStepWithItsFailureAndCauses() throws Exception {
        try (Site site = new Site()) {
            assertThatThrownBy(
                            () -> site.revive().start(Site.FAILING, "f", "luck").result())
                    .isInstanceOf(WorkflowFailedException.class);

            JsonNode step = site.json("/api/v1/workflow/step?id=f&scope=&sequence=1");

            assertThat(step.path("status").asText()).isEqualTo("FAILED");
            assertThat(step.path("failure").path("message").asText()).isEqualTo("no luck");
            assertThat(step.path("failure").path("cause").path("message").asText())
                    .isEqualTo("line is dead");
            assertThat(step.path("preview").asText()).isEqualTo("java.lang.IllegalStateException: no luck");
            assertThat(site.get("/api/v1/workflow/step?id=f&scope=&sequence=9").statusCode())
                    .isEqualTo(404);
        }
    }

    @Test
    void showsWhatAPollLastSawAndWhenItLooksAgain() throws Exception {
        try (Site site = new Site()) {
            WorkflowHandle<String> polling = site.revive().start(Site.POLLING, "p", "not yet");
            await().until(() -> polling.status() == WorkflowStatus.DUE);

            JsonNode step = site.json("/api/v1/workflow/step?id=p&scope=&sequence=1");

            assertThat(step.path("kind").asText()).isEqualTo("POLL");
            assertThat(step.path("status").asText()).isEqualTo("BACKOFF");
            assertThat(step.path("output").path("json").asText()).isEqualTo("\"not yet\"");
            assertThat(step.path("preview").asText()).isEqualTo("\"not yet\"");
            assertThat(step.path("failure").isNull()).isTrue();
            assertThat(step.path("nextAt").asText()).isNotEmpty();
        }
    }

    @Test
    void showsTheRowsAsTheyAreStored() throws Exception {
        try (Site site = new Site()) {
            site.revive().start(Site.ORDER, "a", "tea").result();

            JsonNode journal = site.json("/api/v1/workflow/journal?id=a");

            assertThat(journal.path("workflow").path("input").asText()).isEqualTo("\"tea\"");
            assertThat(journal.path("steps")).hasSize(5);
            assertThat(journal.path("steps").get(0).path("serialized_output").asText())
                    .isEqualTo("\"reserved tea\"");
        }
    }

    @Test
    void showsExecutorsAndWhatTheyRun() throws Exception {
        try (Site site = new Site()) {
            site.revive().start(Site.HELD, "h-1", "x");
            await().until(() -> site.store.step("h-1", "", 1).isPresent());

            JsonNode executor = site.json("/api/v1/executors").path("items").get(0);

            assertThat(executor.path("name").asText()).isEqualTo("host");
            assertThat(executor.path("version").asText()).isEqualTo("1.2.3");
            assertThat(executor.path("types")).extracting(JsonNode::asText).contains("held v1", "order v1");
            assertThat(executor.path("alive").asBoolean()).isTrue();
            assertThat(executor.path("running").findValuesAsText("id")).containsExactly("h-1");
        }
    }

    @Test
    void anIdMayHoldAnyCharacters() throws Exception {
        try (Site site = new Site()) {
            String id = "a/../b?c=d&e#f %00%2e \"<script>\" é😀";
            site.revive().start(Site.ORDER, id, "tea").result();

            assertThat(site.json("/api/v1/workflow?id=" + Site.encoded(id))
                            .path("id")
                            .asText())
                    .isEqualTo(id);
        }
    }

    @Test
    void whatIsNotThereIsAProblem() throws Exception {
        try (Site site = new Site()) {
            HttpResponse<String> response = site.get("/api/v1/workflow?id=nobody");

            assertThat(response.statusCode()).isEqualTo(404);
            assertThat(response.headers().firstValue("Content-Type"))
                    .hasValueSatisfying(type -> assertThat(type).startsWith("application/problem+json"));
            assertThat(Site.parse(response.body()).path("detail").asText()).isEqualTo("There is no such workflow.");
            assertThat(site.get("/api/v1/nothing").statusCode()).isEqualTo(404);
            assertThat(site.get("/api/v1/workflow").statusCode()).isEqualTo(400);
        }
    }

    @Test
    void whoMayNotSeePayloadsSeesNone() throws Exception {
        Authentication viewer = request -> Optional.of(Visitor.of("eve", Role.VIEW));
        try (Site site = new Site(console -> console.authentication(viewer))) {
            site.revive().start(Site.ORDER, "a", "secret").result();
            assertThatThrownBy(() ->
                            site.revive().start(Site.FAILING, "f", "secret").result())
                    .isInstanceOf(WorkflowFailedException.class);

            for (String path : List.of(
                    "/api/v1/workflow?id=a",
                    "/api/v1/workflow/step?id=a&scope=&sequence=1",
                    "/api/v1/workflow/journal?id=a",
                    "/api/v1/workflow?id=f",
                    "/api/v1/workflow/step?id=f&scope=&sequence=1",
                    "/api/v1/workflow/journal?id=f")) {
                assertThat(site.json(path).toString()).as(path).doesNotContain("secret");
            }
            JsonNode input = site.json("/api/v1/workflow?id=a").path("input");
            assertThat(input.path("isRedacted").asBoolean()).isTrue();
            assertThat(input.path("chars").asInt()).isEqualTo(8);
        }
    }

    @Test
    void whatIsRedactedIsSeenByNobody() throws Exception {
        try (Site site = new Site(console -> console.redaction(
                (place, text) -> place.content() == Content.FAILURE_MESSAGE ? null : text.replace("secret", "***")))) {
            site.revive().start(Site.ORDER, "a", "secret").result();
            assertThatThrownBy(() ->
                            site.revive().start(Site.FAILING, "f", "secret").result())
                    .isInstanceOf(WorkflowFailedException.class);

            JsonNode workflow = site.json("/api/v1/workflow?id=a");

            assertThat(workflow.path("input").path("json").asText()).isEqualTo("\"***\"");
            assertThat(workflow.path("steps").get(0).path("preview").asText()).isEqualTo("\"reserved ***\"");
            assertThat(site.json("/api/v1/workflow/journal?id=a").toString()).doesNotContain("secret");
            assertThat(site.json("/api/v1/workflow/step?id=f&scope=&sequence=1").toString())
                    .doesNotContain("secret");
        }
    }

    @Test
    void aRedactionThatFailsHidesEverything() throws Exception {
        try (Site site = new Site(console -> console.redaction((place, text) -> {
            throw new IllegalStateException();
        }))) {
            site.revive().start(Site.ORDER, "a", "secret").result();

            assertThat(site.json("/api/v1/workflow?id=a").toString()).doesNotContain("secret");
        }
    }

    @Test
    void everyOtherPathIsThePage() throws Exception {
        try (Site site = new Site()) {
            assertThat(site.get("/").statusCode()).isIn(200, 503);
            assertThat(site.get("/workflows").body()).isEqualTo(site.get("/").body());
            assertThat(site.get("/executors/x").body()).isEqualTo(site.get("/").body());
            assertThat(site.get("/missing.js").statusCode()).isEqualTo(404);
            assertThat(site.get("/assets/missing.js").statusCode()).isEqualTo(404);
        }
    }

    @Test
    void aHostAddsItsOwnRoutesAndPages() throws Exception {
        try (Site site = new Site(console -> console.extend(
                        config -> config.routes.get("/api/mine", ctx -> ctx.json(List.of(1, 2))))
                .page("/mine", ReadingTests.class, "mine", "mine.html"))) {
            assertThat(site.get("/api/mine").body()).isEqualTo("[1,2]");
            HttpResponse<String> page = site.get("/mine");
            assertThat(page.statusCode()).isEqualTo(200);
            assertThat(page.body()).contains("src=\"/mine/assets/mine-1.js\"").contains("content=\"\"");
            HttpResponse<String> script = site.get("/mine/assets/mine-1.js");
            assertThat(script.headers().firstValue("Cache-Control"))
                    .hasValueSatisfying(value -> assertThat(value).contains("immutable"));
        }
    }

    @Test
    void livesBelowABasePath() throws Exception {
        try (Site site = new Site(console -> console.basePath("/ops/revive"))) {
            assertThat(site.json("/ops/revive/api/v1/me").path("readOnly").asBoolean())
                    .isFalse();
            assertThat(site.get("/ops/revive").statusCode()).isIn(200, 503);
            assertThat(site.get("/ops/revive/workflows").statusCode()).isIn(200, 503);
            assertThat(site.get("/api/v1/me").statusCode()).isEqualTo(404);
        }
    }
}
