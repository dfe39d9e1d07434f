// SPDX-License-Identifier: Apache-2.0
/**
 * Where an example keeps its data, and what it tells about a run: options, the store behind them, reports.
 * Knows Revive and {@code world}, no single example.
 * Read {@link dev.revive.examples.data.DataOptions} first.
 */
@NullMarked
package dev.revive.examples.data;

import org.jspecify.annotations.NullMarked;
