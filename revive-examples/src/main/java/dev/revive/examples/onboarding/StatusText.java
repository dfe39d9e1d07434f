// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.onboarding;

import dev.revive.examples.data.TextTable;
import dev.revive.examples.world.ExecutionLog;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The status for people. */
final class StatusText {
    private StatusText() {}

    static void print(Status status) {
        print("Workflows", workflows(status));
        print("Steps, as Revive recorded them", steps(status));
        print("What really happened outside", outside(status));
        print("Execution log", log(status));
    }

    private static void print(String title, List<String> lines) {
        System.out.println(title);
        lines.forEach(System.out::println);
        System.out.println();
    }

    private static List<String> workflows(Status status) {
        TextTable table = new TextTable("workflow_id", "name", "status", "result");
        for (Status.OfWorkflow workflow : status.workflows()) {
            table.add(workflow.id(), workflow.name(), workflow.status(), orDash(workflow.result()));
        }
        return table.lines();
    }

    static List<String> steps(Status status) {
        TextTable table = new TextTable("workflow_id", "step_key", "status", "attempt", "zombies", "serialized_output");
        for (Status.OfWorkflow workflow : status.workflows()) {
            for (Status.OfStep step : workflow.steps()) {
                table.add(
                        workflow.id(),
                        step.stepKey(),
                        step.status(),
                        step.attempt(),
                        step.zombies(),
                        orDash(step.serializedOutput()));
            }
        }
        return table.lines();
    }

    static List<String> outside(Status status) {
        TextTable table = new TextTable("workflow_id", "step", "times", "nonces");
        for (Status.OfWorkflow workflow : status.workflows()) {
            for (Status.Outside acted : workflow.outside()) {
                List<String> nonces = acted.nonces().stream()
                        .map(nonce -> nonce.substring(0, 8))
                        .toList();
                table.add(workflow.id(), acted.step(), acted.times(), String.join(", ", nonces));
            }
        }
        return table.lines();
    }

    private static List<String> log(Status status) {
        TextTable table = new TextTable("time", "pid", "event");
        for (ExecutionLog.Line line : status.log()) {
            table.add(line.time(), line.pid() == null ? "-" : line.pid(), line.event());
        }
        return table.lines();
    }

    private static String orDash(@Nullable String text) {
        return text == null ? "-" : text;
    }
}
