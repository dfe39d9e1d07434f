// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.support;

import dev.revive.Revive;
import dev.revive.store.StepRecord;
import dev.revive.store.WorkflowRecord;
import dev.revive.store.WorkflowStore;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowFunction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;

/**
 * Engines for a test, on a store that outlives them. Every test has workflow names and ids of its own, so tests may share a database. What is
 * still open at the end of a test is closed.
 */
@ParameterizedClass(name = "{0}")
@ExtendWith(TestBed.StoreGiver.class)
@Timeout(180)
public abstract class TestBed {
    /** How long a test waits for anything: on a machine that does much else, a second's work takes long. */
    public static final Duration PATIENCE = Patience.of(Duration.ofSeconds(60));

    private static final Duration GRACE = Duration.ofSeconds(20);

    private static final AtomicInteger TESTS = new AtomicInteger();

    static {
        // What thousands of tests wait for takes a few milliseconds: a look each 100, the default, would be most of it.
        Awaitility.setDefaultPollInterval(Duration.ofMillis(10));
    }

    private final int number = TESTS.incrementAndGet();
    private final List<Revive> open = new ArrayList<>();

    /** Under what this test runs. */
    @Parameter
    public Setting setting = Setting.MEMORY_WIDE;

    private @Nullable WorkflowStore store;

    /** Gives a memory of its own to a test in memory, and the run's database to all others. */
    static final class StoreGiver implements BeforeEachCallback {
        @Override
        public void beforeEach(ExtensionContext context) {
            for (Object test : context.getRequiredTestInstances().getAllInstances()) {
                if (test instanceof TestBed bed && bed.store == null) {
                    bed.store = bed.setting.place().store(context);
                }
            }
        }
    }

    /** Not within the first test that needs it: it takes seconds, and would count as that test's time. */
    @BeforeParameterizedClassInvocation
    static void startServer(Setting setting) {
        setting.place().start();
    }

    /** Closes what is still open; a test that ends its own database calls it first. */
    @AfterEach
    protected void closeEngines() {
        List.copyOf(open).forEach(this::close);
    }

    // ---- names

    /** A name or id that no other test uses. */
    protected String unique(String text) {
        return text + "-" + number;
    }

    /** A workflow that no other test knows, from text to a type. */
    protected <O> Workflow<String, O> flow(String name, Class<O> output) {
        return Workflow.named(unique(name), String.class, output);
    }

    // ---- engines

    /** The store, for looking at rows. */
    public WorkflowStore store() {
        if (store == null) {
            throw new IllegalStateException("There is a store from before each test to its end.");
        }
        return store;
    }

    /** Uses another store than the setting's. Engines do not close it. */
    protected void use(WorkflowStore other) {
        store = new LentStore(other);
    }

    /** An engine's builder on this test's store, as narrow as the setting says. */
    protected Revive.Builder builder() {
        return setting.applyTo(Revive.with(store()).name("test-" + number).shutdownGrace(GRACE));
    }

    /** Starts an engine, which is closed at the end of the test if not before. */
    public Revive engine(UnaryOperator<Revive.Builder> more) {
        Revive revive = more.apply(builder()).start();
        open.add(revive);
        return revive;
    }

    /** Starts an engine with one workflow. */
    protected <I, O> Revive engine(Workflow<I, O> workflow, WorkflowFunction<? super I, ? extends O> function) {
        return engine(builder -> builder.register(workflow, function));
    }

    /** Closes an engine. */
    public void close(Revive revive) {
        open.remove(revive);
        revive.close();
    }

    /** One workflow, to be run, crashed and run on. */
    protected <O> Trial<O> trial(Class<O> output, WorkflowFunction<String, O> function) {
        return new Trial<>(this, flow("trial", output), unique("it"), function);
    }

    /** One of several workflows of a test. */
    protected <O> Trial<O> trial(String name, Class<O> output, WorkflowFunction<String, O> function) {
        return new Trial<>(this, flow(name, output), unique(name), function);
    }

    // ---- rows

    /** The workflow's row. */
    public WorkflowRecord row(String id) {
        return store().find(id).orElseThrow();
    }

    /** The step's row: the one step of that name. */
    public StepRecord stepRow(String id, String stepName) {
        return store().steps(id).stream()
                .filter(step -> step.key().name().equals(stepName))
                .findFirst()
                .orElseThrow();
    }
}
