// SPDX-License-Identifier: Apache-2.0
/**
 * What the behaviour tests stand on: engines in every setting, trials that crash and go on, and things to count and to wait for.
 * Read {@link dev.revive.tests.support.TestBed} first, then {@link dev.revive.tests.support.Trial}.
 */
@NullMarked
package dev.revive.tests.support;

import org.jspecify.annotations.NullMarked;
