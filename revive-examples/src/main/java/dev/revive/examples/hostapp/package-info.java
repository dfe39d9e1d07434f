// SPDX-License-Identifier: Apache-2.0
/**
 * A program with a connection pool of its own that embeds Revive, and a step that is exactly once: rows and checkpoint in one transaction.
 * Knows {@code data} for its options; no other example.
 * Read {@link dev.revive.examples.hostapp.HostAppCommand} first, then {@code Bank}.
 */
@NullMarked
package dev.revive.examples.hostapp;

import org.jspecify.annotations.NullMarked;
