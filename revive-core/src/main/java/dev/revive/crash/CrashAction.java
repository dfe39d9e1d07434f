// SPDX-License-Identifier: Apache-2.0
package dev.revive.crash;

/** What happens at a crash site. */
public enum CrashAction {
    /** Nothing: go on. */
    GO_ON,
    /** The engine dies as its process would; what is queued and not yet durable is lost. */
    CRASH_LOSING_QUEUED,
    /** The engine dies as its process would, but what is queued reaches the store first, as if the disk had been quicker. */
    CRASH_KEEPING_QUEUED,
    /** The JVM halts at once with exit code 137, as after kill -9. For child processes. */
    HALT
}
