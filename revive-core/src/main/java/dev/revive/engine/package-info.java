// SPDX-License-Identifier: Apache-2.0
/**
 * Seats, claims, lives and deaths. One ring: claim a due row, load its journal, run the user's code, checkpoint, and round again; start, retry and
 * crash all mean "make a row due". Knows every floor below. Read {@link dev.revive.engine.Executor} first.
 */
@NullMarked
package dev.revive.engine;

import org.jspecify.annotations.NullMarked;
