// SPDX-License-Identifier: Apache-2.0
/**
 * Values to JSON text and back. Knows only the vocabulary in {@code dev.revive.workflow}.
 * Read {@link dev.revive.codec.PayloadSerializer} first.
 */
@NullMarked
package dev.revive.codec;

import org.jspecify.annotations.NullMarked;
