// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard.view;

import org.jspecify.annotations.Nullable;

/** Hides what nobody is to see in a console, whoever looks. Called for every payload that is shown, by many threads. */
@FunctionalInterface
public interface Redaction {
    /**
     * Answers what may be shown.
     *
     * @param place where it was found
     * @param text JSON, or plain text where the place's content says so
     * @return the same text, another one of the same kind, or null to show nothing. If it throws, nothing is shown
     */
    @Nullable
    String redact(PayloadPlace place, String text);
}
