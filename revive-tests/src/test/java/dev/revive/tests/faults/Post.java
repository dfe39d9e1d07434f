// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.faults;

import dev.revive.Revive;
import dev.revive.store.StoreUnavailableException;
import dev.revive.tests.faults.Mail.Sender;
import dev.revive.tests.faults.Mail.Wish;
import dev.revive.workflow.IntentOutcomeUnknownException;
import dev.revive.workflow.SignalNotDeliveredException;
import dev.revive.workflow.SignalOptions;
import dev.revive.workflow.SignalOutcomeUnknownException;
import dev.revive.workflow.StartOptions;
import dev.revive.workflow.WorkflowRef;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Sends from outside of workflows, and writes into the process's diary what was accepted. A sender may be at work in two processes, if the first has not
 * said that it is done: the keys are the same.
 */
final class Post {
    private static final Duration UNTIL_ASKED_AGAIN = Duration.ofMillis(100);
    private static final int LONG_PAUSE = 900;
    private static final int SHORT_PAUSE = 30;

    private final Diary diary;
    private final Revive revive;

    Post(Diary diary, Revive revive) {
        this.diary = diary;
        this.revive = revive;
    }

    /** Until all has arrived, or the mailbox has ended. */
    void send(Sender sender) {
        Mail mail = Mail.to(sender.mailbox());
        for (int number = 1; number <= sender.signals(); number++) {
            pause();
            if (!isAccepted(sender, number)) {
                return;
            }
            if (sender.number() == 1 && mail.wishes().containsKey(number)) {
                want(sender.mailbox(), mail.wishes().get(number));
            }
        }
    }

    private static void pause() {
        ThreadLocalRandom chance = ThreadLocalRandom.current();
        int longest = chance.nextInt(3) == 0 ? LONG_PAUSE : SHORT_PAUSE;
        LockSupport.parkNanos(Duration.ofMillis(chance.nextInt(longest)).toNanos());
    }

    private boolean isAccepted(Sender sender, int number) {
        String mailbox = sender.mailbox();
        String value = sender.value(number);
        while (true) {
            try {
                signal(sender, number);
                diary.write('A', mailbox, value);
                return true;
            } catch (SignalNotDeliveredException e) {
                diary.write('N', mailbox, value);
                return false;
            } catch (SignalOutcomeUnknownException | StoreUnavailableException e) {
                LockSupport.parkNanos(UNTIL_ASKED_AGAIN.toNanos());
            }
        }
    }

    /** The first one that a sender sends starts the mailbox if no other has. */
    private void signal(Sender sender, int number) {
        String mailbox = sender.mailbox();
        String value = sender.value(number);
        SignalOptions options = SignalOptions.idempotencyKey(value);
        if (number == 1) {
            revive.startAndSignal(
                    Mailboxes.MAILBOX, mailbox, mailbox, StartOptions.defaults(), Mailboxes.SENT, value, options);
        } else {
            revive.workflow(mailbox).signal(Mailboxes.SENT, value, options);
        }
    }

    private void want(String mailbox, Wish wish) {
        WorkflowRef workflow = revive.workflow(mailbox);
        boolean isHeard = answer(() -> switch (wish) {
            case CANCEL -> workflow.cancel("by a sender");
            case TERMINATE -> workflow.terminate("by a sender");
            case PAUSE -> workflow.pause("by a sender");
        });
        diary.write('I', mailbox, wish, isHeard);
    }

    void resume(String mailbox) {
        answer(() -> revive.workflow(mailbox).resume());
    }

    private static boolean answer(BooleanSupplier question) {
        while (true) {
            try {
                return question.getAsBoolean();
            } catch (IntentOutcomeUnknownException | StoreUnavailableException e) {
                LockSupport.parkNanos(UNTIL_ASKED_AGAIN.toNanos());
            }
        }
    }
}
