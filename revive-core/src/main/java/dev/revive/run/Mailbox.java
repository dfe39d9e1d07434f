// SPDX-License-Identifier: Apache-2.0
package dev.revive.run;

import dev.revive.store.Inbox;
import dev.revive.store.Message;
import dev.revive.store.MessageKind;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * What a run knows of its workflow's inbox: the messages that it has not received, in their order, and how far it has looked.
 *
 * <p>Whatever comes raises the workflow's counter in its own transaction. So all that came by the counter {@link #seen} is here or was received, and a
 * run that leaves memory by that counter is refused it if anything came since.
 */
public final class Mailbox {
    /** By topic; none that has no message. */
    private final Map<String, Queue<Message>> unread = new HashMap<>();

    /** The first of each kind. They are never taken out: each run of the workflow is to find them. */
    private final Map<MessageKind, Message> intents = new EnumMap<>(MessageKind.class);

    private boolean hasNewIntent;
    private long loaded;
    private long seen;
    private long last;
    private long asked;
    private long answered;

    /** Of a workflow whose counter stood so when nothing had come for it yet. */
    Mailbox(long wakeSeq) {
        seen = wakeSeq;
    }

    // ---- filling

    /** The place of the last message that is known. */
    public synchronized long last() {
        return last;
    }

    /** How often somebody has asked for a look: a look that begins now answers all of these. */
    public synchronized long asked() {
        return asked;
    }

    /**
     * Takes in what a look has found. Looks may overtake each other: what an earlier one has brought, and was perhaps received since, does not come again.
     *
     * @param inbox the counter, and what was not received
     * @param answers what {@link #asked} said before the look began
     */
    synchronized void fill(Inbox inbox, long answers) {
        for (Message message : inbox.messages()) {
            if (message.position() > last && message.kind().isIntent()) {
                hasNewIntent |= intents.putIfAbsent(message.kind(), message) == null;
                last = message.position();
            } else if (message.position() > last) {
                unread.computeIfAbsent(message.topic(), topic -> new ArrayDeque<>())
                        .add(message);
                last = message.position();
            }
        }
        seen = Math.max(seen, inbox.wakeSeq());
        last = Math.max(last, inbox.wakeSeq());
        answered = Math.max(answered, answers);
    }

    /** Takes in what was there before its run begins; a look may have brought more by now, which the run may have heeded in part. */
    synchronized void load(Inbox inbox) {
        fill(inbox, 0);
        loaded = inbox.wakeSeq();
        hasNewIntent = intents.values().stream().anyMatch(intent -> intent.position() > loaded);
    }

    synchronized long ask() {
        return ++asked;
    }

    synchronized boolean isAnswered(long question) {
        return answered >= question;
    }

    // ---- receiving

    public synchronized boolean has(String topic) {
        return unread.containsKey(topic);
    }

    /** Takes the first of a topic out. Whoever does has nothing between this and its checkpoint that could end it alone. */
    public synchronized @Nullable Message take(String topic) {
        Queue<Message> messages = unread.get(topic);
        if (messages == null) {
            return null;
        }
        Message first = messages.remove();
        if (messages.isEmpty()) {
            unread.remove(topic);
        }
        return first;
    }

    /** The first of a topic, which stays. */
    public synchronized @Nullable Message first(String topic) {
        Queue<Message> messages = unread.get(topic);
        return messages == null ? null : messages.element();
    }

    /** Takes out one that says what is no longer so; another may have done it. */
    public synchronized void drop(Message stale) {
        Queue<Message> messages = unread.get(stale.topic());
        if (messages != null && messages.remove(stale) && messages.isEmpty()) {
            unread.remove(stale.topic());
        }
    }

    /** What somebody wants of the workflow itself; null if nobody does. */
    public synchronized @Nullable Message intent(MessageKind kind) {
        return intents.get(kind);
    }

    // ---- leaving memory

    /** How far it has looked. */
    public synchronized long seen() {
        return seen;
    }

    /** Up to where its run knew what people want as it began. */
    public synchronized long loaded() {
        return loaded;
    }

    /** Whether people want something of the workflow that its run did not know as it began, and may not have heeded. */
    public synchronized boolean hasNewIntent() {
        return hasNewIntent;
    }

    /**
     * How far it has looked, for a run that is to leave memory.
     *
     * @param topics what it waits for
     * @return null if one of these is here, or people want something new, so that it must go on at once
     */
    public synchronized @Nullable Long seenUnless(Collection<String> topics) {
        return hasNewIntent || topics.stream().anyMatch(unread::containsKey) ? null : Long.valueOf(seen);
    }
}
