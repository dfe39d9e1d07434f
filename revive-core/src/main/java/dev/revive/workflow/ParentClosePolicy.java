// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

/** What becomes of a child that has not ended when its parent ends, however that ends. */
public enum ParentClosePolicy {
    /** It is cancelled: it cleans up, and ends CANCELLED. */
    CANCEL,
    /** It is terminated, as it stands. */
    TERMINATE,
    /** It goes on. */
    ABANDON
}
