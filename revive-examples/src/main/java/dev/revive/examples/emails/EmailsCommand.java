// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.emails;

import dev.revive.Revive;
import dev.revive.crash.CrashPlan;
import dev.revive.crash.CrashPoint;
import dev.revive.examples.data.AnnouncedCrash;
import dev.revive.examples.data.DataOptions;
import dev.revive.examples.world.OutsideWorld;
import dev.revive.store.WorkflowFilter;
import dev.revive.store.WorkflowRecord;
import dev.revive.store.WorkflowStore;
import dev.revive.workflow.Step;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowContext;
import dev.revive.workflow.WorkflowHandle;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A loop of emails. Every pass calls the same step; the sequence tells them apart, so a loop needs no names made up for it. */
@Command(name = "emails", description = "Sends emails in a loop: one step name, many sequences.")
public final class EmailsCommand {
    private static final Workflow<Integer, Integer> EMAILS =
            Workflow.named("send-emails", Integer.class, Integer.class);
    private static final String STEP = "Send Email";

    @Command(name = "run", description = "Sends N emails; the same id again goes on where it stood.")
    int run(
            @Mixin DataOptions data,
            @Option(names = "--count", paramLabel = "N", defaultValue = "20", description = "how many (default: 20)")
                    int count,
            @Option(names = "--id", paramLabel = "ID", defaultValue = "emails", description = "default: emails")
                    String id,
            @Option(
                            names = "--halt-after",
                            paramLabel = "N",
                            defaultValue = "0",
                            description = "halt the JVM when the N-th email of this run is sent and not yet recorded")
                    int haltAfter) {
        if (count < 0 || count > 10_000) {
            throw new IllegalArgumentException("--count must be 0 to 10,000, not " + count + ".");
        }
        if (haltAfter < 0) {
            throw new IllegalArgumentException("--halt-after must not be negative.");
        }
        Revive.Builder revive = Revive.with(data.openStore());
        if (haltAfter > 0) {
            revive.crashHook(new AnnouncedCrash(afterEmail(haltAfter, id), data.log()));
        }
        OutsideWorld world = data.world();
        try (Revive running = started(revive, world)) {
            finish(running.start(EMAILS, id, count), world);
        }
        return haltAfter == 0 ? 0 : neverHalted(haltAfter);
    }

    private static CrashPlan afterEmail(int number, String id) {
        CrashPlan.Builder sent =
                CrashPlan.at(CrashPoint.AFTER_EFFECT).ofWorkflow(id).ofStep(STEP);
        return sent.passage(number).halt();
    }

    @Command(name = "resume", description = "Goes on with what is unfinished.")
    int resume(@Mixin DataOptions data) {
        if (!data.hasData()) {
            return nothing(data);
        }
        WorkflowStore store = data.openStore();
        List<WorkflowRecord> unfinished =
                store.list(new WorkflowFilter(Set.of(), EMAILS.name(), "", "", 1_000).unfinished());
        if (unfinished.isEmpty()) {
            store.close();
            return nothing(data);
        }
        OutsideWorld world = data.world();
        try (Revive revive = started(Revive.with(store), world)) {
            unfinished.forEach(workflow -> finish(revive.handle(EMAILS, workflow.id()), world));
        }
        return 0;
    }

    private static Revive started(Revive.Builder revive, OutsideWorld world) {
        return revive.register(EMAILS, (ctx, count) -> sendAll(ctx, count, world))
                .start();
    }

    /** The workflow. */
    private static int sendAll(WorkflowContext ctx, int count, OutsideWorld world) {
        for (int email = 1; email <= count; email++) {
            ctx.step(
                    Step.of(STEP, String.class, attempt -> world.happen(attempt).shortNonce()));
        }
        return count;
    }

    private static void finish(WorkflowHandle<Integer> handle, OutsideWorld world) {
        int count = Objects.requireNonNull(handle.result());
        int ran = world.causedHere(handle.id()).size();
        int zombies = handle.steps().stream().mapToInt(step -> step.zombies()).sum();
        System.out.printf(
                "%s: %s. %d of %d emails were sent by this process, %d were recorded before and skipped.%n",
                handle.id(), handle.status(), ran, count, count - ran);
        System.out.printf(
                "Outside, %d emails were sent in all; %d were zombies and sent again.%n",
                world.of(handle.id()).size(), zombies);
    }

    private static int neverHalted(int haltAfter) {
        System.err.printf("The crash did not happen: this process did not send %d emails.%n", haltAfter);
        return 1;
    }

    private static int nothing(DataOptions data) {
        System.out.println("Nothing is unfinished in " + data.place() + ".");
        return 0;
    }
}
