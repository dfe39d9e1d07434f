// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.simulator;

import dev.revive.Revive;
import dev.revive.crash.CrashAction;
import dev.revive.crash.CrashHook;
import dev.revive.examples.data.ConnectionPool;
import dev.revive.examples.onboarding.Company;
import dev.revive.examples.onboarding.Onboarding;
import dev.revive.examples.onboarding.OnboardingWithApproval;
import dev.revive.examples.onboarding.OnboardingWithUndo;
import dev.revive.examples.world.OutsideWorld;
import dev.revive.jdbc.JdbcSettings;
import dev.revive.jdbc.JdbcStore;
import dev.revive.workflow.WorkflowHandle;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/**
 * A worker of the simulator: an engine with the onboardings on it, in a JVM of its own. Reads its {@link Order} from standard input, reports on
 * standard output, and runs until somebody ends it. It does not outlive the page's process: at the end of standard input it halts.
 */
@Command(name = "simulator-worker", hidden = true, description = "What the simulator starts. Not for people.")
public final class WorkerCommand implements Callable<Integer> {
    private static final int ORPHANED = 143;

    @Override
    public Integer call() throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        String line = in.readLine();
        if (line == null) {
            throw new IllegalArgumentException("simulator-worker is started by the simulator. Try: simulator");
        }
        Order order = Json.read(line, Order.class);
        Reporter reporter = new Reporter(order.worker(), new PrintStream(System.out, false, StandardCharsets.UTF_8));
        engine(order, reporter);
        return awaitEnd(in);
    }

    private static void engine(Order order, Reporter reporter) {
        Plan plan = order.plan();
        JdbcSettings settings = JdbcSettings.defaults().withTablePrefix(order.tablePrefix());
        JdbcStore store = JdbcStore.over(ConnectionPool.open(order.url()), settings);
        OutsideWorld world = new OutsideWorld(Path.of(order.directory()));
        Company company = new Company(world, reporter, plan.stepMillis());
        Revive.Builder builder = Revive.with(new ReportingStore(store, reporter))
                .register(Onboarding.ONBOARDING, new Onboarding(company)::run)
                .register(OnboardingWithApproval.ONBOARDING, new OnboardingWithApproval(company)::run)
                .register(OnboardingWithUndo.ONBOARDING, new OnboardingWithUndo(company)::run)
                .name("simulator " + order.worker())
                .maxStrikes(Integer.MAX_VALUE) // whoever plays kills it as often as they like
                .lease(Duration.ofMillis(order.leaseMillis()));
        if (plan.crash() != null) {
            builder.crashHook(announced(plan.crash(), plan.workflowId(), reporter));
        }
        begin(builder.start(), plan).id();
    }

    /** The same call whether the workflow is new or not: the id tells. */
    private static WorkflowHandle<?> begin(Revive revive, Plan plan) {
        return switch (plan.scene()) {
            case ONBOARDING -> revive.start(Onboarding.ONBOARDING, plan.workflowId(), plan.newHire());
            case APPROVAL -> revive.start(OnboardingWithApproval.ONBOARDING, plan.workflowId(), plan.request());
            case CALLED_OFF -> revive.start(OnboardingWithUndo.ONBOARDING, plan.workflowId(), plan.contract());
        };
    }

    private static CrashHook announced(Plan.Crash crash, String workflowId, Reporter reporter) {
        CrashHook hook = crash.hook(workflowId);
        return site -> {
            CrashAction action = hook.at(site);
            if (action == CrashAction.HALT) {
                reporter.halting(crash);
            }
            return action;
        };
    }

    /** The page's process holds the other end, and never writes again. */
    @SuppressWarnings("EmptyBlockStatement") // there is nothing to do but to wait
    private static int awaitEnd(BufferedReader in) throws IOException {
        while (in.readLine() != null) {}
        Runtime.getRuntime().halt(ORPHANED);
        return ORPHANED;
    }
}
