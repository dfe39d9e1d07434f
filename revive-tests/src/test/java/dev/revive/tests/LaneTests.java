// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.revive.Revive;
import dev.revive.tests.support.InSettings;
import dev.revive.tests.support.Setting;
import dev.revive.tests.support.TestBed;
import dev.revive.workflow.EngineStoppedException;
import dev.revive.workflow.StepInfo;
import dev.revive.workflow.StepStatus;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What many workflows share: the lane that writes for them, and the threads that run them. */
@InSettings({Setting.MEMORY_NARROW, Setting.MEMORY_WIDE, Setting.H2_WIDE})
class LaneTests extends TestBed {
    private final Workflow<Integer, Integer> pure = Workflow.named(unique("pure"), Integer.class, Integer.class);

    /** Its start, its calls and its end may all be queued before the lane comes round: the end must not be merged into the start past the calls. */
    @Test
    void aWorkflowWithoutAnyEffectIsRecordedInFullAndRunsOnce() {
        AtomicInteger runs = new AtomicInteger();
        Revive revive = engine(builder -> builder.register(pure, (ctx, n) -> {
            runs.incrementAndGet();
            return ctx.parallel(List.of(1, 2, 3), (branch, i) -> i * n).stream()
                    .mapToInt(Integer::intValue)
                    .sum();
        }));
        List<WorkflowHandle<Integer>> handles = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            handles.add(revive.start(pure, unique("pure-" + i), i));
        }
        for (int i = 0; i < 100; i++) {
            assertThat(handles.get(i).result(PATIENCE)).isEqualTo(6 * i);
            assertThat(handles.get(i).steps()).extracting(StepInfo::status).containsExactly(StepStatus.COMPLETED);
        }
        assertThat(runs).hasValue(100);
    }

    /** With one thread the claimer must hear of its return, not of the next poll. */
    @Test
    void moreWorkflowsThanThreadsAllGetTheirTurn() {
        Revive revive = engine(builder ->
                builder.maxLoadedRuns(1).register(pure, (ctx, n) -> ctx.step("double", Integer.class, () -> 2 * n)));
        List<WorkflowHandle<Integer>> handles = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            handles.add(revive.start(pure, unique("turn-" + i), i));
        }
        for (int i = 0; i < 50; i++) {
            assertThat(handles.get(i).result(PATIENCE)).isEqualTo(2 * i);
        }
    }

    @Test
    void aCrashHookThatThrowsEndsTheEngineAndNotTheStep() {
        Revive revive = engine(builder -> builder.register(pure, (ctx, n) -> ctx.step("s", Integer.class, () -> n))
                .crashHook(site -> {
                    throw new IllegalArgumentException("a broken test");
                }));
        assertThatThrownBy(() -> revive.start(pure, unique("hooked"), 1).result(PATIENCE))
                .isInstanceOf(EngineStoppedException.class)
                .hasStackTraceContaining("a broken test");
    }
}
