// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.revive.store.Letter;
import dev.revive.store.MessageKind;
import dev.revive.store.ReadLimit;
import dev.revive.workflow.Signal;
import dev.revive.workflow.WorkflowStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the console tells of workflows that others have started as their children. */
class ChildrenTests {
    private final Site site = new Site();

    @AfterEach
    void close() {
        site.close();
    }

    /** The parent "p" and its child "c", each of which waits for an approval. */
    private void start() {
        site.revive().start(Site.PARENT, "p", "c");
        await().until(() -> site.store.step("p", "", 2).isPresent());
        await().until(() -> site.store.step("c", "", 1).isPresent());
    }

    private void approve(String id) {
        site.revive().workflow(id).signal(Site.APPROVAL, "Ada");
    }

    private void awaitStatus(String id, WorkflowStatus status) {
        await().until(() -> site.store.find(id).orElseThrow().status() == status);
    }

    /** News of the child comes a moment after its end. */
    private void awaitNews() {
        await().until(() -> !site.store.messages("p", new ReadLimit(1, 1, 1)).isEmpty());
    }

    private JsonNode workflow(String id) throws Exception {
        return site.json("/api/v1/workflow?id=" + id);
    }

    @Test
    void aChildTellsWhoseItIs() throws Exception {
        start();

        assertThat(workflow("c").path("parent").toString()).isEqualTo("{\"id\":\"p\",\"position\":\"#1\"}");
        assertThat(workflow("p").path("parent").isNull()).isTrue();
        JsonNode row = site.json("/api/v1/workflow/journal?id=c").path("workflow");
        assertThat(row.path("parent_id").asText()).isEqualTo("p");
        assertThat(row.path("parent_call").asText()).startsWith("#1@");
    }

    @Test
    void itsParentTellsItsIdAndWhatBecomesOfIt() throws Exception {
        start();
        approve("p");
        await().until(() -> site.store.step("p", "", 3).isPresent());

        JsonNode steps = workflow("p").path("steps");
        assertThat(steps.findValuesAsText("kind")).containsExactly("CHILD", "AWAIT", "RESULT");
        assertThat(steps.get(0).path("child").toString()).isEqualTo("{\"id\":\"c\",\"whenParentEnds\":\"TERMINATE\"}");
        assertThat(steps.get(1).path("child").isNull()).isTrue();
        assertThat(steps.get(2).path("status").asText()).isEqualTo("STARTED");
        assertThat(steps.get(2).path("child").toString()).isEqualTo("{\"id\":\"c\",\"whenParentEnds\":null}");
        JsonNode step = site.json("/api/v1/workflow/step?id=p&scope=&sequence=1");
        assertThat(step.path("child").path("id").asText()).isEqualTo("c");
    }

    @Test
    void anIdThatIsTakenIsToldAsAnothersWorkflow() throws Exception {
        site.revive().start(Site.ORDER, "c", "coffee").result();
        site.revive().start(Site.PARENT, "p", "c");
        await().until(() -> site.store.step("p", "", 2).isPresent());

        JsonNode step = workflow("p").path("steps").get(0);
        assertThat(step.path("status").asText()).isEqualTo("FAILED");
        assertThat(step.path("child").toString()).isEqualTo("{\"id\":\"c\",\"whenParentEnds\":null}");
        assertThat(workflow("c").path("parent").isNull()).isTrue();
    }

    @Test
    void itsEndIsInTheInboxUntilItsParentAsksForIt() throws Exception {
        start();
        approve("c");
        awaitNews();

        JsonNode messages = workflow("p").path("messages");
        assertThat(messages).hasSize(1);
        assertThat(messages.get(0).path("kind").asText()).isEqualTo("RESULT");
        assertThat(messages.get(0).path("name").asText()).isEqualTo("c");
        assertThat(messages.get(0).path("payload").isNull()).isTrue(); // the child's own page has it

        approve("p");
        awaitStatus("p", WorkflowStatus.COMPLETED);
        await().untilAsserted(
                        () -> // the answer before is kept for a moment
                        assertThat(workflow("p").path("messages")).isEmpty());
        assertThat(workflow("p").path("steps").get(2).path("child").path("id").asText())
                .isEqualTo("c");
    }

    @Test
    void theNewsOfManyHidesNothingThatPeopleHaveSent() throws Exception {
        start();
        List<Letter> news = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            String key = Letter.ofChild(new UUID(0, i));
            news.add(new Letter("p", MessageKind.END, "child-" + i, key, "null", Instant.EPOCH, null));
        }
        site.store.send(news);
        site.revive().workflow("p").signal(Signal.named("remark", String.class), "well done");
        site.revive().workflow("p").pause("the bank is closed");
        awaitStatus("p", WorkflowStatus.PAUSED);

        JsonNode seen = workflow("p");
        assertThat(seen.path("intents").findValuesAsText("kind")).containsExactly("PAUSE");
        assertThat(seen.path("messages").findValuesAsText("kind"))
                .hasSize(199)
                .startsWith("SIGNAL", "END")
                .endsWith("END");
        assertThat(seen.path("messagesAreCut").asBoolean()).isTrue();
    }

    @Test
    void theSecondThatWantedItsIdHidesNoNewsOfTheFirst() throws Exception {
        site.revive().start(Site.TWICE, "p", "c");
        await().until(() -> site.store.step("p", "", 4).isPresent());
        approve("c");
        awaitNews();

        assertThat(workflow("p").path("steps").get(2).path("status").asText()).isEqualTo("FAILED");
        assertThat(workflow("p").path("messages").findValuesAsText("name")).containsExactly("c");
    }

    @Test
    void anotherEndThanASuccessIsToldAsWell() throws Exception {
        start();
        site.revive().workflow("c").cancel("too expensive");
        awaitNews();

        JsonNode messages = workflow("p").path("messages");
        assertThat(messages.findValuesAsText("kind")).containsExactly("END");
        assertThat(messages.findValuesAsText("name")).containsExactly("c");
    }
}
