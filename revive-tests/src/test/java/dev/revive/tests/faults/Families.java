// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.faults;

import dev.revive.workflow.CancelledException;
import dev.revive.workflow.Child;
import dev.revive.workflow.ChildOptions;
import dev.revive.workflow.ParentClosePolicy;
import dev.revive.workflow.Signal;
import dev.revive.workflow.Step;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Workflows that start others. They do nothing to the outside world. */
final class Families {
    static final Workflow<String, String> FAMILY = Workflow.named("family", String.class, String.class);
    static final Workflow<Role, String> RELATIVE = Workflow.named("relative", Role.class, String.class);

    /** What a child does before it ends as cancelled. */
    static final String TIDY = "Tidy";

    static final String PREFIX = "family-";

    private static final Signal<String> NEVER = Signal.named("never", String.class);
    private static final int SHORT = 400;

    /** What becomes of a child. */
    enum Role {
        /** Its result is awaited. */
        AWAITED("COMPLETED"),
        /** The same, and it has a child whose result it awaits. */
        AWAITED_WITH_CHILD("COMPLETED"),
        /** It waits until it is cancelled, since its parent has ended. */
        CANCELLED("CANCELLED"),
        /** It waits until it is terminated, since its parent has ended; and has a child that waits as well. */
        TERMINATED("TERMINATED"),
        /** It goes on after its parent's end. */
        ABANDONED("COMPLETED");

        private final String end;

        Role(String end) {
            this.end = end;
        }

        /** The status in which it ends. */
        String end() {
            return end;
        }

        boolean isAwaited() {
            return this == AWAITED || this == AWAITED_WITH_CHILD;
        }

        /** How its own child ends; "" if it has none. */
        String endOfChild() {
            return this == AWAITED_WITH_CHILD ? "COMPLETED" : this == TERMINATED ? "CANCELLED" : "";
        }

        private ChildOptions options() {
            return ChildOptions.defaults()
                    .whenParentEnds(
                            this == TERMINATED
                                    ? ParentClosePolicy.TERMINATE
                                    : this == ABANDONED ? ParentClosePolicy.ABANDON : ParentClosePolicy.CANCEL);
        }
    }

    /**
     * What one of them is like, drawn from its id: the same in every process.
     *
     * @param roles of its children
     * @param isToFail whether it ends by throwing
     */
    record Family(String id, List<Role> roles, boolean isToFail) {
        static Family of(String id) {
            Random random = new Random(id.hashCode() * 0x9E3779B97F4A7C15L);
            List<Role> roles = new ArrayList<>();
            for (int number = 2 + random.nextInt(5); number > 0; number--) {
                roles.add(Role.values()[random.nextInt(Role.values().length)]);
            }
            return new Family(id, roles, random.nextInt(6) == 0);
        }

        /** The children are its first calls. */
        String child(int index) {
            return id + "/" + (index + 1);
        }
    }

    private Families() {}

    static String raise(WorkflowContext ctx, String id) {
        Family family = Family.of(id);
        List<Child<String>> awaited = new ArrayList<>();
        for (Role role : family.roles()) {
            Child<String> child = ctx.start(RELATIVE, role, role.options());
            if (role.isAwaited()) {
                awaited.add(child);
            }
        }
        ctx.step(Step.of("Between", () -> {}).idempotent());
        List<String> values = new ArrayList<>();
        awaited.forEach(child -> values.add(ctx.await(child)));
        if (family.isToFail()) {
            throw new Errands.ErrandFailedException(String.join(" ", values));
        }
        return String.join(" ", values);
    }

    static String live(WorkflowContext ctx, Role role) {
        String id = ctx.info().workflowId();
        switch (role) {
            case AWAITED -> {
                ctx.step("Live", () -> {});
                ctx.sleep("Rest", Duration.ofMillis(Math.floorMod(id.hashCode(), SHORT)));
                return id;
            }
            case AWAITED_WITH_CHILD -> {
                return id + "<" + ctx.run(RELATIVE, Role.AWAITED);
            }
            case ABANDONED -> {
                ctx.sleep("Rest", Duration.ofSeconds(1));
                return id;
            }
            case CANCELLED -> {
                return waiting(ctx);
            }
            case TERMINATED -> {
                ctx.start(RELATIVE, Role.CANCELLED);
                return waiting(ctx);
            }
        }
        throw new IllegalArgumentException("No role: " + role);
    }

    private static String waiting(WorkflowContext ctx) {
        try {
            return ctx.await(NEVER);
        } catch (CancelledException e) {
            ctx.shielded(c -> c.step(TIDY, () -> {}));
            throw e;
        }
    }
}
