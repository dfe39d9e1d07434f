// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.revive.Revive;
import dev.revive.jdbc.Durability;
import dev.revive.jdbc.JdbcStore;
import dev.revive.store.InMemoryStore;
import dev.revive.store.ReadLimit;
import dev.revive.store.StepPage;
import dev.revive.store.WorkflowExcerpt;
import dev.revive.store.WorkflowStore;
import dev.revive.workflow.StepFailedException;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowContext;
import dev.revive.workflow.WorkflowFailedException;
import dev.revive.workflow.WorkflowHandle;
import dev.revive.workflow.WorkflowStatus;
import java.io.BufferedReader;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Payloads that are longer than a console has memory for: it reads no more of them than it shows. */
@Timeout(180)
class MemoryTests {
    private static final int STEPS = 40;
    private static final int CHARS = 900_000;
    private static final int ATTACKERS = 16;
    private static final Duration SIEGE = Duration.ofSeconds(5);
    private static final Duration PROMPT = Duration.ofSeconds(25);
    private static final Workflow<Integer, Integer> BIG = Workflow.named("big", Integer.class, Integer.class);

    private final HttpClient client = HttpClient.newHttpClient();

    @TempDir
    Path directory;

    private static void fill(Revive revive) {
        revive.start(BIG, "big", CHARS).result();
    }

    private static Revive engine(WorkflowStore store) {
        return Revive.with(store)
                .maxPayloadChars(2_000_000)
                .register(BIG, (ctx, chars) -> {
                    for (int i = 0; i < STEPS; i++) {
                        ctx.step("Read", String.class, () -> "x".repeat(chars));
                    }
                    return chars;
                })
                .start();
    }

    @Test
    void whoAsksForTheLongestJournalsKeepsNobodyElseFromTheConsole() throws Exception {
        try (JdbcStore store = JdbcStore.embedded(directory, Durability.PROCESS_CRASH);
                Revive revive = engine(store)) {
            fill(revive);
        }
        Process console = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx96m",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-XX:+ExitOnOutOfMemoryError",
                        "-cp",
                        System.getProperty("java.class.path"),
                        SmallHeap.class.getName(),
                        directory.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader out = console.inputReader()) {
            String line = out.readLine();
            while (line != null && !line.startsWith("port ")) {
                line = out.readLine();
            }
            assertThat(line).isNotNull();
            besiege(URI.create("http://localhost:" + String.valueOf(line).substring(5) + "/api/v1/"));
            assertThat(console.isAlive()).isTrue();
        } finally {
            console.destroyForcibly().waitFor();
        }
    }

    private void besiege(URI api) throws Exception {
        AtomicBoolean isOver = new AtomicBoolean();
        ExecutorService attackers = Executors.newFixedThreadPool(ATTACKERS);
        List<Future<Integer>> attacks = new ArrayList<>();
        for (int i = 0; i < ATTACKERS; i++) {
            int attacker = i;
            attacks.add(attackers.submit(() -> {
                int answered = 0;
                for (int n = attacker; !isOver.get(); n++) {
                    String path = switch (n % 3) {
                        case 0 -> "workflow/journal?id=big&afterSequence=" + n % STEPS;
                        case 1 -> "workflow/step?id=big&scope=&sequence=" + (1 + n % STEPS);
                        default -> "workflow?id=big&n=" + n;
                    };
                    answered += ask(api.resolve(path), "reader").statusCode() == 200 ? 1 : 0;
                }
                return answered;
            }));
        }
        long end = System.nanoTime() + SIEGE.toNanos();
        while (System.nanoTime() - end < 0) {
            long began = System.nanoTime();
            assertThat(ask(api.resolve("workflows"), "viewer").statusCode()).isEqualTo(200);
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(PROMPT);
        }
        isOver.set(true);
        int answered = 0;
        for (Future<Integer> attack : attacks) {
            answered += attack.get();
        }
        attackers.shutdown();
        assertThat(answered).isPositive();
    }

    private HttpResponse<String> ask(URI uri, String user) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(uri)
                .header("X-User", user)
                .timeout(Duration.ofSeconds(60))
                .build();
        return client.send(request, BodyHandlers.ofString());
    }

    @Test
    void theJournalComesInPagesThatAreBoundedAndMissNothing() throws Exception {
        InMemoryStore store = new InMemoryStore();
        try (Revive revive = engine(new Lent(store));
                Site site = new Site(store, console -> console)) {
            fill(revive);

            List<Integer> sequences = new ArrayList<>();
            String after = "";
            int pages = 0;
            while (true) {
                HttpResponse<String> answer = site.get("/api/v1/workflow/journal?id=big" + after);
                assertThat(answer.body().length()).isLessThan(3_000_000);
                JsonNode page = Site.parse(answer.body());
                assertThat(page.path("workflow").isNull()).isEqualTo(pages > 0);
                page.path("steps").forEach(step -> {
                    sequences.add(step.path("sequence").asInt());
                    assertThat(step.path("serialized_output").asText()).hasSize(CHARS + 2);
                });
                pages++;
                JsonNode next = page.path("next");
                if (next.isNull()) {
                    break;
                }
                after = "&afterScope=" + next.path("scope").asText() + "&afterSequence="
                        + next.path("sequence").asInt();
            }
            assertThat(pages).isEqualTo(STEPS / 2);
            assertThat(sequences).hasSize(STEPS).isSorted().doesNotHaveDuplicates();
        }
    }

    @Test
    void ofWhatSomebodyMayNotSeeNothingIsRead() throws Exception {
        ConcurrentHashMap<Integer, Boolean> read = new ConcurrentHashMap<>();
        InMemoryStore store = new InMemoryStore();
        WorkflowStore watched = watched(store, read);
        try (Revive revive = engine(new Lent(store));
                Site site = new Site(
                        watched,
                        console -> console.authentication(request -> Optional.of(Visitor.of("eve", Role.VIEW))))) {
            fill(revive);
            for (String path :
                    List.of("workflow?id=big", "workflow/journal?id=big", "workflow/step?id=big&scope=&sequence=1")) {
                assertThat(site.json("/api/v1/" + path).toString()).doesNotContain("xxx");
            }
            assertThat(site.json("/api/v1/workflow?id=big")
                            .path("steps")
                            .get(0)
                            .path("outputChars")
                            .asInt())
                    .isEqualTo(CHARS + 2);
            assertThat(read.keySet()).containsExactly(0);
        }
    }

    @Test
    void ofPastLivesNoMoreIsReadThanOfStepsAtOnce() throws Exception {
        Workflow<Integer, Integer> undone = Workflow.named("undone", Integer.class, Integer.class);
        InMemoryStore store = new InMemoryStore();
        try (Revive revive = Revive.with(new Lent(store))
                        .register(undone, MemoryTests::failAndUndo)
                        .start();
                Site site = new Site(store, console -> console)) {
            WorkflowHandle<Integer> failing = revive.start(undone, "u", 1_200);
            assertThatThrownBy(failing::result).isInstanceOf(WorkflowFailedException.class);
            revive.retry("u");
            await().until(() -> store.find("u").orElseThrow().status() == WorkflowStatus.FAILED);

            JsonNode workflow = site.json("/api/v1/workflow?id=u");

            assertThat(workflow.path("pastLives").path(0).path("steps")).hasSize(1_000);
            assertThat(workflow.path("pastLivesAreCut").asBoolean()).isTrue();
        }
    }

    private static Integer failAndUndo(WorkflowContext ctx, Integer steps) {
        try {
            return ctx.step("Fail", Integer.class, () -> {
                throw new IllegalStateException("no");
            });
        } catch (StepFailedException e) {
            for (int i = 0; i < steps; i++) {
                ctx.step("Undo", () -> {});
            }
            throw e;
        }
    }

    @Test
    void aTextThatIsTooLongForTheJournalIsCutAndSaysSo() throws Exception {
        InMemoryStore store = new InMemoryStore();
        try (Revive revive = engine(new Lent(store));
                Site site = new Site(store, console -> console)) {
            revive.start(BIG, "big", 1_500_000).result();

            JsonNode step =
                    site.json("/api/v1/workflow/journal?id=big").path("steps").get(0);
            JsonNode shown =
                    site.json("/api/v1/workflow/step?id=big&scope=&sequence=1").path("output");

            assertThat(step.path("serialized_output").asText()).hasSize(1_000_000);
            assertThat(step.path("serialized_output_chars").asInt()).isEqualTo(1_500_002);
            assertThat(shown.path("json").asText()).hasSize(262_144);
            assertThat(shown.path("chars").asInt()).isEqualTo(1_500_002);
            assertThat(shown.path("isTruncated").asBoolean()).isTrue();
            assertThat(shown.path("isRedacted").asBoolean()).isFalse();
        }
    }

    @Test
    void whatIsTooLongForTheRedactionIsNotShownAtAll() throws Exception {
        InMemoryStore store = new InMemoryStore();
        try (Revive revive = engine(new Lent(store));
                Site site = new Site(store, console -> console.redaction((place, text) -> text))) {
            revive.start(BIG, "big", 1_500_000).result();

            for (String path :
                    List.of("workflow?id=big", "workflow/journal?id=big", "workflow/step?id=big&scope=&sequence=1")) {
                assertThat(site.json("/api/v1/" + path).toString()).doesNotContain("xxx");
            }
        }
    }

    /** Of how many characters it is asked; and nothing else reads payloads. */
    private static WorkflowStore watched(WorkflowStore real, ConcurrentHashMap<Integer, Boolean> read) {
        return (WorkflowStore) Proxy.newProxyInstance(
                MemoryTests.class.getClassLoader(),
                new Class<?>[] {WorkflowStore.class},
                (proxy, method, arguments) -> {
                    try {
                        Object answer = method.invoke(real, arguments);
                        boolean isMine = arguments != null && arguments.length > 0 && arguments[0].equals("big");
                        if (isMine
                                && (answer instanceof WorkflowExcerpt
                                        || method.getName().equals("excerpt"))) {
                            read.put((Integer) arguments[1], true);
                        } else if (isMine && answer instanceof StepPage) {
                            read.put(((ReadLimit) arguments[3]).chars(), true);
                        } else if (isMine && List.of("find", "steps", "step").contains(method.getName())) {
                            read.put(Integer.MAX_VALUE, true);
                        }
                        return answer;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
