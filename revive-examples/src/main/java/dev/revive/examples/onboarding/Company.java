// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.onboarding;

import dev.revive.examples.onboarding.Onboarding.Access;
import dev.revive.examples.onboarding.Onboarding.Email;
import dev.revive.examples.onboarding.Onboarding.Employee;
import dev.revive.examples.onboarding.Onboarding.Laptop;
import dev.revive.examples.onboarding.Onboarding.NewHire;
import dev.revive.examples.world.ExecutionLog;
import dev.revive.examples.world.OutsideWorld;
import dev.revive.workflow.StepAttempt;
import java.util.Locale;

/**
 * The effects of the onboarding: some work, and then something has happened outside that cannot be taken back. Each value carries the nonce
 * of its happening, so that a recorded value shows which one it came from. Safe for use by many threads.
 *
 * @param world what is acted upon
 * @param log what is told about it
 * @param stepMillis how long each effect works, but for the access, which takes a quarter of it: while a laptop is on order, the access has long
 *     been granted
 */
record Company(OutsideWorld world, ExecutionLog log, long stepMillis) {
    Employee employ(NewHire hire, StepAttempt attempt) throws InterruptedException {
        return new Employee("E-" + act(attempt, stepMillis), hire.name());
    }

    Laptop order(Employee employee, StepAttempt attempt) throws InterruptedException {
        return new Laptop("LT-" + act(attempt, stepMillis));
    }

    Access grant(Employee employee, StepAttempt attempt) throws InterruptedException {
        String account = employee.name().toLowerCase(Locale.ROOT);
        return new Access(account + "-" + act(attempt, stepMillis / 4));
    }

    Email welcome(Employee employee, StepAttempt attempt) throws InterruptedException {
        return new Email("M-" + act(attempt, stepMillis));
    }

    private String act(StepAttempt attempt, long millis) throws InterruptedException {
        log.add("%s: \"%s\" began, attempt %d%s"
                .formatted(
                        attempt.workflowId(),
                        attempt.stepName(),
                        attempt.attempt(),
                        attempt.recovered() ? ", after a zombie" : ""));
        Thread.sleep(millis);
        return world.happen(attempt).shortNonce();
    }
}
