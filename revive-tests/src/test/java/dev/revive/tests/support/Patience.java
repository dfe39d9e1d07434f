// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.support;

import java.time.Duration;

/**
 * How long a test waits for what must come: long, as a busy machine may be slow, and it costs nothing where it comes. A negative control waits for what
 * never comes, and its process is told to have less patience.
 */
public final class Patience {
    /** How many seconds a negative control waits. */
    public static final String SECONDS = "revive.patienceSeconds";

    private static final Duration AT_MOST = Duration.ofSeconds(Integer.getInteger(SECONDS, Integer.MAX_VALUE));

    private Patience() {}

    /** So much, or what this process has. */
    public static Duration of(Duration usual) {
        return usual.compareTo(AT_MOST) < 0 ? usual : AT_MOST;
    }
}
