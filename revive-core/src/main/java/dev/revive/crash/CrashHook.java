// SPDX-License-Identifier: Apache-2.0
package dev.revive.crash;

/**
 * Asked at every crash point. Called by the thread that passes it, so an implementation must be quick, safe for use by many threads, and must
 * not call the engine.
 */
@FunctionalInterface
public interface CrashHook {
    /**
     * Decides.
     *
     * @param site where the engine is
     * @return what happens there
     */
    CrashAction at(CrashSite site);
}
