// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.docs;

import static dev.revive.tests.docs.OnboardingProgram.ONBOARDING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.revive.Revive;
import dev.revive.crash.CrashPlan;
import dev.revive.crash.CrashPoint;
import dev.revive.jdbc.JdbcStore;
import dev.revive.tests.docs.OnboardingProgram.NewHire;
import dev.revive.workflow.EngineStoppedException;
import dev.revive.workflow.StepInfo;
import dev.revive.workflow.StepStatus;
import dev.revive.workflow.WorkflowHandle;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What docs/quickstart.md shows. */
@Timeout(60)
class QuickstartTests {
    // region crash
    private final Company company = new Company();
    private final OnboardingProgram program = new OnboardingProgram(company);

    @Test
    void aCrashRepeatsNothingThatIsRecorded(@TempDir Path data) {
        JdbcStore store = JdbcStore.embedded(data);
        CrashPlan plan = CrashPlan.at(CrashPoint.AFTER_OUTCOME)
                .ofStep("Provision Laptop")
                .losingQueued();
        try (Revive dying = engine(store).crashHook(plan).start()) {
            assertThatThrownBy(() -> dying.start(ONBOARDING, "onboard-ada", new NewHire("Ada"))
                            .result())
                    .isInstanceOf(EngineStoppedException.class);
        }

        try (Revive next = engine(store).start()) {
            assertThat(next.handle(ONBOARDING, "onboard-ada").result()).isNotNull();
        }
        assertThat(company.employed()).isEqualTo(1);
        assertThat(company.laptopsOrdered()).isEqualTo(1);
        assertThat(company.emailsSent()).isEqualTo(1);
    }

    private Revive.Builder engine(JdbcStore store) {
        return Revive.with(store).register(ONBOARDING, program::onboard);
    }
    // endregion

    @Test
    void theProgramRunsAndFindsItsResultAgain(@TempDir Path data) {
        program.run(data);
        program.run(data);

        assertThat(company.employed()).isEqualTo(1);
        assertThat(company.accountsGranted()).isEqualTo(1);
    }

    @Test
    void theStepTableCanBeRead(@TempDir Path data) {
        try (Revive revive = engine(JdbcStore.embedded(data)).start()) {
            WorkflowHandle<?> onboarding = revive.start(ONBOARDING, "onboard-ada", new NewHire("Ada"));
            onboarding.result();
            // region steps
            List<StepInfo> steps = onboarding.steps();
            for (StepInfo step : steps) {
                System.out.println(step.stepKey() + " " + step.status() + " " + step.output());
            }
            // endregion
            assertThat(steps)
                    .extracting(StepInfo::stepKey)
                    .containsExactly(
                            "Create Employee Record#1",
                            "parallel#2",
                            "Send Welcome Email#3",
                            "2.1/Provision Laptop#1",
                            "2.2/Grant Access#1");
            assertThat(steps).extracting(StepInfo::status).containsOnly(StepStatus.COMPLETED);
        }
    }
}
