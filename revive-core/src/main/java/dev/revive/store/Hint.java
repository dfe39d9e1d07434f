// SPDX-License-Identifier: Apache-2.0
package dev.revive.store;

/** What an executor is told before its next poll would find it out. Only a hint: it may come late, twice, for nothing, or never. */
public enum Hint {
    /** Something is due that was not, or will be sooner than it would have been. */
    DUE,
    /** A workflow has ended, or needs attention: somebody may wait for that. */
    ENDED
}
