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
    /** Checks the bounds. */
    public ExecutorSettings {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(version, "version");
        if (lanes < 1) {
            throw new IllegalArgumentException("lanes must be 1 or more, not " + lanes + ".");
        }
        if (lease.toMillis() < 100) {
            throw new IllegalArgumentException("A lease must be 100 ms or more, not " + lease + ".");
        }
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
