// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.onboarding;

import dev.revive.Revive;
import dev.revive.crash.CrashHook;
import dev.revive.examples.data.DataOptions;
import dev.revive.examples.data.RunReport;
import dev.revive.examples.onboarding.Onboarding.Welcome;
import dev.revive.examples.world.ExecutionLog;
import dev.revive.examples.world.OutsideWorld;
import dev.revive.store.WorkflowStore;
import dev.revive.workflow.StepAttempt;
import dev.revive.workflow.WorkflowHandle;
import java.time.Duration;
import java.util.Objects;

/** An engine with the onboarding on it, and what it acts upon. */
final class Office implements AutoCloseable {
    /** So short that an example goes on soon after a crash, where other processes share the database. */
    private static final Duration LEASE = Duration.ofSeconds(3);

    private final OutsideWorld world;
    private final ExecutionLog log;
    private final Revive revive;

    private Office(OutsideWorld world, ExecutionLog log, Revive revive) {
        this.world = world;
        this.log = log;
        this.revive = revive;
    }

    static Office open(DataOptions data, long stepMillis) {
        return open(data, data.openStore(), stepMillis);
    }

    static Office open(DataOptions data, WorkflowStore store, long stepMillis) {
        return open(data, Revive.with(store), stepMillis);
    }

    /** Opens one that crashes. */
    static Office open(DataOptions data, CrashHook hook, long stepMillis) {
        return open(data, Revive.with(data.openStore()).crashHook(hook), stepMillis);
    }

    private static Office open(DataOptions data, Revive.Builder revive, long stepMillis) {
        OutsideWorld world = data.world();
        ExecutionLog log = data.log();
        Onboarding onboarding = new Onboarding(new Company(world, attempt -> began(log, attempt), stepMillis));
        revive.register(Onboarding.ONBOARDING, onboarding::run).lease(LEASE);
        return new Office(world, log, revive.start());
    }

    private static void began(ExecutionLog log, StepAttempt attempt) {
        log.add("%s: \"%s\" began, attempt %d%s"
                .formatted(
                        attempt.workflowId(),
                        attempt.stepName(),
                        attempt.attempt(),
                        attempt.recovered() ? ", after a zombie" : ""));
    }

    WorkflowHandle<Welcome> start(HireOptions hire) {
        log.add(hire.id() + ": run asked for");
        return revive.start(Onboarding.ONBOARDING, hire.id(), hire.newHire());
    }

    WorkflowHandle<Welcome> find(String id) {
        log.add(id + ": resumed");
        return revive.handle(Onboarding.ONBOARDING, id);
    }

    /** Waits for a workflow and tells what this process did for it. */
    void finish(WorkflowHandle<Welcome> handle) {
        Welcome welcome = Objects.requireNonNull(handle.result());
        log.add(handle.id() + ": " + handle.status());
        System.out.println(handle.id() + ": " + handle.status());
        RunReport.of(handle, world).lines().forEach(System.out::println);
        System.out.println("  result: " + summary(welcome));
    }

    private static String summary(Welcome welcome) {
        return "%s is %s, with laptop %s, access %s and mail %s."
                .formatted(
                        welcome.employee().name(),
                        welcome.employee().number(),
                        welcome.equipment().laptop().serial(),
                        welcome.equipment().access().account(),
                        welcome.email().messageId());
    }

    @Override
    public void close() {
        revive.close();
    }
}
