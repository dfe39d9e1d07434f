// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.onboarding;

import dev.revive.workflow.Step;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowContext;

/**
 * What happens when somebody joins the company. It survives the crash of its process at any point: what is recorded is not done again.
 *
 * <p>A laptop takes days and an account takes minutes, so the two do not wait for each other.
 */
final class Onboarding {
    static final Workflow<NewHire, Welcome> ONBOARDING =
            Workflow.named("employee-onboarding", NewHire.class, Welcome.class);

    private final Company company;

    Onboarding(Company company) {
        this.company = company;
    }

    Welcome run(WorkflowContext ctx, NewHire hire) {
        Employee employee =
                ctx.step(Step.of("Create Employee Record", Employee.class, attempt -> company.employ(hire, attempt)));

        Equipment equipment = ctx.parallel(
                it -> it.step(Step.of("Provision Laptop", Laptop.class, attempt -> company.order(employee, attempt))),
                iam -> iam.step(Step.of("Grant Access", Access.class, attempt -> company.grant(employee, attempt))),
                Equipment::new);

        Email email =
                ctx.step(Step.of("Send Welcome Email", Email.class, attempt -> company.welcome(employee, attempt)));

        return new Welcome(employee, equipment, email);
    }

    record NewHire(String name) {}

    record Employee(String number, String name) {}

    record Laptop(String serial) {}

    record Access(String account) {}

    record Equipment(Laptop laptop, Access access) {}

    record Email(String messageId) {}

    record Welcome(Employee employee, Equipment equipment, Email email) {}
}
