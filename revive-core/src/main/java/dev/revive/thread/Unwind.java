// SPDX-License-Identifier: Apache-2.0
package dev.revive.thread;

/**
 * Unwinds the stack of a run that must not go on. An Error, so that {@code catch (Exception e)} in user code lets it pass; without a stack
 * trace, since it is no fault; thrown again by every later call, for users who catch everything.
 */
@SuppressWarnings(
        "StaticAssignmentOfThrowable") // without trace and suppressed exceptions it holds nothing of its place
public final class Unwind extends Error {
    private static final long serialVersionUID = 1L;

    /** The whole run ends. */
    public static final Unwind RUN =
            new Unwind("This run ends here; Revive goes on with the workflow later. Do not catch this.");

    /** Only a branch ends, whose join an older version recorded, without a cancellation. */
    public static final Unwind BRANCH =
            new Unwind("This branch is cancelled, since a sibling failed. Do not catch this.");

    /** A branch waits, and its thread is needed for another. */
    public static final Unwind WAIT = new Unwind("This branch waits; Revive goes on with it later. Do not catch this.");

    /** A branch is looked at as far as it is recorded, and this is as far. */
    public static final Unwind LOOK_AHEAD =
            new Unwind("This branch is looked at as far as it is recorded. Do not catch this.");

    /** A call ends, since its workflow is cancelled, or its branch is cut off; nothing of it has happened. It goes no further than the call itself, which records it. */
    public static final Unwind CANCEL = new Unwind("This call is cancelled. Do not catch this.");

    /** The same for one that may have happened. */
    public static final Unwind CANCEL_IN_DOUBT =
            new Unwind("This call is cancelled, and may have happened. Do not catch this.");

    private Unwind(String message) {
        super(message, null, false, false);
    }
}
