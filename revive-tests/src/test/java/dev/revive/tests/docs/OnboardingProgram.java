// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.docs;

import dev.revive.Revive;
import dev.revive.jdbc.JdbcStore;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowContext;
import dev.revive.workflow.WorkflowHandle;
import java.nio.file.Path;

/** The program of README.md and docs/quickstart.md. */
final class OnboardingProgram {
    // region program
    // region workflow
    static final Workflow<NewHire, Welcome> ONBOARDING = Workflow.named("onboarding", NewHire.class, Welcome.class);

    Welcome onboard(WorkflowContext ctx, NewHire hire) {
        Employee employee = ctx.step("Create Employee Record", Employee.class, () -> company.employ(hire));
        Equipment equipment = ctx.parallel(
                b -> b.step("Provision Laptop", Laptop.class, () -> company.order(employee)),
                b -> b.step("Grant Access", Access.class, () -> company.grant(employee)),
                Equipment::new);
        ctx.step("Send Welcome Email", () -> company.welcome(employee));
        return new Welcome(employee, equipment);
    }
    // endregion

    // region run
    void run(Path data) {
        Revive.Builder engine = Revive.with(JdbcStore.embedded(data));
        try (Revive revive = engine.register(ONBOARDING, this::onboard).start()) {
            WorkflowHandle<Welcome> onboarding = revive.start(ONBOARDING, "onboard-ada", new NewHire("Ada"));
            System.out.println(onboarding.result());
        }
    }
    // endregion
    // endregion

    // region records
    record NewHire(String name) {}

    record Employee(String number, String name) {}

    record Laptop(String serial) {}

    record Access(String account) {}

    record Equipment(Laptop laptop, Access access) {}

    record Welcome(Employee employee, Equipment equipment) {}
    // endregion

    private final Company company;

    OnboardingProgram(Company company) {
        this.company = company;
    }
}
