// SPDX-License-Identifier: Apache-2.0
/**
 * The workflow "employee-onboarding" and its commands: run, crash, resume, status, reset, demo. And two variants for the
 * simulator: one waits for an approval, the other is undone if it is called off.
 * Knows {@code data} and {@code world}; no other example.
 * Read {@link dev.revive.examples.onboarding.Onboarding} first: it is the whole program. The rest is for looking at it.
 */
@NullMarked
package dev.revive.examples.onboarding;

import org.jspecify.annotations.NullMarked;
