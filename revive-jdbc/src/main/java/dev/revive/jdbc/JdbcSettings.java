// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import java.util.Objects;
import java.util.regex.Pattern;

/**
 * How a {@link JdbcStore} uses a data source.
 *
 * @param tablePrefix in front of every table's name: a lower-case letter, then at most 20 of {@code a-z 0-9 _}
 * @param schemaMode what to do about the tables
 * @param exclusive whether this store is the only one that uses the tables: no leases then, and all other executors are dead
 * @param durability for H2 in a file only: what an acknowledged write survives
 */
public record JdbcSettings(String tablePrefix, SchemaMode schemaMode, boolean exclusive, Durability durability) {
    private static final Pattern PREFIX = Pattern.compile("[a-z][a-z0-9_]{0,20}");

    /** Checks the prefix. */
    public JdbcSettings {
        Objects.requireNonNull(schemaMode, "schemaMode");
        Objects.requireNonNull(durability, "durability");
        if (!PREFIX.matcher(tablePrefix).matches()) {
            throw new IllegalArgumentException(
                    "The table prefix \"%s\" must be a lower-case letter followed by at most 20 of a-z, 0-9 and _."
                            .formatted(tablePrefix));
        }
    }

    /**
     * Prefix {@code revive_}, migrating, shared, durable through a power cut.
     *
     * @return the settings
     */
    public static JdbcSettings defaults() {
        return new JdbcSettings("revive_", SchemaMode.MIGRATE, false, Durability.POWER_LOSS);
    }

    /**
     * With another prefix: several independent stores can share a database.
     *
     * @param prefix in front of every table's name
     * @return a copy
     */
    public JdbcSettings withTablePrefix(String prefix) {
        return new JdbcSettings(prefix, schemaMode, exclusive, durability);
    }

    /**
     * With another schema mode.
     *
     * @param mode what to do about the tables
     * @return a copy
     */
    public JdbcSettings withSchemaMode(SchemaMode mode) {
        return new JdbcSettings(tablePrefix, mode, exclusive, durability);
    }

    /**
     * For tables that no other store uses: what a dead process left behind is due at once, without waiting for a lease.
     *
     * @return a copy
     */
    public JdbcSettings asExclusive() {
        return new JdbcSettings(tablePrefix, schemaMode, true, durability);
    }

    /**
     * With another durability.
     *
     * @param level what an acknowledged write survives
     * @return a copy
     */
    public JdbcSettings withDurability(Durability level) {
        return new JdbcSettings(tablePrefix, schemaMode, exclusive, level);
    }
}
