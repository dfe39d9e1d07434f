// SPDX-License-Identifier: Apache-2.0
/**
 * The ordered write-behind log: operations are queued, written in batches, each batch one commit, and whoever queued one hears what became of it.
 * Knows {@code store} and {@code thread}. Read {@link dev.revive.lane.Lane} first.
 */
@NullMarked
package dev.revive.lane;

import org.jspecify.annotations.NullMarked;
