// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.revive.Revive;
import dev.revive.crash.CrashAction;
import dev.revive.crash.CrashPoint;
import dev.revive.crash.CrashSite;
import dev.revive.store.FencedException;
import dev.revive.store.WorkflowStore;
import dev.revive.tests.support.OverheardStore;
import dev.revive.tests.support.Setting;
import dev.revive.tests.support.TestBed;
import dev.revive.workflow.EngineStoppedException;
import dev.revive.workflow.Step;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowContext;
import dev.revive.workflow.WorkflowHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Errors at random places of the engine's own threads: before and after they ask the store, and as they tell an outcome. An engine that meets one
 * goes on or is dead and says so; there is nothing between. And whatever dies, every workflow comes to its right end, in this engine or a later one.
 */
@EnumSource(
        value = Setting.class,
        names = {"MEMORY_WIDE", "H2_WIDE", "POSTGRES_WIDE"})
@Timeout(3600)
class ErrorStormTests extends TestBed {
    private static final Duration STORM = Duration.ofSeconds(Integer.getInteger("revive.errorSeconds", 3));
    private static final long SEED = Long.getLong("revive.errorSeed", 12);
    private static final int WORKFLOWS_A_LIFE = 20;
    private static final int STEPS = 6;

    /** What the engine asks on threads of its own, and what a leader asks. What users ask is answered with what was thrown. */
    private static final Set<String> ASKED = Set.of("write", "claim", "reclaim", "load", "listen");

    private final Set<String> effects = ConcurrentHashMap.newKeySet();
    private final Set<String> doubled = ConcurrentHashMap.newKeySet();
    private final Random random = new Random(SEED);
    private final Set<String> started = ConcurrentHashMap.newKeySet();
    private final AtomicInteger errors = new AtomicInteger();
    private final AtomicInteger fences = new AtomicInteger();
    private volatile boolean isCalm;

    private final class Storm implements OverheardStore.Listener {
        @Override
        public void hear(String method, List<?> arguments) {
            if (method.equals("write") && !isCalm && chance(150)) {
                fences.incrementAndGet();
                throw new FencedException("The test declares it dead.", null);
            }
            boolean beginsAgain = Thread.currentThread().getName().equals("revive-rebirth");
            if (ASKED.contains(method) || method.equals("seat") || (method.equals("abandon") && beginsAgain)) {
                maybeThrow(80);
            }
        }

        @Override
        public void made(String method, List<?> arguments) {
            if (ASKED.contains(method)) {
                maybeThrow(80);
            }
        }
    }

    private synchronized boolean chance(int oneIn) {
        return random.nextInt(oneIn) == 0;
    }

    private synchronized Error error() {
        return switch (random.nextInt(3)) {
            case 0 -> new OutOfMemoryError("injected");
            case 1 -> new StackOverflowError("injected");
            default -> new NoClassDefFoundError("injected");
        };
    }

    private void maybeThrow(int oneIn) {
        if (!isCalm && chance(oneIn)) {
            errors.incrementAndGet();
            throw error();
        }
    }

    /** Only where an outcome is told: in the workflow's own code it would be the workflow's Error. */
    private CrashAction asItIsTold(CrashSite site) {
        if (site.point() == CrashPoint.AFTER_OUTCOME || site.point() == CrashPoint.AFTER_COMPLETION) {
            maybeThrow(200);
        }
        return CrashAction.GO_ON;
    }

    private String work(WorkflowContext ctx, String in) {
        for (int i = 0; i < STEPS; i++) {
            String name = "step-" + i;
            ctx.step(Step.of(name, String.class, attempt -> effect(in + " " + name + " " + attempt.attempt())));
        }
        List<String> branches = ctx.parallel(
                List.of("a", "b"),
                (branch, b) -> branch.step(Step.of("branch", String.class, attempt -> {
                    effect(in + " branch " + b + " " + attempt.attempt());
                    return b;
                })));
        return in + branches;
    }

    /** Whatever died meanwhile, an attempt has its number from a row that was there before: it is made once. */
    private String effect(String attempt) {
        if (!effects.add(attempt)) {
            doubled.add(attempt);
        }
        return attempt;
    }

    @Test
    void everyEngineLivesOrSaysThatItIsDeadAndEveryWorkflowComesToItsEnd() {
        Workflow<String, String> flow = flow("storm", String.class);
        WorkflowStore calm = store();
        use(OverheardStore.of(calm, new Storm()));
        long end = System.nanoTime() + STORM.toNanos();
        int lives = 0;
        int deaths = 0;
        while (System.nanoTime() - end < 0) {
            lives++;
            deaths += live(flow, lives) ? 0 : 1;
        }
        isCalm = true;

        Revive last = engine(builder -> builder.maxStrikes(1_000_000).register(flow, this::work));
        for (String id : started) {
            assertThat(last.handle(flow, id).result(PATIENCE)).isEqualTo(id + "[a, b]");
        }
        assertThat(doubled).isEmpty();
        System.out.printf(
                "Error storm, %s: %d engines, %d died, %d errors, %d fences, %d workflows, %d effects%n",
                setting, lives, deaths, errors.get(), fences.get(), started.size(), effects.size());
    }

    /** One engine, from its start to its end; whether it lived to be closed. */
    private boolean live(Workflow<String, String> flow, int life) {
        Revive revive;
        try {
            revive = engine(builder -> {
                builder.maxStrikes(1_000_000).register(flow, this::work);
                return life % 2 == 0 ? builder.crashHook(this::asItIsTold) : builder;
            });
        } catch (Error e) {
            assertThat(e).hasMessageContaining("injected");
            return false;
        }
        try {
            List<WorkflowHandle<String>> handles = new ArrayList<>();
            for (int i = 0; i < WORKFLOWS_A_LIFE; i++) {
                String id = unique("storm-" + life + "-" + i);
                handles.add(revive.start(flow, id, id));
                started.add(id);
            }
            handles.forEach(handle -> assertThat(handle.result(PATIENCE)).isEqualTo(handle.id() + "[a, b]"));
            return true;
        } catch (EngineStoppedException e) {
            assertThat(revive.hasCrashed()).isTrue();
            return false;
        } finally {
            closeInTheStorm(revive);
        }
    }

    private void closeInTheStorm(Revive revive) {
        try {
            close(revive);
        } catch (Error e) {
            assertThat(e).hasMessageContaining("injected");
        }
    }
}
