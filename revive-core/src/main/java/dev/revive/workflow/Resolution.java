// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

/** What was done about an attempt in doubt: a zombie, or one whose time was up; or about a step that had failed. */
public enum Resolution {
    /** Another attempt began. */
    RAN_AGAIN,
    /** The outside world said that it had happened; its value was recorded. */
    FOUND_DONE,
    /** The outside world said that it had not happened; another attempt began. */
    FOUND_UNDONE,
    /** It was given up as unknown. */
    GIVEN_UP,
    /** A person decided what came of it: what is recorded is what that person said. */
    DECIDED,
    /** A person decided that another attempt begins. What came of that one, it said itself. */
    DECIDED_AGAIN,
    /** A person had its failed workflow retried. */
    RETRIED,
    /** Written by a newer Revive; this one does not know it. */
    UNKNOWN
}
