// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.revive.Revive;
import dev.revive.store.StoreUnavailableException;
import dev.revive.store.WorkflowStore;
import dev.revive.tests.support.Effects;
import dev.revive.tests.support.Gate;
import dev.revive.tests.support.InSettings;
import dev.revive.tests.support.OverheardStore;
import dev.revive.tests.support.Setting;
import dev.revive.tests.support.TestBed;
import dev.revive.workflow.StartOptions;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowContext;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** More is due than one claim takes: the next are claimed while the journals of those before are loaded. */
@InSettings({Setting.MEMORY_NARROW, Setting.H2_WIDE, Setting.POSTGRES_WIDE, Setting.MARIADB_WIDE})
class BacklogTests extends TestBed {
    private static final int WORKFLOWS = 700;

    /** The first two: more than one look for what is lost takes. */
    private static final Set<Integer> UNREADABLE = Set.of(1, 2, 4, 7);

    private final Effects effects = new Effects();
    private final AtomicInteger loads = new AtomicInteger();
    private volatile Consumer<Collection<?>> whileReclaiming = held -> {};

    private String run(WorkflowContext ctx, String in) {
        return ctx.step("Act", String.class, () -> {
            effects.happen(ctx.info().workflowId());
            return in;
        });
    }

    @Test
    void isWorkedOffToItsEndAndEachEffectHappensOnce() {
        Workflow<String, String> workflow = flow("backlog", String.class);
        leaveBehind(workflow);

        Revive revive = engine(builder -> builder.register(workflow, this::run));

        assertThatAllHaveEnded(revive, workflow);
    }

    /** What was claimed, and whose journal could not be read, is RUNNING in this executor's name and in no run: it is looked for again. */
    @Test
    void isWorkedOffThoughJournalsCannotBeReadForAWhile() {
        Workflow<String, String> workflow = flow("backlog", String.class);
        leaveBehind(workflow);

        Revive revive =
                Revive.with(unreadable(store())).register(workflow, this::run).start();
        try {
            assertThatAllHaveEnded(revive, workflow);
            assertThat(loads).hasValueGreaterThan(3);
        } finally {
            close(revive);
        }
    }

    /**
     * A store looks again at what is held after it has read the rows: what was started meanwhile is in them. It is claimed away from its own run
     * otherwise, and its effects happen twice.
     */
    @Test
    void holdsWhatIsStartedWhileTheStoreLooksForWhatIsNotHeld() {
        assumeThat(setting.isNarrow()).isFalse();
        Workflow<String, String> workflow = flow("backlog", String.class);
        leaveBehind(workflow);
        AtomicReference<Revive> engine = new AtomicReference<>();
        Gate gate = new Gate();
        List<Boolean> held = new CopyOnWriteArrayList<>();
        Workflow<String, String> late = flow("late", String.class);
        whileReclaiming = ids -> {
            if (held.isEmpty() && engine.get() != null) {
                engine.get().start(late, unique("late"), "in");
                gate.awaitReached();
                held.add(ids.contains(unique("late")));
                gate.open();
            }
        };

        Revive revive = Revive.with(unreadable(store()))
                .register(workflow, this::run)
                .register(
                        late,
                        (ctx, in) -> ctx.step("Wait", String.class, () -> {
                            gate.pass();
                            return in;
                        }))
                .start();
        engine.set(revive);
        try {
            assertThatAllHaveEnded(revive, workflow);
            await().atMost(PATIENCE).until(() -> !held.isEmpty());
            assertThat(held).containsExactly(true);
        } finally {
            close(revive);
        }
    }

    /** Starts them with an engine that does not know their code, so they are all due. */
    private void leaveBehind(Workflow<String, String> workflow) {
        Revive stranger = engine(builder -> builder);
        for (int i = 0; i < WORKFLOWS; i++) {
            stranger.start(workflow, id(i), "in", StartOptions.defaults().runElsewhere());
        }
        close(stranger);
    }

    private void assertThatAllHaveEnded(Revive revive, Workflow<String, String> workflow) {
        for (int i = 0; i < WORKFLOWS; i++) {
            assertThat(revive.handle(workflow, id(i)).result(PATIENCE)).isEqualTo("in");
        }
        await().atMost(PATIENCE).until(() -> effects.all().size() == WORKFLOWS);
        assertThat(effects.all()).doesNotHaveDuplicates();
    }

    private String id(int i) {
        return unique("backlog-" + i);
    }

    // ---- a store whose journals cannot be read at first

    private WorkflowStore unreadable(WorkflowStore store) {
        return OverheardStore.of(store, (method, arguments) -> {
            if (method.equals("reclaim")) {
                whileReclaiming.accept((Collection<?>) arguments.get(0));
            }
            if (method.equals("load") && UNREADABLE.contains(loads.incrementAndGet())) {
                throw new StoreUnavailableException("The test lets no journal be read now.", null);
            }
        });
    }
}
