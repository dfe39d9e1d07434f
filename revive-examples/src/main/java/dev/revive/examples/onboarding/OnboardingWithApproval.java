// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.onboarding;

import dev.revive.examples.onboarding.Onboarding.Access;
import dev.revive.examples.onboarding.Onboarding.Email;
import dev.revive.examples.onboarding.Onboarding.Employee;
import dev.revive.examples.onboarding.Onboarding.Equipment;
import dev.revive.examples.onboarding.Onboarding.Laptop;
import dev.revive.workflow.Signal;
import dev.revive.workflow.Step;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowContext;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The onboarding of somebody whom the manager must approve of first. However often its process dies meanwhile, it waits no longer and no shorter; and
 * if nobody approves in time, that is recorded, and the hire is put on hold.
 */
public final class OnboardingWithApproval {
    /** The workflow's type. */
    public static final Workflow<Request, Answer> ONBOARDING =
            Workflow.named("onboarding-with-approval", Request.class, Answer.class);

    /** What the manager sends. */
    public static final Signal<Approval> APPROVAL = Signal.named("approval", Approval.class);

    private final Company company;

    /**
     * The workflow of this company.
     *
     * @param company whom the steps act for
     */
    public OnboardingWithApproval(Company company) {
        this.company = company;
    }

    /**
     * The workflow's function.
     *
     * @param ctx records each step, and the wait
     * @param request who is to join
     * @return what the newcomer has in the end, or nothing of it
     */
    public Answer run(WorkflowContext ctx, Request request) {
        Employee employee = ctx.step(
                Step.of("Create Employee Record", Employee.class, attempt -> company.employ(request.name(), attempt)));

        Optional<Approval> approval = ctx.await(APPROVAL, request.limit());

        if (approval.isEmpty()) {
            ctx.step(Step.of("Put On Hold", Hold.class, attempt -> company.hold(employee, attempt)));
            return new Answer(Decision.ON_HOLD, employee, null, null);
        }

        Equipment equipment = ctx.parallel(
                it -> it.step(Step.of("Provision Laptop", Laptop.class, attempt -> company.order(employee, attempt))),
                iam -> iam.step(Step.of("Grant Access", Access.class, attempt -> company.grant(employee, attempt))),
                Equipment::new);

        Email email =
                ctx.step(Step.of("Send Welcome Email", Email.class, attempt -> company.welcome(employee, attempt)));

        return new Answer(Decision.APPROVED, employee, equipment, email);
    }

    /**
     * Who is to join.
     *
     * @param name the name
     * @param limit how long the manager has to approve
     */
    public record Request(String name, Duration limit) {}

    /** That the manager approves. */
    public record Approval(String by) {}

    /** A note in the company's record that the hire has to wait. */
    public record Hold(String note) {}

    /** What became of a request. */
    public enum Decision {
        /** The manager approved in time. */
        APPROVED,
        /** Nobody approved in time. */
        ON_HOLD
    }

    /** What became of a request, and what the newcomer has in the end. */
    public record Answer(
            Decision decision,
            Employee employee,
            @Nullable Equipment equipment,
            @Nullable Email email) {}
}
