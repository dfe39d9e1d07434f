// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.onboarding;

import dev.revive.examples.onboarding.Onboarding.Access;
import dev.revive.examples.onboarding.Onboarding.Email;
import dev.revive.examples.onboarding.Onboarding.Employee;
import dev.revive.examples.onboarding.Onboarding.Laptop;
import dev.revive.examples.onboarding.Onboarding.NewHire;
import dev.revive.examples.onboarding.OnboardingWithApproval.Hold;
import dev.revive.examples.world.Happening;
import dev.revive.examples.world.OutsideWorld;
import dev.revive.workflow.Reconciliation;
import dev.revive.workflow.StepAttempt;
import dev.revive.workflow.Undo;
import java.util.Locale;
import java.util.Optional;

/**
 * The effects of the onboarding: some work, and then something has happened outside that cannot be taken back. Each value carries the nonce
 * of its happening, so that a recorded value shows which one it came from. Safe for use by many threads.
 *
 * @param world what is acted upon
 * @param witness what is told about it
 * @param stepMillis how long each effect works, but for the access, which takes a quarter of it: while a laptop is on order, the access has long
 *     been granted
 */
public record Company(OutsideWorld world, Witness witness, long stepMillis) {
    /** Sees what the company does. Called by the threads that do it. */
    public interface Witness {
        /** An effect begins to work. */
        void began(StepAttempt attempt);

        /** It has happened. */
        default void happened(StepAttempt attempt, Happening happening) {}

        /** It was interrupted, and did not happen. */
        default void gaveUp(StepAttempt attempt) {}

        /** The world was asked whether an earlier attempt happened. */
        default void asked(StepAttempt attempt, Optional<Happening> found) {}

        /** The world knows its key: it happened before, and not again. */
        default void recognised(StepAttempt attempt, Happening earlier) {}
    }

    Employee employ(NewHire hire, StepAttempt attempt) throws InterruptedException {
        return employ(hire.name(), attempt);
    }

    Employee employ(String name, StepAttempt attempt) throws InterruptedException {
        return new Employee("E-" + act(attempt, stepMillis), name);
    }

    Hold hold(Employee employee, StepAttempt attempt) throws InterruptedException {
        return new Hold("H-" + act(attempt, stepMillis));
    }

    Laptop order(Employee employee, StepAttempt attempt) throws InterruptedException {
        return new Laptop("LT-" + act(attempt, stepMillis));
    }

    Access grant(Employee employee, StepAttempt attempt) throws InterruptedException {
        String account = employee.name().toLowerCase(Locale.ROOT);
        return new Access(account + "-" + act(attempt, stepMillis / 4));
    }

    Email welcome(Employee employee, StepAttempt attempt) throws InterruptedException {
        return email(act(attempt, stepMillis));
    }

    /** What the mail server knows of an e-mail with this idempotency key. */
    Reconciliation<Email> findWelcome(StepAttempt attempt) {
        Optional<Happening> sent = world.find(attempt.workflowId(), attempt.idempotencyKey());
        witness.asked(attempt, sent);
        return sent.map(happening -> Reconciliation.happened(email(happening.shortNonce())))
                .orElseGet(Reconciliation::didNotHappen);
    }

    private static Email email(String nonce) {
        return new Email("M-" + nonce);
    }

    void strikeOff(Undo<Employee> employee) throws InterruptedException {
        takeBack(employee, stepMillis);
    }

    void sendBack(Undo<Laptop> laptop) throws InterruptedException {
        takeBack(laptop, stepMillis);
    }

    void closeAccount(Undo<Access> access) throws InterruptedException {
        takeBack(access, stepMillis / 4);
    }

    /** Whoever did it knows it by its key: if they know nothing of it, there is nothing to take back, and what they took back before they do not again. */
    private void takeBack(Undo<?> done, long millis) throws InterruptedException {
        StepAttempt attempt = done.attempt();
        work(attempt, millis);
        Optional<Happening> deed = world.find(attempt.workflowId(), done.idempotencyKey());
        if (deed.isEmpty()) {
            witness.asked(attempt, deed);
            return;
        }
        Happening happening = world.happenOnce(attempt, done.idempotencyKey());
        if (happening.isOf(attempt)) {
            witness.happened(attempt, happening);
        } else {
            witness.recognised(attempt, happening);
        }
    }

    private String act(StepAttempt attempt, long millis) throws InterruptedException {
        work(attempt, millis);
        Happening happening = world.happen(attempt);
        witness.happened(attempt, happening);
        return happening.shortNonce();
    }

    private void work(StepAttempt attempt, long millis) throws InterruptedException {
        witness.began(attempt);
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            witness.gaveUp(attempt);
            throw e;
        }
    }
}
