// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.support;

import dev.revive.Revive;
import java.time.Duration;

/** Under what the tests run: which store, and how much room. One permit and one thread must be enough for any workflow. */
public enum Setting {
    /** In memory, one permit, one thread. */
    MEMORY_NARROW(false, true),
    /** In memory, with the defaults. */
    MEMORY_WIDE(false, false),
    /** In memory, with the defaults, but every wait unloads at once. */
    MEMORY_UNLOADING(false, false),
    /** In an H2 file, one permit, one thread. */
    H2_NARROW(true, true),
    /** In an H2 file, with the defaults. */
    H2_WIDE(true, false);

    private final boolean isH2;
    private final boolean isNarrow;

    Setting(boolean isH2, boolean isNarrow) {
        this.isH2 = isH2;
        this.isNarrow = isNarrow;
    }

    /** Whether the store is a database. */
    public boolean isH2() {
        return isH2;
    }

    /** Whether there is one permit and one thread. */
    public boolean isNarrow() {
        return isNarrow;
    }

    /** Whether every wait unloads at once. */
    public boolean isUnloading() {
        return this == MEMORY_UNLOADING;
    }

    Revive.Builder applyTo(Revive.Builder builder) {
        if (isUnloading()) {
            builder.unloadAfter(Duration.ZERO);
        }
        return isNarrow ? builder.permits(1).threads(1) : builder;
    }
}
