// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard.view;

import dev.revive.store.MessageKind;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What came for a workflow and waits in its inbox. In JSON the properties stand beside those of the workflow.
 *
 * @param intents what people want of it, the oldest first: asked for, and not withdrawn; empty once it has ended
 * @param messages what nobody has received, the oldest first
 * @param messagesAreCut whether there may be more of both than are shown here
 */
public record InboxView(List<IntentItem> intents, List<MessageItem> messages, boolean messagesAreCut) {
    /** Nothing. */
    static final InboxView EMPTY = new InboxView(List.of(), List.of(), false);

    /**
     * What somebody wants of it.
     *
     * @param kind CANCEL, TERMINATE or PAUSE
     * @param askedAt when it was asked for
     * @param reason why; null if no reason was given, or the viewer may not see it
     */
    public record IntentItem(
            MessageKind kind, Instant askedAt, @Nullable String reason) {}

    /**
     * A message that nobody has received, or the news that a child has ended whose result nobody has asked for yet.
     *
     * @param position its place in the inbox
     * @param kind SIGNAL; RESULT or END of a child; or UNKNOWN if a newer Revive wrote it
     * @param name what a workflow waits for it by: the name of the signal, or the id of the child
     * @param sentAt when it was sent
     * @param payload what it carries, as JSON; null if the viewer may not see it, and of a child, whose own row has it
     * @param isRedacted whether anything of it is kept from the viewer
     * @param isTruncated whether it was too long to be sent whole
     */
    public record MessageItem(
            long position,
            MessageKind kind,
            String name,
            Instant sentAt,
            @Nullable String payload,
            boolean isRedacted,
            boolean isTruncated) {}

    boolean isAskedFor(MessageKind kind) {
        return intents.stream().anyMatch(intent -> intent.kind() == kind);
    }
}
