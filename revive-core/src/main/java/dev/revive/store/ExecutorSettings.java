// SPDX-License-Identifier: Apache-2.0
package dev.revive.store;

import java.time.Duration;
import java.util.Objects;

/**
 * What an executor wants of its seat.
 *
 * @param name a name for people, the host's for example; not unique
 * @param lanes how many committer threads at most, each with a connection; 1 or more
 * @param lease how long the executor counts as alive after a renewal
 * @param version the version of its program, for people
 */
public record ExecutorSettings(String name, int lanes, Duration lease, String version) {
    private static final Duration SHORTEST_LEASE = Duration.ofMillis(100);

    /** Parts of a lease are handed to databases as milliseconds, which are 32 bits there. */
    private static final Duration LONGEST_LEASE = Duration.ofDays(30);

    /** Checks the bounds. A lease of more than 30 days is that many. */
    public ExecutorSettings {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(version, "version");
        if (lanes < 1) {
            throw new IllegalArgumentException("lanes must be 1 or more, not " + lanes + ".");
        }
        if (lease.compareTo(SHORTEST_LEASE) < 0) {
            throw new IllegalArgumentException("A lease must be 100 ms or more, not " + lease + ".");
        }
        lease = lease.compareTo(LONGEST_LEASE) > 0 ? LONGEST_LEASE : lease;
    }

    /**
     * Of a program that does not tell its version.
     *
     * @param name a name for people
     * @param lanes how many committer threads at most; 1 or more
     * @param lease how long the executor counts as alive after a renewal
     */
    public ExecutorSettings(String name, int lanes, Duration lease) {
        this(name, lanes, lease, "");
    }
}
