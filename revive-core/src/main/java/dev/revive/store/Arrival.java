// SPDX-License-Identifier: Apache-2.0
package dev.revive.store;

/** What became of a letter. */
public enum Arrival {
    /** It is in the inbox, or one under its key has been before. */
    ARRIVED,
    /** There is no such workflow. */
    NOT_FOUND,
    /** The workflow has ended. */
    ENDED,
    /** Somebody keeps the workflow's row locked. Nothing was written: it may be sent again. */
    LOCKED
}
