// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard.view;

import dev.revive.codec.Documents;
import dev.revive.dashboard.view.InboxView.IntentItem;
import dev.revive.dashboard.view.InboxView.MessageItem;
import dev.revive.dashboard.view.PayloadPlace.Content;
import dev.revive.dashboard.view.UndeliveredList.Carried;
import dev.revive.store.Message;
import dev.revive.workflow.Attention;
import dev.revive.workflow.Failure;
import dev.revive.workflow.Parallel;
import dev.revive.workflow.SerializationException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The texts of one workflow, as one viewer may see them. */
record VisibleTexts(String workflowId, String workflowName, Viewer viewer) {
    /** Longer payloads are cut. */
    static final int LONGEST = 262_144;

    /** The same in the journal. */
    static final int LONGEST_IN_JOURNAL = 1_000_000;

    /** What a hook has to see whole is shown no further than this: else one payload would take all the memory there is. */
    private static final int LONGEST_REDACTED = 1_000_000;

    /** The same of a message in an inbox. */
    private static final int LONGEST_OF_MESSAGE = 10_000;

    static final int PREVIEW = 120;

    private static final String HIDDEN = "Hidden: it may hold payloads, which you may not see.";

    /** How much of a payload to read: nothing of what is not shown, and all that there is to hide something in. */
    static int toRead(Viewer viewer, int shown) {
        return viewer.seesPayloads() ? viewer.redaction() == null ? shown : LONGEST_REDACTED : 0;
    }

    @Nullable
    Payload payload(Content content, @Nullable String step, @Nullable String json, int chars) {
        return json == null ? null : shown(content, step, json, chars);
    }

    Payload shown(Content content, @Nullable String step, String json, int chars) {
        String seen = seen(content, step, json, chars);
        if (seen == null) {
            return new Payload(null, chars, true, false);
        }
        boolean isRedacted = viewer.redaction() != null && !json.equals(seen);
        return new Payload(
                cut(seen, LONGEST), chars, isRedacted, seen.length() > LONGEST || chars > toRead(viewer, LONGEST));
    }

    /** What a child has ended with is seen in its own row. */
    MessageItem message(Message message) {
        if (message.kind().isNewsOfChild()) {
            return new MessageItem(
                    message.position(), message.kind(), message.name(), message.sentAt(), null, false, false);
        }
        Carried payload = carried(Content.SIGNAL, message.name(), message.payload());
        return new MessageItem(
                message.position(),
                message.kind(),
                message.name(),
                message.sentAt(),
                payload.json(),
                payload.isRedacted(),
                payload.isTruncated());
    }

    /** A text of which so much was read as {@link #messageToRead} says. */
    Carried carried(Content content, @Nullable String name, @Nullable String json) {
        boolean isCut = json != null && json.length() > LONGEST_OF_MESSAGE;
        boolean isHidden = isCut && viewer.redaction() != null;
        String seen = json == null || isHidden ? null : viewer.see(place(content, name), json);
        return new Carried(
                seen == null ? null : cut(seen, LONGEST_OF_MESSAGE),
                seen == null || (viewer.redaction() != null && !seen.equals(json)),
                isCut || (seen != null && seen.length() > LONGEST_OF_MESSAGE));
    }

    /** Why somebody wants what; null if that may not be seen, was not given, or is too long. */
    IntentItem intent(Message intent) {
        String json = intent.payload();
        boolean isThere = viewer.seesPayloads() && json != null && json.length() <= LONGEST_OF_MESSAGE;
        Failure why = isThere ? failure(null, json) : null;
        return new IntentItem(intent.kind(), intent.sentAt(), why == null ? null : why.message());
    }

    /** Many are read at once, so a hook that has to see the whole sees no more of each than is shown, or nothing. */
    static int messageToRead(Viewer viewer) {
        return viewer.seesPayloads() ? LONGEST_OF_MESSAGE + 1 : 0;
    }

    /** As it stands in the table, if it may be seen at all; cut where it is very long. */
    @Nullable
    String raw(Content content, @Nullable String step, @Nullable String json, int chars) {
        String seen = json == null ? null : seen(content, step, json, chars);
        return seen == null ? null : cut(seen, LONGEST_IN_JOURNAL);
    }

    /** Of what is too long for the hook nothing. */
    private @Nullable String seen(Content content, @Nullable String step, String json, int chars) {
        boolean isHidden = viewer.redaction() != null && chars > LONGEST_REDACTED;
        return isHidden ? null : viewer.see(place(content, step), json);
    }

    @Nullable
    String preview(@Nullable String step, @Nullable String output, int chars, @Nullable String failure) {
        if (output != null && failure == null) {
            String seen = seen(Content.OUTPUT, step, output, chars);
            return seen == null ? null : cut(seen, PREVIEW);
        }
        Failure shown = viewer.seesPayloads() ? failure(step, failure) : null;
        return shown == null ? null : cut(isCutOff(shown) ? "Cut off: " + shown.message() : shown.summary(), PREVIEW);
    }

    /** Whether a failure says that a branch was cut off, and not that somebody cancelled the workflow. */
    static boolean isCutOff(String failure) {
        try {
            return isCutOff(Documents.failure(failure));
        } catch (SerializationException | NullPointerException e) {
            return false;
        }
    }

    private static boolean isCutOff(Failure failure) {
        return failure.kind() == Failure.Kind.CANCELLED && failure.type().equals(Parallel.class.getName());
    }

    @Nullable
    Failure failure(@Nullable String step, @Nullable String json) {
        if (json == null) {
            return null;
        }
        try {
            return shown(step, Documents.failure(json));
        } catch (SerializationException | NullPointerException e) {
            return new Failure(Failure.Kind.THROWN, "unreadable", "This failure cannot be read.", List.of(), null);
        }
    }

    private Failure shown(@Nullable String step, Failure failure) {
        String message = failure.message();
        Failure cause = failure.cause();
        return new Failure(
                failure.kind(),
                failure.type(),
                message == null ? null : viewer.see(place(Content.FAILURE_MESSAGE, step), message),
                failure.trace(),
                cause == null ? null : shown(step, cause));
    }

    @Nullable
    Attention attention(@Nullable String json) {
        if (json == null) {
            return null;
        }
        Attention read;
        try {
            read = Documents.attention(json);
        } catch (SerializationException | NullPointerException e) {
            return new Attention(Attention.Reason.STORE_REFUSED, "This report cannot be read.", List.of());
        }
        boolean isAboutCode = read.reason() == Attention.Reason.NON_DETERMINISM;
        String message = isAboutCode && viewer.redaction() == null
                ? read.message()
                : viewer.see(place(Content.ATTENTION_MESSAGE, null), read.message());
        return new Attention(read.reason(), message == null ? HIDDEN : message, read.diff());
    }

    private PayloadPlace place(Content content, @Nullable String step) {
        return new PayloadPlace(workflowId, workflowName, content, step);
    }

    /** Never between the halves of a character. */
    private static String cut(String text, int length) {
        if (text.length() <= length) {
            return text;
        }
        return text.substring(0, Character.isHighSurrogate(text.charAt(length - 1)) ? length - 1 : length);
    }
}
