// SPDX-License-Identifier: Apache-2.0
/**
 * The interleavings that the rules of the protocol forbid, brought about by force: batches held by a proxy on the way, or by a lock inside the
 * server; answers that are lost; people who want something else just then. And the negative controls: with a rule taken out of a copy of the product, one of these tests fails.
 * Read {@link dev.revive.tests.force.ForceBed} first, then {@link dev.revive.tests.force.HeldOnTheWayTests}.
 */
@NullMarked
package dev.revive.tests.force;

import org.jspecify.annotations.NullMarked;
