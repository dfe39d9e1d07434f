// SPDX-License-Identifier: Apache-2.0
/**
 * The face of Revive: {@link dev.revive.Revive} builds, starts and stops an engine. The only place that wires the others.
 */
@NullMarked
package dev.revive;

import org.jspecify.annotations.NullMarked;
