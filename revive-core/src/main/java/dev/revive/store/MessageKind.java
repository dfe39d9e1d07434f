// SPDX-License-Identifier: Apache-2.0
package dev.revive.store;

/** The kinds of message. */
public enum MessageKind {
    /** What a workflow waits for by the name of a signal. */
    SIGNAL,
    /** Somebody wants the workflow cancelled. It is never received: what follows from it is recorded, and each run looks for it. */
    CANCEL,
    /** Somebody wants the workflow ended as it stands. */
    TERMINATE,
    /** Somebody wants the workflow paused; gone once it is resumed. */
    PAUSE,
    /** Written by a newer Revive; this one does not know it. */
    UNKNOWN;

    /**
     * Whether it is about the workflow itself, whatever that waits for.
     *
     * @return true for CANCEL, TERMINATE and PAUSE
     */
    public boolean isIntent() {
        return this == CANCEL || this == TERMINATE || this == PAUSE;
    }
}
