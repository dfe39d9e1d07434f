// SPDX-License-Identifier: Apache-2.0
/**
 * The store on a relational database. Knows the SPI in {@code dev.revive.store}, never the engine.
 * Read {@link dev.revive.jdbc.JdbcStore} first; inside, {@code BatchWriter} is the heart and {@code Dialect} all that differs by database.
 */
@NullMarked
package dev.revive.jdbc;

import org.jspecify.annotations.NullMarked;
