// SPDX-License-Identifier: Apache-2.0
/**
 * What runs workflows. One ring: claim a due row, load its journal, run the user's code, checkpoint, and round again; start, retry and crash all
 * mean "make a row due". Knows every floor below and only calls downwards. Read {@link dev.revive.engine.Executor} first, then
 * {@code Run}, {@code Scope} and {@code StepCall}.
 */
@NullMarked
package dev.revive.engine;

import org.jspecify.annotations.NullMarked;
