// SPDX-License-Identifier: Apache-2.0
/**
 * Programs to read, run, crash and resume: an onboarding, a loop of emails, and an application with a database of its own.
 * Knows every package below it; nothing knows this one.
 * Read {@link dev.revive.examples.Main} for the commands.
 */
@NullMarked
package dev.revive.examples;

import org.jspecify.annotations.NullMarked;
