// SPDX-License-Identifier: Apache-2.0
package dev.revive.run;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a scope that is at rest waits for: whichever comes first.
 *
 * @param until by the engine's clock; null if no time ends it
 * @param topic a message of this {@linkplain dev.revive.store.Message#topic topic}; null if no message does
 */
public record Wait(@Nullable Instant until, @Nullable String topic) {
    /** For nothing but other branches. */
    static Wait forSiblings() {
        return new Wait(null, null);
    }

    static Wait until(Instant until) {
        return new Wait(until, null);
    }
}
