// SPDX-License-Identifier: Apache-2.0
package dev.revive.store;

/** The kinds of message. */
public enum MessageKind {
    /** What a workflow waits for by the name of a signal. */
    SIGNAL,
    /** Written by a newer Revive; this one does not know it. */
    UNKNOWN
}
