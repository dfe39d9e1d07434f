// SPDX-License-Identifier: Apache-2.0
package dev.revive.engine;

import dev.revive.crash.CrashAction;
import dev.revive.crash.CrashHook;
import dev.revive.crash.CrashPoint;
import dev.revive.crash.CrashSite;
import dev.revive.store.StepKey;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Asks the hook, and dies if told to. */
final class Crashes {
    private static final int KILLED = 137;

    private final @Nullable CrashHook hook;
    private final Consumer<CrashAction> die;

    Crashes(@Nullable CrashHook hook, Consumer<CrashAction> die) {
        this.hook = hook;
        this.die = die;
    }

    boolean areWatched() {
        return hook != null;
    }

    /** Dies or returns; after {@code die} the caller's next act on the run unwinds it. */
    void at(CrashPoint point, String workflowId, StepKey key, int attempt) {
        if (hook != null) {
            ask(new CrashSite(point, workflowId, key.scope(), key.sequence(), key.name(), attempt));
        }
    }

    void atCompletion(CrashPoint point, String workflowId, String workflowName) {
        if (hook != null) {
            ask(new CrashSite(point, workflowId, "", 0, workflowName, 0));
        }
    }

    private void ask(CrashSite site) {
        CrashAction action = hook == null ? CrashAction.GO_ON : hook.at(site);
        if (action == CrashAction.HALT) {
            Runtime.getRuntime().halt(KILLED);
        }
        if (action != CrashAction.GO_ON) {
            die.accept(action);
        }
    }
}
