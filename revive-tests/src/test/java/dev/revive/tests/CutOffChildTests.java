// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.revive.Revive;
import dev.revive.codec.Documents;
import dev.revive.crash.CrashPlan;
import dev.revive.crash.CrashPoint;
import dev.revive.store.Letter;
import dev.revive.store.MessageKind;
import dev.revive.store.StepRecord;
import dev.revive.store.WorkflowRecord;
import dev.revive.tests.support.Effects;
import dev.revive.tests.support.InSettings;
import dev.revive.tests.support.TestBed;
import dev.revive.tests.support.Trial;
import dev.revive.workflow.CancelledException;
import dev.revive.workflow.Child;
import dev.revive.workflow.ChildFailedException;
import dev.revive.workflow.ChildOptions;
import dev.revive.workflow.EngineStoppedException;
import dev.revive.workflow.Failure;
import dev.revive.workflow.First;
import dev.revive.workflow.IntentOutcomeUnknownException;
import dev.revive.workflow.ParentClosePolicy;
import dev.revive.workflow.Signal;
import dev.revive.workflow.StepStatus;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowFunction;
import dev.revive.workflow.WorkflowStatus;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Children that nobody waits for any more, and workflows that others end. */
@InSettings
class CutOffChildTests extends TestBed {
    private static final Signal<String> GO = Signal.named("go", String.class);
    private static final Signal<String> ON = Signal.named("on", String.class);

    private final Effects effects = new Effects();

    private Workflow<String, String> child() {
        return flow("child", String.class);
    }

    private Trial<String> parent(WorkflowFunction<String, String> parent) {
        return trial(String.class, parent)
                .with(builder -> builder.register(child(), (ctx, in) -> {
                    try {
                        return ctx.await(GO);
                    } catch (CancelledException e) {
                        ctx.shielded(c -> c.step("Clean Up", () -> effects.happen("Clean Up, since " + e.reason())));
                        throw e;
                    }
                }));
    }

    /** One branch runs a child, the other ends once it waits; and the workflow goes on. */
    private Trial<String> racing(ChildOptions options, String childId) {
        return parent((ctx, in) -> {
            String first = ctx.parallel(First.toEnd()).of(b -> b.run(child(), "a", options), b -> {
                return b.step("Ask", String.class, () -> {
                    awaitWaiting(childId);
                    return "no child";
                });
            });
            return first + ctx.await(ON);
        });
    }

    private WorkflowStatus status(String id) {
        return store().find(id).map(WorkflowRecord::status).orElse(WorkflowStatus.UNKNOWN);
    }

    private void awaitStatus(String id, WorkflowStatus status) {
        await().atMost(PATIENCE).until(() -> status(id) == status);
    }

    private void awaitWaiting(String id) {
        await().atMost(PATIENCE)
                .until(() -> store().steps(id).stream().anyMatch(row -> row.status() == StepStatus.STARTED));
    }

    private static List<String> names(Trial<?> trial) {
        return trial.rows().stream().map(row -> row.key().name()).toList();
    }

    @Nested
    class ARun {
        private final String id = unique("cut");

        @Test
        void thatIsCutOffCancelsItsChildThoughTheParentGoesOn() {
            assumeThat(setting.isNarrow()).isFalse();
            Trial<String> trial = racing(ChildOptions.id(id), id);
            trial.handle();

            awaitStatus(id, WorkflowStatus.CANCELLED);

            assertThat(trial.handle().status().isFinal()).isFalse();
            assertThat(effects.all()).singleElement().asString().startsWith("Clean Up, since ");
            trial.revive().workflow(trial.id()).signal(ON, " is there");
            assertThat(trial.result()).isEqualTo("no child is there");
        }

        @Test
        void thatIsCutOffTerminatesItIfThatIsItsPolicy() {
            assumeThat(setting.isNarrow()).isFalse();
            Trial<String> trial = racing(ChildOptions.id(id).whenParentEnds(ParentClosePolicy.TERMINATE), id);
            trial.handle();

            awaitStatus(id, WorkflowStatus.TERMINATED);

            assertThat(trial.handle().status().isFinal()).isFalse();
            assertThat(effects.all()).isEmpty();
        }

        @Test
        void thatIsCutOffLeavesAloneWhatIsAbandoned() {
            assumeThat(setting.isNarrow()).isFalse();
            Trial<String> trial = racing(ChildOptions.id(id).whenParentEnds(ParentClosePolicy.ABANDON), id);
            trial.revive().workflow(trial.handle().id()).signal(ON, " is there");

            assertThat(trial.result()).isEqualTo("no child is there");

            assertThat(status(id).isFinal()).isFalse();
        }

        /** The parent sees its end before it ends itself. */
        @Test
        void isCancelledWithItsChild() {
            Trial<String> trial = parent((ctx, in) -> {
                try {
                    return ctx.run(child(), "a", ChildOptions.id(id));
                } catch (CancelledException e) {
                    ctx.shielded(c -> {
                        try {
                            c.await(c.attach(child(), id));
                        } catch (ChildFailedException end) {
                            c.step("Told", () -> effects.happen("Told " + end.status()));
                        }
                    });
                    throw e;
                }
            });
            trial.handle();
            awaitWaiting(id);

            trial.revive().workflow(trial.id()).cancel("no more");

            awaitStatus(trial.id(), WorkflowStatus.CANCELLED);
            assertThat(effects.all()).containsExactly("Clean Up, since no more", "Told CANCELLED");
        }

        @Test
        void isCutOffOnceWhateverCrashes() {
            for (CrashPoint point : List.of(
                    CrashPoint.BEFORE_STARTED,
                    CrashPoint.BEFORE_EFFECT,
                    CrashPoint.AFTER_EFFECT,
                    CrashPoint.OUTCOME_QUEUED)) {
                String child = id + point.label();
                Trial<String> trial = trial(point.label(), String.class, (ctx, in) -> {
                            try {
                                return ctx.run(child(), "a", ChildOptions.id(child));
                            } catch (CancelledException e) {
                                return "cut off";
                            }
                        })
                        .with(builder -> builder.register(child(), (ctx, in) -> ctx.await(GO))
                                .crashHook(CrashPlan.at(point)
                                        .ofStep("Cancel " + child)
                                        .keepingQueued()));
                trial.handle();
                awaitWaiting(child);

                Revive dying = trial.revive();
                try {
                    dying.workflow(trial.id()).cancel("no more");
                } catch (EngineStoppedException | IntentOutcomeUnknownException e) {
                    // it was heard, and the engine died of it before it could say so
                }
                await().atMost(PATIENCE).until(dying::hasCrashed);
                trial.stop().with(builder -> builder.register(child(), (ctx, in) -> ctx.await(GO)));

                assertThat(trial.result()).isEqualTo("cut off");
                awaitStatus(child, WorkflowStatus.CANCELLED);
                assertThat(names(trial)).containsExactly(child().name(), child().name(), "Cancel " + child);
            }
        }

        @Test
        void doesNotCancelWhoHasTheIdThatItWanted() {
            Trial<String> trial = parent((ctx, in) -> ctx.run(child(), "a", ChildOptions.id(id)));
            engine(builder -> builder.register(child(), (ctx, in) -> ctx.await(GO)))
                    .start(child(), id, "another");
            awaitWaiting(id);
            trial.crash(CrashPlan.at(CrashPoint.OUTCOME_QUEUED)
                    .ofStep(child().name())
                    .ofWorkflow(trial.id())
                    .keepingQueued());
            store().send(List.of(Letter.intent(
                    trial.id(),
                    MessageKind.CANCEL,
                    Letter.ofSender(UUID.randomUUID()),
                    Documents.write(Failure.cancelled("no more")),
                    Instant.now())));

            trial.handle();
            awaitStatus(trial.id(), WorkflowStatus.CANCELLED);

            assertThat(trial.rows())
                    .extracting(StepRecord::status)
                    .containsExactly(StepStatus.FAILED, StepStatus.CANCELLED);
            assertThat(status(id).isFinal()).isFalse();
        }
    }

    @Nested
    class AnotherWorkflow {
        @Test
        void isCancelled() {
            Trial<String> trial = parent((ctx, in) -> {
                Child<String> child = ctx.start(child(), "a");
                boolean isHeard = ctx.workflow(child.id()).cancel("not needed");
                try {
                    return ctx.await(child);
                } catch (ChildFailedException e) {
                    return isHeard + " " + e.status() + " "
                            + ctx.workflow(child.id()).cancel("again");
                }
            });

            assertThat(trial.result()).isEqualTo("true CANCELLED false");
            String child = trial.id() + "/1";
            assertThat(names(trial))
                    .containsExactly(child().name(), "Cancel " + child, child().name(), "Cancel " + child);
        }

        @Test
        void isTerminated() {
            Trial<String> trial = parent((ctx, in) -> {
                Child<String> child = ctx.start(child(), "a");
                ctx.workflow(child.id()).terminate("not needed");
                try {
                    return ctx.await(child);
                } catch (ChildFailedException e) {
                    return e.status() + ": " + e.failure().message();
                }
            });

            assertThat(trial.result()).isEqualTo("TERMINATED: not needed");
            assertThat(effects.all()).isEmpty();
        }

        @Test
        void thatIsNotThereIsNotCancelled() {
            Trial<Boolean> trial = trial(
                    Boolean.class, (ctx, in) -> ctx.workflow(unique("nobody")).cancel(null));

            assertThat(trial.result()).isFalse();
        }

        @Test
        void mayBeItself() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                ctx.workflow(ctx.info().workflowId()).cancel("enough");
                return ctx.await(GO);
            });
            trial.handle();

            awaitStatus(trial.id(), WorkflowStatus.CANCELLED);
        }

        /** Its step has one name, of the length that a step's may have. */
        @Test
        void mayHaveALongId() {
            String id = unique("x").concat("x".repeat(255)).substring(0, 255);
            Trial<Boolean> trial =
                    trial(Boolean.class, (ctx, in) -> ctx.workflow(id).terminate(null));

            assertThat(trial.result()).isFalse();
            assertThat(trial.rows())
                    .extracting(StepRecord::key)
                    .allMatch(key -> key.name().length() == 200);
        }
    }
}
