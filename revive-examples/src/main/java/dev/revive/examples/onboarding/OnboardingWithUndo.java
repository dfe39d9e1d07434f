// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.onboarding;

import dev.revive.examples.onboarding.Onboarding.Access;
import dev.revive.examples.onboarding.Onboarding.Email;
import dev.revive.examples.onboarding.Onboarding.Employee;
import dev.revive.examples.onboarding.Onboarding.Equipment;
import dev.revive.examples.onboarding.Onboarding.Laptop;
import dev.revive.examples.onboarding.Onboarding.Welcome;
import dev.revive.workflow.Saga;
import dev.revive.workflow.Step;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowContext;
import java.time.Duration;

/**
 * The onboarding of somebody who may not come after all. If the hire is called off before its end, that is, if the workflow is cancelled, what was done
 * is undone, the last first, whatever crashes meanwhile.
 */
public final class OnboardingWithUndo {
    /** The workflow's type. */
    public static final Workflow<Contract, Welcome> ONBOARDING =
            Workflow.named("onboarding-with-undo", Contract.class, Welcome.class);

    /** What it sleeps until. */
    public static final String FIRST_DAY = "first day";

    private final Company company;

    /**
     * The workflow of this company.
     *
     * @param company whom the steps act for
     */
    public OnboardingWithUndo(Company company) {
        this.company = company;
    }

    /**
     * The workflow's function. A cancellation leaves it as an exception, once the saga has undone what was done.
     *
     * @param ctx records each step, and the sleep
     * @param contract who is to join, and when
     * @return what the newcomer has in the end
     */
    public Welcome run(WorkflowContext ctx, Contract contract) {
        return ctx.saga(saga -> welcome(ctx, saga, contract));
    }

    private Welcome welcome(WorkflowContext ctx, Saga saga, Contract contract) {
        Employee employee = saga.step(
                Step.of("Create Employee Record", Employee.class, attempt -> company.employ(contract.name(), attempt)),
                company::strikeOff);

        Laptop laptop = saga.step(
                Step.of("Provision Laptop", Laptop.class, attempt -> company.order(employee, attempt)),
                company::sendBack);

        Access access = saga.step(
                Step.of("Grant Access", Access.class, attempt -> company.grant(employee, attempt)),
                company::closeAccount);

        ctx.sleep(FIRST_DAY, contract.notice());

        // An e-mail cannot be taken back, so it is the last.
        Email email =
                ctx.step(Step.of("Send Welcome Email", Email.class, attempt -> company.welcome(employee, attempt)));

        return new Welcome(employee, new Equipment(laptop, access), email);
    }

    /**
     * Who is to join.
     *
     * @param name the name
     * @param notice how long until the first day, once everything is prepared
     */
    public record Contract(String name, Duration notice) {}
}
