// SPDX-License-Identifier: Apache-2.0
package dev.revive.crash;

import java.util.Locale;

/**
 * The moments at which a crash makes a difference. While a hook is installed, the engine makes them exact: it waits where it would else run
 * ahead of the disk, so that what is durable at each of them is what is said here.
 */
public enum CrashPoint {
    /** An attempt is about to begin; everything earlier is durable, its STARTED row is not written. */
    BEFORE_STARTED,
    /** Its STARTED row is durable (idempotent steps, polls and transactions have none), the effect has not begun. */
    BEFORE_EFFECT,
    /** The effect is over, its outcome is known to nobody but this thread. */
    AFTER_EFFECT,
    /** The outcome is queued and not durable; the function would run on. Transactions, which commit at once, do not pass it. */
    OUTCOME_QUEUED,
    /** The outcome is durable. */
    AFTER_OUTCOME,
    /** A parallel is about to fork; its row is not written. */
    BEFORE_FORK,
    /** Its row is queued, no branch has begun. */
    AFTER_FORK,
    /** One of its branches has ended, and that decides it; the decision is not queued. */
    BEFORE_DECISION,
    /** The decision is queued and not durable; no branch has heard of it. */
    DECISION_QUEUED,
    /** Its branches are over, its join is not queued. */
    BEFORE_JOIN,
    /** Its join is queued and not durable. */
    JOIN_QUEUED,
    /** All of a run waits, and it has unwound to leave memory; what it waits for is durable, its release is not queued. */
    BEFORE_UNLOAD,
    /** The run has left memory: its workflow is a row until it is due. */
    AFTER_UNLOAD,
    /** The function has returned or thrown; the workflow's end is not queued. */
    BEFORE_COMPLETION,
    /** The workflow's end is durable. */
    AFTER_COMPLETION;

    /**
     * The name for command lines.
     *
     * @return for example {@code after-effect}
     */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * The point with this name.
     *
     * @param label for example {@code after-effect}
     * @return the point
     * @throws IllegalArgumentException if there is none, listing those there are
     */
    public static CrashPoint of(String label) {
        for (CrashPoint point : values()) {
            if (point.label().equals(label) || point.name().equals(label)) {
                return point;
            }
        }
        StringBuilder known = new StringBuilder();
        for (CrashPoint point : values()) {
            known.append(known.isEmpty() ? "" : ", ").append(point.label());
        }
        throw new IllegalArgumentException(
                "There is no crash point \"%s\". Choose one of: %s.".formatted(label, known));
    }
}
