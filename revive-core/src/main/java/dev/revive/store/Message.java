// SPDX-License-Identifier: Apache-2.0
package dev.revive.store;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A row of the message table: what came for a workflow, in its inbox until it is received.
 *
 * @param workflowId whom it is for
 * @param position its place in the inbox: the workflow's {@code wakeSeq} as it was raised with the arrival, so commits are ordered as positions are
 * @param kind the kind of message
 * @param name what the workflow waits for it by
 * @param key unique in the inbox; a second message under it is taken for the first
 * @param payload what it carries, as JSON; null once it is received, for then the step has it
 * @param sentAt the sender's stamp
 * @param receivedAt when a step received it, or a paused workflow was resumed; null while it waits
 */
public record Message(
        String workflowId,
        long position,
        MessageKind kind,
        String name,
        String key,
        @Nullable String payload,
        Instant sentAt,
        @Nullable Instant receivedAt) {
    /** Checks what is never null. */
    public Message {
        Objects.requireNonNull(workflowId, "workflowId");
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(sentAt, "sentAt");
    }

    /**
     * What somebody waits for.
     *
     * @return what kind of thing, and its name, as one text: {@code SIGNAL:approval}
     */
    public String topic() {
        return topic(kind, name);
    }

    /**
     * What somebody waits for.
     *
     * @param kind the kind of message
     * @param name its name
     * @return both as one text
     */
    public static String topic(MessageKind kind, String name) {
        return kind.subject() + ":" + name;
    }

    /** With so many characters of its payload. */
    Message cut(int chars) {
        String text = payload;
        return text == null || text.length() <= chars
                ? this
                : new Message(workflowId, position, kind, name, key, text.substring(0, chars), sentAt, receivedAt);
    }

    Message givenBack(String carried) {
        return new Message(workflowId, position, kind, name, key, carried, sentAt, null);
    }

    Message received(Instant at) {
        return new Message(workflowId, position, kind, name, key, null, sentAt, at);
    }
}
