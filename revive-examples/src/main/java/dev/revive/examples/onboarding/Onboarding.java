// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.onboarding;

import dev.revive.workflow.Step;
import dev.revive.workflow.StepOutcomeUnknownException;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowContext;
import org.jspecify.annotations.Nullable;

/**
 * What happens when somebody joins the company. It survives the crash of its process at any point: what is recorded is not done again.
 *
 * <p>A laptop takes days and an account takes minutes, so the two do not wait for each other.
 */
public final class Onboarding {
    /** The workflow's type. */
    public static final Workflow<NewHire, Welcome> ONBOARDING =
            Workflow.named("employee-onboarding", NewHire.class, Welcome.class);

    private final Company company;

    /**
     * The workflow of this company.
     *
     * @param company whom the steps act for
     */
    public Onboarding(Company company) {
        this.company = company;
    }

    /**
     * The workflow's function.
     *
     * @param ctx records each step
     * @param hire who joins
     * @return what the newcomer has in the end
     */
    public Welcome run(WorkflowContext ctx, NewHire hire) {
        Employee employee =
                ctx.step(Step.of("Create Employee Record", Employee.class, attempt -> company.employ(hire, attempt)));

        Equipment equipment = ctx.parallel(
                it -> it.step(Step.of("Provision Laptop", Laptop.class, attempt -> company.order(employee, attempt))),
                iam -> iam.step(Step.of("Grant Access", Access.class, attempt -> company.grant(employee, attempt))),
                Equipment::new);

        Email email = welcome(ctx, hire.email(), employee);

        return new Welcome(employee, equipment, email);
    }

    private Email welcome(WorkflowContext ctx, @Nullable Delivery delivery, Employee employee) {
        Step<Email> step = Step.of("Send Welcome Email", Email.class, attempt -> company.welcome(employee, attempt));

        if (delivery == Delivery.RECONCILE) {
            return ctx.step(step.reconcile(company::findWelcome));
        }
        if (delivery == Delivery.AT_MOST_ONCE) {
            try {
                return ctx.step(step.atMostOnce());
            } catch (StepOutcomeUnknownException e) {
                return Email.PERHAPS;
            }
        }
        return ctx.step(step);
    }

    /** What becomes of an e-mail whose process died before its outcome was recorded. */
    public enum Delivery {
        /** It is sent again. */
        AT_LEAST_ONCE,
        /** It is not sent again: nobody will ever know whether it was. */
        AT_MOST_ONCE,
        /** The mail server is asked first. */
        RECONCILE
    }

    /**
     * Who joins.
     *
     * @param name the name
     * @param email what becomes of an e-mail in doubt; null is {@link Delivery#AT_LEAST_ONCE}
     */
    public record NewHire(String name, @Nullable Delivery email) {}

    /** The company's record. */
    public record Employee(String number, String name) {}

    /** An order. */
    public record Laptop(String serial) {}

    /** An account. */
    public record Access(String account) {}

    /** What the two branches have brought. */
    public record Equipment(Laptop laptop, Access access) {}

    /** A sent e-mail. */
    public record Email(String messageId) {
        /** One that was perhaps sent. */
        static final Email PERHAPS = new Email("perhaps sent");
    }

    /** What the newcomer has in the end. */
    public record Welcome(Employee employee, Equipment equipment, Email email) {}
}
