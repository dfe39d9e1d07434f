// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.programs;

import dev.revive.workflow.CallKind;
import dev.revive.workflow.StepInfo;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What must be the same however often a program was crashed. */
record Outcome(String result, Map<String, String> steps) {
    static Map<String, String> ends(List<StepInfo> steps) {
        Map<String, String> ends = new TreeMap<>();
        for (StepInfo step : steps) {
            boolean isChance = step.kind() == CallKind.PARALLEL || step.kind() == CallKind.AWAKEABLE;
            String output = isChance || step.output() == null || step.output().length() == 38 ? "" : step.output();
            ends.put(step.stepKey(), step.kind() + " " + step.status() + " " + output);
        }
        return ends;
    }
}
