// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

import org.jspecify.annotations.Nullable;

/**
 * How a signal is sent. Immutable.
 *
 * @param key the sender's idempotency key, or null
 */
public record SignalOptions(@Nullable String key) {
    private static final SignalOptions DEFAULTS = new SignalOptions(null);

    /** Checks the key. */
    public SignalOptions {
        if (key != null) {
            Names.name("idempotency key", key);
        }
    }

    /**
     * Without an idempotency key: whoever does not know whether a signal got through, and sends it again, may have sent two.
     *
     * @return the options
     */
    public static SignalOptions defaults() {
        return DEFAULTS;
    }

    /**
     * With an idempotency key: of all signals to one workflow under one key the first counts, whatever the others carry. It is remembered for as long
     * as the workflow's row is there, though it has ended.
     *
     * @param key 1 to 200 characters
     * @return the options
     * @throws IllegalArgumentException if it is blank, too long, or holds what a database cannot
     */
    public static SignalOptions idempotencyKey(String key) {
        return new SignalOptions(Names.name("idempotency key", key));
    }
}
