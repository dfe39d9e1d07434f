// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard.view;

import org.jspecify.annotations.Nullable;

/**
 * Who looks, as far as it matters for what is shown.
 *
 * @param seesPayloads whether payloads and messages are shown
 * @param operates whether actions are offered
 * @param redaction what is hidden from everybody, or null for nothing
 */
public record Viewer(
        boolean seesPayloads, boolean operates, @Nullable Redaction redaction) {
    /**
     * Somebody from whom nothing is hidden.
     *
     * @return the viewer
     */
    public static Viewer ofEverything() {
        return new Viewer(true, true, null);
    }

    /** The same of what the host cannot tell what to hide of: nothing is shown if anything may have to be hidden. */
    Viewer ofUnknownPlaces() {
        return redaction == null ? this : new Viewer(false, operates, redaction);
    }

    /** What is left of a text; null if nothing. */
    @Nullable
    String see(PayloadPlace place, String text) {
        if (!seesPayloads) {
            return null;
        }
        if (redaction == null) {
            return text;
        }
        try {
            return redaction.redact(place, text);
        } catch (RuntimeException e) {
            return null; // a hook that fails must not show what it was to hide
        }
    }
}
