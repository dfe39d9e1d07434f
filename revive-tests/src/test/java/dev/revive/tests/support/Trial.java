// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.revive.Revive;
import dev.revive.crash.CrashPlan;
import dev.revive.crash.CrashPoint;
import dev.revive.store.StepRecord;
import dev.revive.workflow.Attention;
import dev.revive.workflow.EngineStoppedException;
import dev.revive.workflow.ReviveException;
import dev.revive.workflow.StepInfo;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowFailedException;
import dev.revive.workflow.WorkflowFunction;
import dev.revive.workflow.WorkflowHandle;
import dev.revive.workflow.WorkflowNeedsAttentionException;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One workflow in one engine after another: each {@code crash} ends an engine, and the next method goes on with a fresh one on the same store.
 *
 * @param <O> the type of its result
 */
public final class Trial<O> {
    private static final String INPUT = "input";

    private final TestBed bed;
    private final Workflow<String, O> workflow;
    private final String id;
    private WorkflowFunction<String, O> function;
    private UnaryOperator<Revive.Builder> settings = builder -> builder;
    private @Nullable Revive revive;

    Trial(TestBed bed, Workflow<String, O> workflow, String id, WorkflowFunction<String, O> function) {
        this.bed = bed;
        this.workflow = workflow;
        this.id = id;
        this.function = function;
    }

    /** The workflow's id. */
    public String id() {
        return id;
    }

    /** The workflow's type. */
    public Workflow<String, O> workflow() {
        return workflow;
    }

    /** The workflow's code at present. */
    public WorkflowFunction<String, O> function() {
        return function;
    }

    /** Settings for every engine from now on. */
    public Trial<O> with(UnaryOperator<Revive.Builder> more) {
        settings = more;
        return this;
    }

    /** Ends the engine, if there is one; other code runs in the next. */
    public Trial<O> deploy(WorkflowFunction<String, O> other) {
        stop();
        function = other;
        return this;
    }

    /** Runs to the crash that the plan brings about. */
    public Trial<O> crash(CrashPlan plan) {
        stop();
        Revive dying = bed.engine(
                builder -> settings.apply(builder.register(workflow, function)).crashHook(plan));
        try {
            started(dying).result(TestBed.PATIENCE);
        } catch (EngineStoppedException expected) {
            // what a crash looks like from outside
        }
        await().atMost(TestBed.PATIENCE).until(dying::hasCrashed);
        bed.close(dying);
        return this;
    }

    /** Runs to a crash at this point of this step; what was queued is lost. */
    public Trial<O> crash(CrashPoint point, String step) {
        return crash(CrashPlan.at(point).ofStep(step).losingQueued());
    }

    /** Runs to the end of the function and crashes: all of its steps are recorded, and the next run replays them. */
    public Trial<O> crashAtTheEnd() {
        return crash(CrashPlan.at(CrashPoint.BEFORE_COMPLETION).keepingQueued());
    }

    /** The present engine; starts one, and the workflow in it, if there is none. */
    public Revive revive() {
        if (revive == null) {
            revive = bed.engine(builder -> settings.apply(builder.register(workflow, function)));
            started(revive);
        }
        return revive;
    }

    /** Starts it once; after that an engine goes on with it of itself. */
    private WorkflowHandle<O> started(Revive engine) {
        return bed.store().find(id).isPresent() ? engine.handle(workflow, id) : engine.start(workflow, id, INPUT);
    }

    /** The handle in the present engine. */
    public WorkflowHandle<O> handle() {
        return revive().handle(workflow, id);
    }

    /** Runs on to the result. */
    public @Nullable O result() {
        return handle().result(TestBed.PATIENCE);
    }

    /** Runs on to a failure. */
    public WorkflowFailedException failure() {
        return Objects.requireNonNull(
                catchThrowableOfType(WorkflowFailedException.class, this::result), "the workflow did not fail");
    }

    /** Runs on until it needs attention. */
    public Attention attention() {
        WorkflowNeedsAttentionException thrown =
                catchThrowableOfType(WorkflowNeedsAttentionException.class, this::result);
        assertThat(thrown).isNotNull();
        return thrown.attention();
    }

    /** Closes the present engine gracefully. */
    public Trial<O> stop() {
        if (revive != null) {
            bed.close(revive);
            revive = null;
        }
        return this;
    }

    /** Closes the present engine, and opens a gate that an effect waits at as soon as the closing is under way. */
    public Trial<O> stopWhile(Gate gate) {
        Revive closing = revive();
        gate.awaitReached();
        Thread closer = new Thread(this::stop);
        closer.start();
        await().atMost(TestBed.PATIENCE).until(() -> isClosing(closing));
        gate.open();
        await().atMost(TestBed.PATIENCE).until(() -> !closer.isAlive());
        return this;
    }

    private boolean isClosing(Revive engine) {
        Workflow<String, String> unknown = Workflow.named("unknown", String.class, String.class);
        return catchThrowableOfType(ReviveException.class, () -> engine.start(unknown, id, INPUT))
                instanceof EngineStoppedException;
    }

    /** What is recorded. */
    public List<StepInfo> steps() {
        return handle().steps();
    }

    /** The keys of what is recorded. */
    public List<String> stepKeys() {
        return rows().stream().map(row -> row.key().toString()).toList();
    }

    /** The one step of that name, as callers see it. */
    public StepInfo step(String name) {
        return steps().stream()
                .filter(step -> step.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** What is recorded, read without an engine. */
    public List<StepRecord> rows() {
        return bed.store().steps(id);
    }

    /** The row of the one step of that name, read without an engine. */
    public StepRecord row(String name) {
        return bed.stepRow(id, name);
    }
}
