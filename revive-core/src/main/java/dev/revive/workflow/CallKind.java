// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

/** The kinds of durable call. */
public enum CallKind {
    /** A side effect. */
    STEP,
    /** Business rows and checkpoint in one transaction. */
    TRANSACTION,
    /** Branches. */
    PARALLEL,
    /** A wait until an instant. */
    SLEEP,
    /** A wait for a signal, and its receipt. */
    AWAIT,
    /** A signal sent to another workflow. */
    SIGNAL,
    /** An id that somebody outside completes, once. */
    AWAKEABLE,
    /** A wait for an awakeable to be completed. */
    COMPLETION,
    /** One look after the other, until what is seen is what is waited for. */
    POLL,
    /** The start of another workflow, whose parent this one is. */
    CHILD,
    /** A wait for a child to end. */
    RESULT,
    /** Written by a newer Revive; this one does not know it. */
    UNKNOWN
}
