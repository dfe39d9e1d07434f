// SPDX-License-Identifier: Apache-2.0
/**
 * The recorded calls of one workflow and the cursors that replay them. Pure: no I/O, no clock, no threads.
 * Knows {@code dev.revive.store}'s records. Read {@link dev.revive.journal.Cursor} first.
 */
@NullMarked
package dev.revive.journal;

import org.jspecify.annotations.NullMarked;
