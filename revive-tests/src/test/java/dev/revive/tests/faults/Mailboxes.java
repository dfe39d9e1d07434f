// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.faults;

import dev.revive.workflow.CancelledException;
import dev.revive.workflow.Signal;
import dev.revive.workflow.SignalNotDeliveredException;
import dev.revive.workflow.SignalNotDeliveredException.Reason;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** The workflows that receive {@link Mail}, and those that bring some of it. They do nothing to the outside world. */
final class Mailboxes {
    static final Workflow<String, String> MAILBOX = Workflow.named("mailbox", String.class, String.class);
    static final Workflow<String, String> COURIER = Workflow.named("courier", String.class, String.class);

    static final Signal<String> SENT = Signal.named("sent", String.class);
    static final Signal<String> CARRIED = Signal.named("carried", String.class);

    /** What a mailbox does before it ends as cancelled. */
    static final String TIDY = "Tidy";

    private static final Duration UNTIL_IT_IS_THERE = Duration.ofMillis(300);

    private Mailboxes() {}

    /** Waits until all is received; answers what it was, one after the other. */
    static String receive(WorkflowContext ctx, String id) {
        Mail mail = Mail.to(id);
        try {
            return mail.isDivided()
                    ? ctx.parallel(
                            branch -> receive(branch, SENT, mail.sent()),
                            branch -> receive(branch, CARRIED, mail.carried()),
                            (sent, carried) -> sent + " " + carried)
                    : receive(ctx, SENT, mail.sent() + mail.carried());
        } catch (CancelledException e) {
            ctx.shielded(c -> c.step(TIDY, () -> {}));
            throw e;
        }
    }

    private static String receive(WorkflowContext ctx, Signal<String> signal, int count) {
        List<String> received = new ArrayList<>();
        RandomGenerator chance = ctx.random();
        while (received.size() < count) {
            next(ctx, signal, chance).ifPresent(received::add);
            if (chance.nextInt(4) == 0) {
                ctx.step("Read", () -> Thread.sleep(10));
            }
        }
        return String.join(" ", received);
    }

    private static Optional<String> next(WorkflowContext ctx, Signal<String> signal, RandomGenerator chance) {
        return chance.nextBoolean()
                ? Optional.of(ctx.await(signal))
                : ctx.await(signal, Duration.ofMillis(chance.nextInt(2_000)));
    }

    /** Brings what the mailbox is to have of it, until it has all or has ended. */
    static String carry(WorkflowContext ctx, String id) {
        Mail mail = Mail.of(id);
        RandomGenerator chance = ctx.random();
        for (int number = 1; number <= mail.carried(); number++) {
            if (!isBrought(ctx, mail, number)) {
                return "ended";
            }
            if (chance.nextInt(3) == 0) {
                ctx.sleep(Duration.ofMillis(chance.nextInt(1_000)));
            }
        }
        return "all";
    }

    private static boolean isBrought(WorkflowContext ctx, Mail mail, int number) {
        while (true) {
            try {
                ctx.workflow(mail.mailbox())
                        .signal(
                                mail.isDivided() ? CARRIED : SENT,
                                mail.courier().value(number));
                return true;
            } catch (SignalNotDeliveredException e) {
                if (e.reason() == Reason.ENDED) {
                    return false;
                }
                ctx.sleep(UNTIL_IT_IS_THERE);
            }
        }
    }
}
