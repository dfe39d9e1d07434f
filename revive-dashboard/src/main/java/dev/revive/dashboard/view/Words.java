// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard.view;

import dev.revive.codec.Documents;
import dev.revive.dashboard.view.PayloadPlace.Content;
import dev.revive.workflow.Attention;
import dev.revive.workflow.Failure;
import dev.revive.workflow.SerializationException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The texts of one workflow, as one viewer may see them. */
record Words(String workflowId, String workflowName, Viewer viewer) {
    /** Longer payloads are cut; the journal has them whole. */
    static final int LONGEST = 262_144;

    static final int PREVIEW = 120;

    private static final String HIDDEN = "Hidden: it may hold payloads, which you may not see.";

    @Nullable
    Payload payload(Content content, @Nullable String step, @Nullable String json) {
        return json == null ? null : shown(content, step, json);
    }

    Payload shown(Content content, @Nullable String step, String json) {
        String seen = viewer.see(place(content, step), json);
        if (seen == null) {
            return new Payload(null, json.length(), true, false);
        }
        return new Payload(cut(seen, LONGEST), json.length(), !json.equals(seen), seen.length() > LONGEST);
    }

    /** As it stands in the table, if it may be seen at all. */
    @Nullable
    String whole(Content content, @Nullable String step, @Nullable String json) {
        return json == null ? null : viewer.see(place(content, step), json);
    }

    @Nullable
    String preview(@Nullable String step, @Nullable String output, @Nullable String failure) {
        if (output != null) {
            String seen = viewer.see(place(Content.OUTPUT, step), output);
            return seen == null ? null : cut(seen, PREVIEW);
        }
        Failure shown = viewer.seesPayloads() ? failure(step, failure) : null;
        return shown == null ? null : cut(shown.summary(), PREVIEW);
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
