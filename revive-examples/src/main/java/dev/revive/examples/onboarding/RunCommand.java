// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.onboarding;

import dev.revive.examples.data.DataOptions;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Runs an onboarding to its end. */
@Command(name = "run", description = "Onboards an employee; the same id again goes on where it stood.")
final class RunCommand implements Callable<Integer> {
    @Mixin
    private final DataOptions data = new DataOptions();

    @Mixin
    private final HireOptions hire = new HireOptions();

    @Mixin
    private final PaceOption pace = new PaceOption();

    @Override
    public Integer call() {
        hire.newHire();
        try (Office office = Office.open(data, pace.stepMillis())) {
            office.finish(office.start(hire));
        }
        return 0;
    }
}
