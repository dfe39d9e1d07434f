// SPDX-License-Identifier: Apache-2.0
/**
 * Threads, waiting and time: who may run, how long, by which clock, and how a thread leaves user code that must not go on. Knows nobody; everybody may
 * know it. Read {@link dev.revive.thread.Time} first: through it goes all that waits for time.
 */
@NullMarked
package dev.revive.thread;

import org.jspecify.annotations.NullMarked;
