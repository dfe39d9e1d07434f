// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.revive.databases.SharedServers;
import dev.revive.jdbc.JdbcStore;
import dev.revive.workflow.Outbox;
import dev.revive.workflow.WorkflowStatus;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What transactions of the host's have asked for and could not be done, on PostgreSQL. */
@Tag("once")
class UndeliveredTests {
    private static final String PATH = "/api/v1/undelivered";
    private static final AtomicInteger databases = new AtomicInteger();

    private final HikariDataSource pool = pool();
    private Site site = new Site(JdbcStore.over(pool), console -> console);

    private static HikariDataSource pool() {
        HikariConfig config = new HikariConfig();
        config.setMaximumPoolSize(16);
        config.setJdbcUrl(SharedServers.postgres().create("undelivered_" + databases.incrementAndGet()));
        return new HikariDataSource(config);
    }

    @AfterEach
    void close() {
        site.close();
        pool.close();
    }

    private void openAnew(UnaryOperator<ReviveDashboard> settings) {
        site.close();
        site = new Site(JdbcStore.over(pool), settings);
    }

    /** Commits it, and waits until so many things could not be done. */
    private void ask(int undone, Consumer<Outbox> what) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            what.accept(site.revive().in(connection));
            connection.commit();
        }
        await().until(() -> site.store.undelivered(10).size() == undone);
    }

    private JsonNode items(String... headers) throws Exception {
        return site.json(PATH, headers).path("items");
    }

    private HttpResponse<String> change(String verb, long position) throws Exception {
        return site.post(PATH + "/" + verb, "{\"position\":" + position + "}");
    }

    private static List<String> texts(JsonNode items, String field) {
        List<String> texts = new ArrayList<>();
        items.forEach(item -> texts.add(item.path(field).asText()));
        return texts;
    }

    @Test
    void isListedInItsOrderWithItsReason() throws Exception {
        site.revive().start(Site.ORDER, "there", "tea").result();
        ask(4, outbox -> {
            outbox.start(Site.ORDER, "there", "coffee");
            outbox.signal("there", Site.APPROVAL, "for the coffee");
            outbox.signal("nobody", Site.APPROVAL, "Ada");
            outbox.startAndSignal(Site.ASKING, "there", "tea", Site.APPROVAL, "Ada");
        });

        JsonNode items = items();

        assertThat(texts(items, "workflowId")).containsExactly("there", "there", "nobody", "there");
        assertThat(texts(items, "reason")).containsExactly("CONFLICT", "CONFLICT", "NOT_FOUND", "CONFLICT");
        assertThat(texts(items, "isThere")).containsExactly("true", "true", "false", "true");
        JsonNode start = items.get(0).path("start");
        assertThat(start.path("name").asText()).isEqualTo("order");
        assertThat(start.path("version").asInt()).isEqualTo(1);
        assertThat(start.path("input").path("json").asText()).isEqualTo("\"coffee\"");
        assertThat(items.get(0).path("signal").isNull()).isTrue();
        JsonNode signal = items.get(2).path("signal");
        assertThat(signal.path("name").asText()).isEqualTo("approval");
        assertThat(signal.path("payload").path("json").asText()).isEqualTo("\"Ada\"");
        assertThat(items.get(2).path("start").isNull()).isTrue();
        assertThat(items.get(3).path("start").path("name").asText()).isEqualTo("asking");
        assertThat(items.get(3).path("signal").path("name").asText()).isEqualTo("approval");
        assertThat(site.json(PATH).path("areCut").asBoolean()).isFalse();
    }

    @Test
    void isGoneOnceItIsDiscarded() throws Exception {
        ask(1, outbox -> outbox.signal("nobody", Site.APPROVAL, "a secret"));
        long position = items().get(0).path("position").asLong();
        try (Logs logs = new Logs()) {
            assertThat(change("discard", position).statusCode()).isEqualTo(200);

            assertThat(items()).isEmpty();
            assertThat(change("discard", position).statusCode()).isEqualTo(409);
            assertThat(logs.lines("discard " + position + ", signal approval of workflow nobody by this machine"))
                    .hasSize(1);
            assertThat(logs.lines("a secret")).isEmpty();
        }
    }

    @Test
    void isDoneOnceItCanBeAndIsTriedAgain() throws Exception {
        ask(1, outbox -> outbox.signal("late", Site.APPROVAL, "Ada"));
        long position = items().get(0).path("position").asLong();
        site.revive().start(Site.ASKING, "late", "tea");
        try (Logs logs = new Logs()) {
            assertThat(change("again", position).statusCode()).isEqualTo(200);

            await().until(() -> site.store.find("late").orElseThrow().status() == WorkflowStatus.COMPLETED);
            assertThat(site.store.find("late").orElseThrow().output()).isEqualTo("\"Ada approves tea\"");
            assertThat(items()).isEmpty();
            assertThat(change("again", position).statusCode()).isEqualTo(409);
            assertThat(logs.lines("deliver again " + position + ", signal approval of workflow late by this machine"))
                    .hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"position\":\"1\"}", "{\"position\":1.5}", "{\"position\":null}"})
    void isChangedOnlyByItsPosition(String body) throws Exception {
        assertThat(site.post(PATH + "/discard", body).statusCode()).isEqualTo(400);
        assertThat(site.post(PATH + "/again", body).statusCode()).isEqualTo(400);
    }

    @Test
    void isNotChangedWhereTheConsoleIsReadOnly() throws Exception {
        openAnew(ReviveDashboard::readOnly);
        ask(1, outbox -> outbox.signal("nobody", Site.APPROVAL, "Ada"));
        long position = items().get(0).path("position").asLong();

        assertThat(change("discard", position).statusCode()).isEqualTo(403);
        assertThat(change("again", position).statusCode()).isEqualTo(403);
        assertThat(items()).hasSize(1);
    }

    @Test
    void isShownWithoutWhatItCarriesToWhoMayNotSeeThat() throws Exception {
        openAnew(console -> console.authentication(request -> Optional.of(
                request.header("X-Reads").isPresent()
                        ? Visitor.of("reader", Role.VIEW, Role.VIEW_PAYLOADS)
                        : Visitor.of("viewer", Role.VIEW))));
        ask(1, outbox -> outbox.signal("nobody", Site.APPROVAL, "a secret"));

        JsonNode seen = items().get(0);
        assertThat(seen.toString()).contains("approval").doesNotContain("secret");
        assertThat(seen.path("signal").path("payload").path("isRedacted").asBoolean())
                .isTrue();
        assertThat(items("X-Reads", "yes").toString()).contains("a secret");
    }

    @Test
    void isShownAsFarAsTheHostLetsIt() throws Exception {
        openAnew(console -> console.redaction((place, text) -> switch (place.content()) {
            case INPUT -> place.workflowName().equals("order") ? text.replace("secret", "***") : text;
            case SIGNAL -> place.workflowName().equals("order") ? "\"" + place.step() + "\"" : text;
            default -> text;
        }));
        site.revive().start(Site.ORDER, "there", "tea").result();
        ask(1, outbox -> outbox.signal("there", Site.APPROVAL, "a secret"));
        ask(4, outbox -> {
            outbox.start(Site.ORDER, "there", "a secret");
            outbox.signal("there", Site.APPROVAL, "a secret");
            outbox.signal("nobody", Site.APPROVAL, "a secret");
        });

        JsonNode items = items();

        assertThat(texts(items, "reason")).containsExactly("ENDED", "CONFLICT", "CONFLICT", "NOT_FOUND");
        assertThat(payload(items, 0)).isEqualTo("\"approval\"");
        assertThat(items.get(1).path("start").path("input").path("json").asText())
                .isEqualTo("\"a ***\"");
        // for what kind of workflow these are, nobody can tell the hook
        assertThat(payload(items, 2)).isEqualTo("null");
        assertThat(payload(items, 3)).isEqualTo("null");
    }

    private static String payload(JsonNode items, int index) {
        return items.get(index).path("signal").path("payload").path("json").asText();
    }

    @Test
    void isCutWhereItIsLong() throws Exception {
        ask(1, outbox -> outbox.signal("nobody", Site.APPROVAL, "x".repeat(900_000)));

        JsonNode payload = items().get(0).path("signal").path("payload");
        assertThat(payload.path("json").asText()).isEqualTo("\"" + "x".repeat(9_999));
        assertThat(payload.path("isTruncated").asBoolean()).isTrue();
    }

    @Test
    void isShownUpToAHundred() throws Exception {
        try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            for (int i = 0; i < 101; i++) {
                site.revive().in(connection).signal("nobody", Site.APPROVAL, "Ada");
            }
            connection.commit();
        }
        await().until(() -> site.store.undelivered(200).size() == 101);

        JsonNode answer = site.json(PATH);
        assertThat(answer.path("items")).hasSize(100);
        assertThat(answer.path("areCut").asBoolean()).isTrue();
    }
}
