// SPDX-License-Identifier: Apache-2.0
package dev.revive.store;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What an executor wants of its seat.
 *
 * @param name a name for people, the host's for example; not unique
 * @param lanes how many committer threads at most, each with a connection; 1 or more
 * @param lease how long the executor counts as alive after a renewal
 * @param version the version of its program, for people
 * @param types what it has code for, for people: a list of texts in JSON, {@code ["order v1", "refund v2"]}; null if it does not tell
 */
public record ExecutorSettings(
        String name,
        int lanes,
        Duration lease,
        String version,
        @Nullable String types) {
    private static final int LONGEST_TYPES = 10_000;
    private static final Duration SHORTEST_LEASE = Duration.ofMillis(100);

    /** Parts of a lease are handed to databases as milliseconds, which are 32 bits there. */
    private static final Duration LONGEST_LEASE = Duration.ofDays(30);

    /** Checks the bounds. A lease of more than 30 days is that many; types of more than 10,000 characters are not told. */
    public ExecutorSettings {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(version, "version");
        if (lanes < 1) {
            throw new IllegalArgumentException("lanes must be 1 or more, not " + lanes + ".");
        }
        if (lease.compareTo(SHORTEST_LEASE) < 0) {
            throw new IllegalArgumentException("A lease must be 100 ms or more, not " + lease + ".");
        }
        types = types == null || types.length() > LONGEST_TYPES ? null : types;
        lease = lease.compareTo(LONGEST_LEASE) > 0 ? LONGEST_LEASE : lease;
    }

    /**
     * Of a program that tells neither its version nor what it has code for.
     *
     * @param name a name for people
     * @param lanes how many committer threads at most; 1 or more
     * @param lease how long the executor counts as alive after a renewal
     */
    public ExecutorSettings(String name, int lanes, Duration lease) {
        this(name, lanes, lease, "", null);
    }
}
