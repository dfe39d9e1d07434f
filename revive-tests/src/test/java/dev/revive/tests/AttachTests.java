// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.revive.Revive;
import dev.revive.crash.CrashPoint;
import dev.revive.store.WorkflowRecord;
import dev.revive.tests.support.InSettings;
import dev.revive.tests.support.TestBed;
import dev.revive.tests.support.Trial;
import dev.revive.workflow.CallKind;
import dev.revive.workflow.ChildFailedException;
import dev.revive.workflow.ChildIdTakenException;
import dev.revive.workflow.ChildOptions;
import dev.revive.workflow.Signal;
import dev.revive.workflow.StepStatus;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowStatus;
import org.junit.jupiter.api.Test;

/** Waits for workflows that others have started. */
@InSettings
class AttachTests extends TestBed {
    private static final Signal<String> GO = Signal.named("go", String.class);

    private final String id = unique("other");

    private Workflow<String, String> other() {
        return flow("other", String.class);
    }

    private WorkflowStatus status(String id) {
        return store().find(id).map(WorkflowRecord::status).orElse(WorkflowStatus.UNKNOWN);
    }

    /** In an engine of its own. */
    private Revive startOther() {
        Revive others = engine(builder -> builder.register(other(), (ctx, in) -> in + ctx.await(GO)));
        others.start(other(), id, "in ");
        await().atMost(PATIENCE).until(() -> store().find(id).isPresent());
        return others;
    }

    private void awaitStartedWait(Trial<?> trial) {
        await().atMost(PATIENCE)
                .until(() -> trial.rows().stream()
                        .anyMatch(row -> row.kind() == CallKind.RESULT && row.status() == StepStatus.STARTED));
    }

    @Test
    void giveTheResultOfOneThatHasEnded() {
        Revive others = startOther();
        Trial<String> trial = trial(String.class, (ctx, in) -> ctx.await(ctx.attach(other(), id)));
        others.workflow(id).signal(GO, "out");
        await().atMost(PATIENCE).until(() -> status(id) == WorkflowStatus.COMPLETED);

        assertThat(trial.result()).isEqualTo("in out");
        assertThat(trial.rows()).extracting(row -> row.kind()).containsExactly(CallKind.RESULT);
    }

    @Test
    void giveTheResultOfOneThatIsAtWorkThoughACrashComes() {
        Revive others = startOther();
        Trial<String> trial = trial(String.class, (ctx, in) -> {
            String result = ctx.await(ctx.attach(other(), id));
            ctx.step("Tell", () -> {});
            return result;
        });
        trial.handle();
        awaitStartedWait(trial);
        others.workflow(id).signal(GO, "out");

        trial.crash(CrashPoint.AFTER_EFFECT, "Tell");

        assertThat(trial.result()).isEqualTo("in out");
    }

    @Test
    void tellOfAnEndThatIsNoCompletion() {
        Revive others = startOther();
        Trial<String> trial = trial(String.class, (ctx, in) -> {
            try {
                return ctx.await(ctx.attach(other(), id));
            } catch (ChildFailedException e) {
                return e.status() + " of " + e.failure().message();
            }
        });
        trial.handle();
        awaitStartedWait(trial);

        others.workflow(id).terminate("a whim");

        assertThat(trial.result()).isEqualTo("TERMINATED of a whim");
    }

    @Test
    void failIfThereIsNone() {
        Trial<String> trial = trial(String.class, (ctx, in) -> {
            try {
                return ctx.await(ctx.attach(other(), id));
            } catch (ChildFailedException e) {
                return e.status() + ": " + e.failure().message();
            }
        });

        assertThat(trial.result()).startsWith("UNKNOWN: There is no workflow of the name \"" + other().name());
    }

    /** Its result would be read as what it is not. */
    @Test
    void failIfItIsAnother() {
        startOther();
        Workflow<String, Integer> mistaken = flow("mistaken", Integer.class);
        Trial<String> trial = trial(String.class, (ctx, in) -> {
            try {
                return "got " + ctx.await(ctx.attach(mistaken, id));
            } catch (ChildFailedException e) {
                return e.status().name();
            }
        });

        assertThat(trial.result()).isEqualTo("UNKNOWN");
    }

    /** Its start is queued, and not there yet. */
    @Test
    void waitForWhatTheirOwnWorkflowHasJustStarted() {
        Trial<String> trial = trial(String.class, (ctx, in) -> {
                    ctx.start(other(), "mine ", ChildOptions.id(id));
                    return ctx.await(ctx.attach(other(), id));
                })
                .with(builder -> builder.register(other(), (ctx, in) -> in + "out"));

        assertThat(trial.result()).isEqualTo("mine out");
    }

    /** It was not asked how the child ends, but for something that is not there. */
    @Test
    void byAMistakenNameDoNotLetAParentForgetItsChild() {
        Workflow<String, Integer> mistaken = flow("mistaken", Integer.class);
        Trial<String> trial = trial(String.class, (ctx, in) -> {
                    ctx.start(other(), "mine ", ChildOptions.id(id));
                    try {
                        return "got " + ctx.await(ctx.attach(mistaken, id));
                    } catch (ChildFailedException e) {
                        return e.status().name();
                    }
                })
                .with(builder -> builder.register(other(), (ctx, in) -> ctx.await(GO)));

        assertThat(trial.result()).isEqualTo("UNKNOWN");

        await().atMost(PATIENCE).until(() -> status(id) == WorkflowStatus.CANCELLED);
    }

    @Test
    void takeWhoHasTheIdThatAChildWasToHave() {
        startOther();
        Trial<String> trial = trial(String.class, (ctx, in) -> {
            try {
                return ctx.run(other(), "mine ", ChildOptions.id(id));
            } catch (ChildIdTakenException e) {
                ctx.workflow(id).signal(GO, "taken");
                return ctx.await(ctx.attach(other(), id));
            }
        });

        assertThat(trial.result()).isEqualTo("in taken");
    }

    @Test
    void endWithTheirWorkflowAndTheOtherGoesOn() {
        startOther();
        Trial<String> trial = trial(String.class, (ctx, in) -> ctx.await(ctx.attach(other(), id)));
        trial.handle();
        awaitStartedWait(trial);

        trial.revive().workflow(trial.id()).cancel("no more");

        await().atMost(PATIENCE).until(() -> status(trial.id()) == WorkflowStatus.CANCELLED);
        assertThat(status(id).isFinal()).isFalse();
    }

    @Test
    void forThemselvesAreRefused() {
        Trial<String> trial = trial(String.class, (ctx, in) -> {
            try {
                ctx.attach(flow("self", String.class), ctx.info().workflowId());
                return "attached";
            } catch (IllegalArgumentException e) {
                return e.getMessage();
            }
        });

        assertThat(trial.result()).contains("would wait for itself");
    }
}
