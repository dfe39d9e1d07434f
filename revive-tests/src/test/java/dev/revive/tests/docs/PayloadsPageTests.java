// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.revive.Revive;
import dev.revive.codec.JacksonSerializer;
import dev.revive.tests.docs.Shapes.Fate;
import dev.revive.tests.docs.Shapes.Shape;
import dev.revive.tests.support.InSettings;
import dev.revive.tests.support.Setting;
import dev.revive.tests.support.TestBed;
import dev.revive.workflow.Failure;
import dev.revive.workflow.SerializationException;
import dev.revive.workflow.StartOptions;
import dev.revive.workflow.StepFailedException;
import dev.revive.workflow.TypeRef;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowContext;
import dev.revive.workflow.WorkflowFailedException;
import dev.revive.workflow.WorkflowNeedsAttentionException;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Every shape of value as an input, a step's value, an output and in a failure, on every store; and the page that tells of it. */
@InSettings({Setting.MEMORY_WIDE, Setting.H2_WIDE, Setting.POSTGRES_WIDE, Setting.MARIADB_WIDE})
class PayloadsPageTests extends TestBed {
    private static final String BEGIN = "<!-- printed by PayloadsPageTests -->";
    private static final String END = "<!-- end -->";

    /** Some ninety workflows at once, perhaps on a busy machine. */
    private static final Duration LONG = Duration.ofSeconds(100);

    /** What one run of a workflow saw. */
    private record Seen(
            @Nullable Object input,
            @Nullable Object value,
            @Nullable String failure) {}

    private final Map<String, List<Seen>> seen = new ConcurrentHashMap<>();
    private final CountDownLatch gate = new CountDownLatch(1);
    private final List<String> effects = new CopyOnWriteArrayList<>();

    private static List<Shape> shapes(Predicate<Fate> fate) {
        return Shapes.all().stream().filter(shape -> fate.test(shape.fate())).toList();
    }

    private static String textOf(@Nullable Object value) {
        String text = value instanceof Object[] array ? Arrays.deepToString(array) : String.valueOf(value);
        return text.length() > 4_000 ? text.substring(0, 4_000) : text;
    }

    private Workflow<Object, Object> workflow(Shape shape) {
        return Workflow.named(unique(shape.what()), shape.type(), shape.type());
    }

    private @Nullable Object code(Shape shape, WorkflowContext ctx, @Nullable Object input) {
        Object value = ctx.step("Value", shape.type(), shape::value);
        Failure failure = failureOf(shape, ctx);
        seen.computeIfAbsent(shape.what(), what -> new CopyOnWriteArrayList<>())
                .add(new Seen(input, value, failure.message()));
        ctx.step("Gate", gate::await);
        return value;
    }

    private static Failure failureOf(Shape shape, WorkflowContext ctx) {
        try {
            ctx.step("Fail", () -> {
                throw new IllegalStateException(textOf(shape.value()));
            });
            throw new AssertionError("It fails.");
        } catch (StepFailedException e) {
            return e.failure();
        }
    }

    private Revive engine(List<Shape> shapes) {
        return engine(builder -> {
            shapes.forEach(shape -> builder.register(workflow(shape), (ctx, in) -> code(shape, ctx, in)));
            return builder.shutdownGrace(Duration.ofMillis(1));
        });
    }

    @Test
    @Timeout(240)
    void whatIsKeptIsTheSameInEveryRunAndForEveryCaller() {
        List<Shape> kept = shapes(fate -> fate == Fate.EQUAL || fate == Fate.OTHER);
        Revive first = engine(kept);
        ExecutorService callers = Executors.newFixedThreadPool(16); // their starts share commits
        kept.forEach(shape -> callers.execute(() -> first.start(workflow(shape), unique(shape.what()), shape.value())));
        await().atMost(LONG).until(() -> seen.size() == kept.size());
        callers.shutdown();
        close(first); // interrupts them at the gate
        gate.countDown();
        Revive second = engine(kept);

        for (Shape shape : kept) {
            Object output = second.start(workflow(shape), unique(shape.what()), shape.value())
                    .result(LONG);
            assertThat(Objects.deepEquals(output, shape.expected()))
                    .as("output %s: %s", shape.what(), output)
                    .isTrue();
            List<Seen> runs = seen.get(shape.what());
            assertThat(runs).as(shape.what()).hasSizeGreaterThanOrEqualTo(2);
            for (Seen run : runs) {
                assertThat(Objects.deepEquals(run.input(), shape.expected()))
                        .as("input %s: %s", shape.what(), run.input())
                        .isTrue();
                assertThat(Objects.deepEquals(run.value(), shape.expected()))
                        .as("value %s: %s", shape.what(), run.value())
                        .isTrue();
                assertThat(run.failure()).as("failure %s", shape.what()).isEqualTo(textOf(shape.value()));
            }
        }
    }

    @Test
    void whatIsRefusedIsRefusedBeforeAnEffect() {
        List<Shape> refused = shapes(fate -> fate == Fate.REFUSED);
        Revive revive = engine(builder -> {
            refused.forEach(shape -> builder.register(stepping(shape), (ctx, in) -> {
                ctx.step("Value", shape.type(), () -> {
                    effects.add(shape.what());
                    return null;
                });
                return "recorded";
            }));
            return builder;
        });

        for (Shape shape : refused) {
            assertThatThrownBy(() -> revive.start(stepping(shape), unique(shape.what()), "in")
                            .result(PATIENCE))
                    .as("step %s", shape.what())
                    .isInstanceOf(WorkflowNeedsAttentionException.class)
                    .hasMessageContaining("before its effect")
                    .hasMessageContaining(shape.says());
            assertThatThrownBy(() -> revive.start(
                            workflow(shape),
                            unique(shape.what()),
                            null,
                            StartOptions.defaults().runElsewhere()))
                    .as("input %s", shape.what())
                    .isInstanceOf(SerializationException.class)
                    .hasMessageContaining(shape.says());
            assertThatThrownBy(() -> builder()
                            .register(outputOnly(shape), (ctx, in) -> null)
                            .start())
                    .as("output %s", shape.what())
                    .isInstanceOf(SerializationException.class)
                    .hasMessageContaining("The output of workflow")
                    .hasMessageContaining(shape.says());
        }
        assertThat(effects).isEmpty();
    }

    private Workflow<String, String> stepping(Shape shape) {
        return Workflow.named(unique("step " + shape.what()), String.class, String.class);
    }

    private Workflow<String, Object> outputOnly(Shape shape) {
        return Workflow.named(unique("output " + shape.what()), TypeRef.of(String.class), shape.type());
    }

    @Test
    void whatOnlyTheValueShowsFailsTheStepAndSaysSo() {
        for (Shape shape : shapes(fate -> fate == Fate.TOO_LATE)) {
            Workflow<String, Object> output = outputOnly(shape);
            Workflow<String, String> step = stepping(shape);
            Revive revive = engine(builder -> builder.register(output, (ctx, in) -> shape.value())
                    .register(step, (ctx, in) -> {
                        ctx.step("Value", shape.type(), shape::value);
                        return "recorded";
                    }));

            assertThat(catchThrowable(() -> revive.start(step, unique("step " + shape.what()), "in")
                            .result(PATIENCE)))
                    .as("step %s", shape.what())
                    .hasMessageContaining(shape.says());
            assertThat(catchThrowable(() -> revive.start(output, unique("output " + shape.what()), "in")
                            .result(PATIENCE)))
                    .as("output %s", shape.what())
                    .isInstanceOfSatisfying(
                            WorkflowFailedException.class,
                            e -> assertThat(e.failure().kind()).isEqualTo(Failure.Kind.NOT_SERIALIZABLE));
            assertThatThrownBy(() -> revive.start(
                            workflow(shape),
                            unique(shape.what()),
                            shape.value(),
                            StartOptions.defaults().runElsewhere()))
                    .as("input %s", shape.what())
                    .isInstanceOf(SerializationException.class)
                    .hasMessageContaining(shape.says());
            close(revive);
        }
    }

    @Test
    void thePageHasTheTable() throws IOException {
        List<String> page = Files.readAllLines(DocsTests.ROOT.resolve("docs/payloads.md"));
        List<String> table = table();
        System.out.println(String.join("\n", table));

        assertThat(page.subList(page.indexOf(BEGIN) + 1, page.indexOf(END)))
                .as("docs/payloads.md, between its marks, is what this test has printed")
                .isEqualTo(table);
    }

    private static List<String> table() {
        JacksonSerializer serializer = new JacksonSerializer();
        List<String> lines = new ArrayList<>(List.of(
                "| shape | in JSON | step's value | input | output | text of a failure |",
                "|---|---|---|---|---|---|"));
        for (Shape shape : Shapes.all()) {
            lines.add("| %s | %s | %s | kept |"
                    .formatted(shape.what(), json(serializer, shape), String.join(" | ", cells(shape))));
        }
        return lines;
    }

    private static String json(JacksonSerializer serializer, Shape shape) {
        if (shape.fate() == Fate.REFUSED || shape.fate() == Fate.TOO_LATE) {
            return "";
        }
        String json = serializer.serialize(shape.value(), shape.type().type());
        return "`" + (json.length() > 60 ? json.substring(0, 50) + "..." : json) + "`";
    }

    private static List<String> cells(Shape shape) {
        return switch (shape.fate()) {
            case EQUAL -> List.of("equal", "equal", "equal");
            case OTHER -> List.of(shape.says(), "so, too", "so, too");
            case REFUSED ->
                List.of("refused before the effect", "refused by `start`", "refused when the engine starts");
            case TOO_LATE -> List.of("**fails after the effect**", "refused by `start`", "**fails the workflow**");
        };
    }
}
