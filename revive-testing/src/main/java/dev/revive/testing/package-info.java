// SPDX-License-Identifier: Apache-2.0
/**
 * What tests need: the contract that every store is held to. Knows the SPI in {@code dev.revive.store}.
 * Read {@link dev.revive.testing.WorkflowStoreContract} first.
 */
@NullMarked
package dev.revive.testing;

import org.jspecify.annotations.NullMarked;
