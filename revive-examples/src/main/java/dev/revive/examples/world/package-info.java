// SPDX-License-Identifier: Apache-2.0
/**
 * What stands for the outside world, and the example's own log: two files that only grow. Revive's tables never see either.
 * Knows nothing but the vocabulary in {@code dev.revive.workflow}.
 * Read {@link dev.revive.examples.world.OutsideWorld} first.
 */
@NullMarked
package dev.revive.examples.world;

import org.jspecify.annotations.NullMarked;
