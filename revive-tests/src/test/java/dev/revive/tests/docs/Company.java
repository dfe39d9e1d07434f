// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.docs;

import dev.revive.tests.docs.OnboardingProgram.Access;
import dev.revive.tests.docs.OnboardingProgram.Employee;
import dev.revive.tests.docs.OnboardingProgram.Laptop;
import dev.revive.tests.docs.OnboardingProgram.NewHire;
import dev.revive.tests.support.Effects;
import java.util.Locale;

/** The outside world of the onboarding: it counts what happens to it. */
final class Company {
    private final Effects effects = new Effects();

    Employee employ(NewHire hire) {
        return new Employee("E-" + effects.happen("employ"), hire.name());
    }

    Laptop order(Employee employee) {
        return new Laptop("LT-" + effects.happen("order"));
    }

    Access grant(Employee employee) {
        effects.happen("grant");
        return new Access(employee.name().toLowerCase(Locale.ROOT));
    }

    void welcome(Employee employee) {
        effects.happen("welcome");
    }

    int employed() {
        return effects.times("employ");
    }

    int laptopsOrdered() {
        return effects.times("order");
    }

    int accountsGranted() {
        return effects.times("grant");
    }

    int emailsSent() {
        return effects.times("welcome");
    }
}
