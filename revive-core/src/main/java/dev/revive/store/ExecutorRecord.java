// SPDX-License-Identifier: Apache-2.0
package dev.revive.store;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A row of the executor table, as one look at the store sees it. All times are of the store's clock.
 *
 * @param id fresh for every start of an engine
 * @param name a name for people
 * @param version the version of its program, for people
 * @param alive whether it may write: not declared dead, and its lease, if it has one, has not lapsed
 * @param startedAt when it took its seat
 * @param heartbeatAt when it last renewed its lease, or took its seat; null if it need not renew, since its seat lives as long as its process
 * @param leaseUntil until when it counts as alive without renewing; null if it need not renew
 * @param seenAt when the store was looked at
 * @param types what it has code for, {@link ExecutorSettings#types}; null if that is not known
 */
public record ExecutorRecord(
        String id,
        String name,
        String version,
        boolean alive,
        Instant startedAt,
        @Nullable Instant heartbeatAt,
        @Nullable Instant leaseUntil,
        Instant seenAt,
        @Nullable String types) {
    /** Checks what is never null. */
    public ExecutorRecord {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(version, "version");
    }
}
