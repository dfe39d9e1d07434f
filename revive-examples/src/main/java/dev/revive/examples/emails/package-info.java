// SPDX-License-Identifier: Apache-2.0
/**
 * A loop of emails: one step name, many sequences.
 * Knows {@code data} and {@code world}; no other example.
 * Read {@link dev.revive.examples.emails.EmailsCommand}: there is nothing else.
 */
@NullMarked
package dev.revive.examples.emails;

import org.jspecify.annotations.NullMarked;
