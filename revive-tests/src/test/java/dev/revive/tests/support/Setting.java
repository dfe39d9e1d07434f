// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.support;

import dev.revive.Revive;
import java.time.Duration;

/** Under what the tests run: which store, and how much room. One permit and one thread must be enough for any workflow. */
public enum Setting {
    /** In memory, one permit, one thread. */
    MEMORY_NARROW(Place.MEMORY, Room.NARROW),
    /** In memory, with the defaults. */
    MEMORY_WIDE(Place.MEMORY, Room.WIDE),
    /** In memory, with the defaults, but every wait unloads at once. */
    MEMORY_UNLOADING(Place.MEMORY, Room.UNLOADING),
    /** In an H2 file, one permit, one thread. */
    H2_NARROW(Place.H2, Room.NARROW),
    /** In an H2 file, with the defaults. */
    H2_WIDE(Place.H2, Room.WIDE),
    /** In PostgreSQL, with the defaults. */
    POSTGRES_WIDE(Place.POSTGRES, Room.WIDE),
    /** In MariaDB, with the defaults. */
    MARIADB_WIDE(Place.MARIADB, Room.WIDE);

    private enum Room {
        NARROW,
        WIDE,
        UNLOADING
    }

    private final Place place;
    private final Room room;

    Setting(Place place, Room room) {
        this.place = place;
        this.room = room;
    }

    /** Where the workflows are kept. */
    public Place place() {
        return place;
    }

    /** Whether the store is a database. */
    public boolean isDatabase() {
        return place != Place.MEMORY;
    }

    /** Whether there is one permit and one thread. */
    public boolean isNarrow() {
        return room == Room.NARROW;
    }

    /** Whether every wait unloads at once. */
    public boolean isUnloading() {
        return room == Room.UNLOADING;
    }

    Revive.Builder applyTo(Revive.Builder builder) {
        if (isUnloading()) {
            builder.unloadAfter(Duration.ZERO);
        }
        return isNarrow() ? builder.permits(1).threads(1) : builder;
    }
}
