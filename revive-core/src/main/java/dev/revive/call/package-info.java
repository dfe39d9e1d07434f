// SPDX-License-Identifier: Apache-2.0
/**
 * One class for each kind of durable call, from whatever is recorded of it to its outcome; and what user code sees of them. Read
 * {@link dev.revive.call.Execution} first, then {@code Context} and {@code StepCall}.
 */
@NullMarked
package dev.revive.call;

import org.jspecify.annotations.NullMarked;
