// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.docs;

import dev.revive.tests.docs.OnboardingProgram.Access;
import dev.revive.tests.docs.OnboardingProgram.Employee;
import dev.revive.tests.docs.OnboardingProgram.Laptop;
import dev.revive.tests.docs.OnboardingProgram.NewHire;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

// region company
/** The outside world of the onboarding: it counts what happens to it. */
final class Company {
    private final AtomicInteger employed = new AtomicInteger();
    private final AtomicInteger laptops = new AtomicInteger();
    private final AtomicInteger accounts = new AtomicInteger();
    private final AtomicInteger emails = new AtomicInteger();

    Employee employ(NewHire hire) {
        return new Employee("E-" + employed.incrementAndGet(), hire.name());
    }

    Laptop order(Employee employee) {
        return new Laptop("LT-" + laptops.incrementAndGet());
    }

    Access grant(Employee employee) {
        accounts.incrementAndGet();
        return new Access(employee.name().toLowerCase(Locale.ROOT));
    }

    void welcome(Employee employee) {
        emails.incrementAndGet();
    }

    int employed() {
        return employed.get();
    }

    int laptopsOrdered() {
        return laptops.get();
    }

    int accountsGranted() {
        return accounts.get();
    }

    int emailsSent() {
        return emails.get();
    }
}
// endregion
