// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.kill;

import dev.revive.Revive;
import dev.revive.examples.world.OutsideWorld;
import dev.revive.jdbc.Durability;
import dev.revive.jdbc.JdbcStore;
import dev.revive.store.WorkflowStore;
import dev.revive.workflow.ParallelOptions;
import dev.revive.workflow.Step;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowContext;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One new hire: steps at the root and in two branches, and business rows in a transaction, and a sleep that leaves memory. Every effect is a line of
 * a synced file, with a nonce; the result is the nonces that were recorded.
 */
final class Onboarding {
    static final Workflow<String, String> WORKFLOW = Workflow.named("onboarding", String.class, String.class);
    static final String ID = "onboard-ada";

    static final String CREATE = "Create Employee Record";
    static final String EQUIP = "Equip";
    static final String LAPTOP = "Provision Laptop";
    static final String ACCESS = "Grant Access";
    static final String BOOK = "Book Cost";
    static final String MAIL = "Send Welcome Email";
    static final List<String> STEPS = List.of(CREATE, LAPTOP, ACCESS, MAIL);

    private final Path directory;
    private final OutsideWorld world;
    private Duration untilMonday = Duration.ofMillis(20);

    Onboarding(Path directory) {
        this.directory = directory;
        this.world = new OutsideWorld(directory);
    }

    /** It sleeps so long that it leaves memory, however slow the machine. */
    void sleepLong() {
        untilMonday = Duration.ofSeconds(10);
    }

    /** What happened outside, by whatever process. */
    OutsideWorld world() {
        return world;
    }

    JdbcStore open() {
        return JdbcStore.embedded(directory, Durability.POWER_LOSS);
    }

    Revive.Builder engineOn(WorkflowStore store) {
        return Revive.with(store).register(WORKFLOW, this::run).unloadAfter(Duration.ZERO);
    }

    String run(WorkflowContext ctx, @Nullable String name) {
        String employee = act(ctx, CREATE);
        String equipment = ctx.parallel(ParallelOptions.defaults().named(EQUIP))
                .of(branch -> act(branch, LAPTOP), branch -> act(branch, ACCESS), (l, a) -> l + " " + a);
        String cost = ctx.transaction(BOOK, String.class, connection -> {
            Bookings.insert(connection, ID, BOOK, employee);
            return "booked";
        });
        ctx.sleep("Wait for Monday", untilMonday);
        return String.join(" ", employee, equipment, cost, act(ctx, MAIL));
    }

    private String act(WorkflowContext ctx, String step) {
        return ctx.step(
                Step.of(step, String.class, attempt -> world.happen(attempt).nonce()));
    }
}
