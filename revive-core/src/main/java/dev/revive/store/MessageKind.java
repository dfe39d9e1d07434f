// SPDX-License-Identifier: Apache-2.0
package dev.revive.store;

/** The kinds of message. */
public enum MessageKind {
    /** What a workflow waits for by the name of a signal. */
    SIGNAL("SIGNAL"),
    /** The value that an awakeable was completed with. */
    COMPLETION("AWAKEABLE"),
    /** Why an awakeable was failed. Who waits for the one waits for the other. */
    FAILURE("AWAKEABLE"),
    /** What a child has COMPLETED with, which is short. */
    RESULT("CHILD"),
    /** A child has ended: its row says how. Who waits for the one waits for the other. */
    END("CHILD"),
    /** Its children are to be ended, since it has. Only the outbox has this: nobody receives it. */
    CLOSE("CLOSE"),
    /** Somebody wants the workflow cancelled. It is never received: what follows from it is recorded, and each run looks for it. */
    CANCEL("CANCEL"),
    /** Somebody wants the workflow ended as it stands. */
    TERMINATE("TERMINATE"),
    /** Somebody wants the workflow paused; gone once it is resumed. */
    PAUSE("PAUSE"),
    /** Written by a newer Revive; this one does not know it. */
    UNKNOWN("UNKNOWN");

    private final String subject;

    MessageKind(String subject) {
        this.subject = subject;
    }

    /** What is waited for, together with a name. */
    String subject() {
        return subject;
    }

    /**
     * Whether it is about the workflow itself, whatever that waits for.
     *
     * @return true for CANCEL, TERMINATE and PAUSE
     */
    public boolean isIntent() {
        return this == CANCEL || this == TERMINATE || this == PAUSE;
    }

    /** Whether nobody receives it: each wait for it copies what it carries. */
    boolean isFact() {
        return this == COMPLETION || this == FAILURE || isNewsOfChild();
    }

    /**
     * Whether it tells a parent that a child has ended.
     *
     * @return true for RESULT and END
     */
    public boolean isNewsOfChild() {
        return this == RESULT || this == END;
    }
}
