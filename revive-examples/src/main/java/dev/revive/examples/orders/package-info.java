// SPDX-License-Identifier: Apache-2.0
/**
 * The workflow "order" and its commands: crash, resume, demo. It waits for people, asks several at once, and undoes what it did if it cannot go on.
 * Knows {@code data} and {@code world}; no other example.
 * Read {@link dev.revive.examples.orders.Ordering} first: it is the whole program. The rest is for looking at it.
 */
@NullMarked
package dev.revive.examples.orders;

import org.jspecify.annotations.NullMarked;
