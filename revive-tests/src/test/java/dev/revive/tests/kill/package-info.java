// SPDX-License-Identifier: Apache-2.0
/**
 * Real processes, really killed: what an H2 file promises across {@code kill -9}. May use every module.
 * Read {@link dev.revive.tests.kill.KillAtEveryCrashPointTests} first, then {@link dev.revive.tests.kill.RandomKillTests}.
 */
@NullMarked
package dev.revive.tests.kill;

import org.jspecify.annotations.NullMarked;
