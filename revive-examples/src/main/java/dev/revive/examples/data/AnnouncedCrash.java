// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.data;

import dev.revive.crash.CrashAction;
import dev.revive.crash.CrashHook;
import dev.revive.crash.CrashPlan;
import dev.revive.crash.CrashSite;
import dev.revive.examples.world.ExecutionLog;

/**
 * A planned crash that leaves word before the JVM is gone.
 *
 * @param plan where to crash
 * @param log what is told about it
 */
public record AnnouncedCrash(CrashPlan plan, ExecutionLog log) implements CrashHook {
    @Override
    public CrashAction at(CrashSite site) {
        CrashAction action = plan.at(site);
        if (action == CrashAction.HALT) {
            announce(site.workflowId(), site.point().label() + " of \"" + site.name() + "\"");
        }
        return action;
    }

    private void announce(String workflowId, String where) {
        log.add(workflowId + ": JVM halts at " + where);
        System.out.printf(
                "%s: this JVM (pid %d) halts at %s%n",
                workflowId, ProcessHandle.current().pid(), where);
        System.out.flush();
    }
}
