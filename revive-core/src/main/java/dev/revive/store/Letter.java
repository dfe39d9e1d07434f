// SPDX-License-Identifier: Apache-2.0
package dev.revive.store;

import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A message that is on its way to an inbox.
 *
 * @param workflowId whom it is for
 * @param kind the kind of message
 * @param name what the workflow waits for it by, at most 255 characters
 * @param key under which it arrives once, at most 255 characters
 * @param payload what it carries, as JSON
 * @param sentAt the sender's stamp
 * @param start the workflow to start if there is none under this id; null to start none
 */
public record Letter(
        String workflowId,
        MessageKind kind,
        String name,
        String key,
        String payload,
        Instant sentAt,
        @Nullable NewWorkflow start) {
    private static final String OF_PARENT = "p:";

    /** Checks what is never null. */
    public Letter {
        Objects.requireNonNull(workflowId, "workflowId");
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(payload, "payload");
        Objects.requireNonNull(sentAt, "sentAt");
    }

    /**
     * One that says what somebody wants of a workflow.
     *
     * @param workflowId the workflow
     * @param what CANCEL, TERMINATE or PAUSE
     * @param key under which it arrives once
     * @param why who wants it and why, as a failure in JSON: what is recorded where the workflow heeds it
     * @param sentAt the sender's stamp
     * @return the letter, by the name of what is wanted
     */
    public static Letter intent(String workflowId, MessageKind what, String key, String why, Instant sentAt) {
        return new Letter(workflowId, what, what.name().toLowerCase(Locale.ROOT), key, why, sentAt, null);
    }

    /**
     * The key of one that somebody sends from outside under a key of his own.
     *
     * @param key his idempotency key
     * @return what is unique in the inbox
     */
    public static String ofUser(String key) {
        return "u:" + key;
    }

    /**
     * The key of one that somebody sends from outside once: for the sender's own second try.
     *
     * @param key any that is never used again
     * @return what is unique in the inbox
     */
    public static String ofSender(UUID key) {
        return "g:" + key;
    }

    /**
     * The key of one that a workflow sends.
     *
     * @param key made of the call
     * @return what is unique in the inbox
     */
    public static String ofWorkflow(UUID key) {
        return "w:" + key;
    }

    /**
     * The key of one that cancels a workflow whose time is up.
     *
     * @param deadline until when it had time
     * @return what is unique in the inbox
     */
    public static String ofDeadline(Instant deadline) {
        return "d:" + deadline;
    }

    /**
     * The key of one that tells a parent that its child has ended.
     *
     * @param end made of that end: a child that has failed may be retried, and end once more
     * @return what is unique in the inbox
     */
    public static String ofChild(UUID end) {
        return "c:" + end;
    }

    /**
     * The key of one that ends a child, since its parent has ended.
     *
     * @param end made of that end
     * @return what is unique in the inbox
     */
    public static String ofParent(UUID end) {
        return OF_PARENT + end;
    }

    /**
     * Whether the end of a workflow has asked for it: whom it concerns may have ended as well, or be gone, and that is no fault.
     *
     * @return true if it tells a parent of its child, or ends a child
     */
    public boolean isOfAnEnd() {
        return kind.isNewsOfChild() || key.startsWith(OF_PARENT);
    }

    /**
     * The row it becomes.
     *
     * @param position its place in the inbox
     * @return the message, not received
     */
    public Message at(long position) {
        return new Message(workflowId, position, kind, name, key, payload, sentAt, null);
    }

    /**
     * What somebody waits for.
     *
     * @return as in {@link Message#topic()}
     */
    public String topic() {
        return Message.topic(kind, name);
    }
}
