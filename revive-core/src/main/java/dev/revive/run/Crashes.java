// SPDX-License-Identifier: Apache-2.0
package dev.revive.run;

import dev.revive.crash.CrashAction;
import dev.revive.crash.CrashHook;
import dev.revive.crash.CrashPoint;
import dev.revive.crash.CrashSite;
import dev.revive.store.StepKey;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Asks the hook, and dies if told to. */
public final class Crashes {
    private static final int KILLED = 137;

    private final @Nullable CrashHook hook;
    private final Consumer<CrashAction> die;
    private final Consumer<Throwable> broken;

    public Crashes(@Nullable CrashHook hook, Consumer<CrashAction> die, Consumer<Throwable> broken) {
        this.hook = hook;
        this.die = die;
        this.broken = broken;
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

    /** A hook that throws is a broken test: better dead and loud than a failure of the user's step. */
    private CrashAction decide(CrashSite site) {
        try {
            return hook == null ? CrashAction.GO_ON : hook.at(site);
        } catch (RuntimeException | AssertionError e) {
            broken.accept(new IllegalStateException("The crash hook threw at " + site, e));
            return CrashAction.GO_ON;
        }
    }

    private void ask(CrashSite site) {
        CrashAction action = decide(site);
        if (action == CrashAction.HALT) {
            Runtime.getRuntime().halt(KILLED);
        }
        if (action != CrashAction.GO_ON) {
            die.accept(action);
        }
    }
}
