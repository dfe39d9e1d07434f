// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.revive.Revive;
import dev.revive.tests.support.Effects;
import dev.revive.tests.support.Setting;
import dev.revive.tests.support.TestBed;
import dev.revive.tests.support.Trial;
import dev.revive.workflow.Attention;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowContext;
import dev.revive.workflow.WorkflowHandle;
import dev.revive.workflow.WorkflowNotFoundException;
import dev.revive.workflow.WorkflowStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * User code in deep recursion asks for something where its stack is nearly used up. The engine works on that stack, too; but not there. So whatever
 * becomes of the one who asked, nobody else notices.
 */
@EnumSource(
        value = Setting.class,
        names = {"MEMORY_WIDE", "H2_WIDE", "POSTGRES_WIDE"})
@Timeout(600)
class DeepRecursionTests extends TestBed {
    private static final int RECURSIONS = Integer.getInteger("revive.recursions", 24);
    private static final int BEFORE = 5_000;
    private static final long SEED = Long.getLong("revive.recursionSeed", 12);

    /** More frames than any call of the engine has room for. */
    private static final int MOST_LEFT = 400;

    /** Enough to ask, and not enough for what was asked. */
    private static final int AT_THE_DOOR = 100;

    private final Effects effects = new Effects();

    /** Where so many frames of this method would still fit on the stack. */
    private static final class Deep {
        private final int left;
        private int unwound;

        Deep(int left) {
            this.left = left;
        }

        <T> T call(Callable<T> call) throws Exception {
            try {
                return unwound < 0 ? call.call() : call(call); // it is never less than 0
            } catch (StackOverflowError e) {
                if (unwound++ != left) {
                    throw e;
                }
                return call.call();
            }
        }
    }

    /** Half of them where an engine that had not asked would overflow. */
    private static int left(Random random) {
        return random.nextInt(random.nextBoolean() ? MOST_LEFT : 60);
    }

    /**
     * The step's lambda is made first: to link it takes the JDK more of the stack than is left down there, and that overflow would be the code's own,
     * before it has asked the engine for anything.
     */
    private static String deepStep(WorkflowContext ctx, int left) throws Exception {
        Callable<String> step = () -> "done";
        ctx.step("Flat", () -> {}); // who asks for the first time of all needs more room to ask
        return new Deep(left).call(() -> ctx.step("Deep", String.class, step));
    }

    private String steps(WorkflowContext ctx, String in) {
        for (int i = 0; i < 20; i++) {
            String name = "step-" + i;
            ctx.step(name, () -> effects.happen(in + " " + name));
        }
        return in;
    }

    private final Workflow<String, String> neighbour = flow("neighbour", String.class);
    private final Workflow<Integer, String> deep = Workflow.named(unique("deep"), Integer.class, String.class);

    private final Workflow<String, String> before = flow("before", String.class);

    private Revive revive() {
        return engine(builder -> builder.maxStrikes(1)
                .register(neighbour, this::steps)
                .register(deep, DeepRecursionTests::deepStep)
                .register(before, DeepRecursionTests::emptySteps));
    }

    private static String emptySteps(WorkflowContext ctx, String in) {
        for (int i = 0; i < 20; i++) {
            ctx.step("step-" + i, () -> {});
        }
        return in;
    }

    @Test
    void theNeighboursOfOneThatOverflowsDoNotNotice() {
        overflow(revive(), RECURSIONS);

        assertThat(effects.all()).hasSize(20 * RECURSIONS).doesNotHaveDuplicates();
    }

    /** Where all is compiled, less of the stack is tried. In memory, or it would take minutes to get there. */
    @Test
    void norDoTheyInAJvmThatHasRunForLong() {
        assumeThat(setting).isEqualTo(Setting.MEMORY_WIDE);
        Revive revive = revive();
        for (int i = 0; i < BEFORE; i++) {
            revive.start(before, unique("before-" + i), "").result(PATIENCE);
        }

        overflow(revive, 10 * RECURSIONS);
    }

    /** None of them has an outcome that is not its own. */
    private void overflow(Revive revive, int times) {
        Random random = new Random(SEED);
        List<WorkflowHandle<String>> neighbours = new ArrayList<>();
        List<WorkflowHandle<String>> overflown = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            neighbours.add(revive.start(neighbour, unique("neighbour-" + i), "neighbour-" + i));
            overflown.add(revive.start(deep, unique("deep-" + i), left(random)));
        }

        for (int i = 0; i < times; i++) {
            assertThat(neighbours.get(i).result(PATIENCE)).isEqualTo("neighbour-" + i);
            WorkflowHandle<String> one = overflown.get(i);
            await().atMost(PATIENCE)
                    .untilAsserted(() ->
                            assertThat(one.status()).isIn(WorkflowStatus.COMPLETED, WorkflowStatus.NEEDS_ATTENTION));
        }
        assertThat(revive.hasCrashed()).isFalse();
    }

    @Test
    void anOverflowInACallIsNoOutcomeWhateverTheCodeMakesOfIt() {
        Trial<String> trial = trial(String.class, (ctx, in) -> {
                    try {
                        return deepStep(ctx, AT_THE_DOOR);
                    } catch (Throwable e) {
                        throw new IllegalStateException("It did not work.", e);
                    }
                })
                .with(builder -> builder.maxStrikes(1));

        Attention attention = trial.attention();

        assertThat(attention.reason()).isEqualTo(Attention.Reason.REPEATED_ERRORS);
        assertThat(attention.message()).contains("StackOverflowError");
    }

    @Test
    void norIsOneInABranch() {
        Trial<String> trial = trial(
                        String.class,
                        (ctx, in) -> ctx.parallel(List.of(1, 2), (branch, i) -> {
                                    try {
                                        return i == 1
                                                ? deepStep(branch, AT_THE_DOOR)
                                                : branch.step("Other", String.class, () -> "");
                                    } catch (StackOverflowError e) {
                                        return "caught";
                                    }
                                })
                                .toString())
                .with(builder -> builder.maxStrikes(1));

        assertThat(trial.attention().message()).contains("StackOverflowError");
    }

    /** Nested no deeper than it may be; but what is left of the stack is less than it takes to write it. */
    @Test
    void aValueIsNotTakenForTooDeepBecauseItsStepIs() {
        Workflow<Integer, String> deep = Workflow.named(unique("valued"), Integer.class, String.class);
        Revive revive = engine(builder -> builder.maxStrikes(1).register(deep, (ctx, left) -> {
            Callable<Object> step = () -> nested(300); // as above
            ctx.step("Flat", () -> {});
            return new Deep(left).call(() -> {
                ctx.step("Nested", Object.class, step);
                return "done";
            });
        }));

        for (int left = 300; left < 1_500; left += 100) {
            WorkflowHandle<String> handle = revive.start(deep, unique("valued-" + left), left);
            await().atMost(PATIENCE)
                    .until(() -> handle.status() == WorkflowStatus.COMPLETED
                            || handle.status() == WorkflowStatus.NEEDS_ATTENTION
                            || handle.status() == WorkflowStatus.FAILED);
            assertThat(handle.status()).as("%d frames left", left).isNotEqualTo(WorkflowStatus.FAILED);
        }
    }

    private static Object nested(int levels) {
        Object value = List.of();
        for (int i = 1; i < levels; i++) {
            value = List.of(value);
        }
        return value;
    }

    @Test
    void whoAsksTheEngineFromDeepRecursionHarmsNobodyElse() throws Exception {
        Workflow<String, String> flow = flow("flow", String.class);
        Revive revive = engine(flow, this::steps);
        Random random = new Random(SEED);
        for (int i = 0; i < RECURSIONS; i++) {
            String id = unique("asked-" + i);
            int left = left(random);
            onAThread(() -> new Deep(left).call(() -> revive.start(flow, id, id).result(PATIENCE)));
            onAThread(() -> new Deep(left).call(() -> revive.handle(flow, id).status()));
        }

        String id = unique("last");
        assertThat(revive.start(flow, id, id).result(PATIENCE)).isEqualTo(id);
        assertThat(revive.handle(flow, id).status()).isEqualTo(WorkflowStatus.COMPLETED);
        assertThat(revive.hasCrashed()).isFalse();
    }

    /** Does it, or overflows. */
    private static void onAThread(Callable<?> work) throws Exception {
        FutureTask<?> task = new FutureTask<>(work);
        new Thread(task, "caller").start();
        try {
            task.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            assertThatThrownBy(() -> {
                        throw e.getCause();
                    })
                    .isInstanceOfAny(StackOverflowError.class, WorkflowNotFoundException.class);
        }
    }
}
