// SPDX-License-Identifier: Apache-2.0
/**
 * Crash injection: die at a named point, in a test or for real. Knows only the vocabulary in {@code dev.revive.workflow}.
 * Read {@link dev.revive.crash.CrashPoint} first, then {@link dev.revive.crash.CrashPlan}.
 */
@NullMarked
package dev.revive.crash;

import org.jspecify.annotations.NullMarked;
