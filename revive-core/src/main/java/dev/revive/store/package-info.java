// SPDX-License-Identifier: Apache-2.0
/**
 * The store as the engine sees it: the SPI, the rows as records, and the in-memory store that is its readable reference.
 * Knows only the vocabulary in {@code dev.revive.workflow}. Read {@link dev.revive.store.StepStore} first, then
 * {@link dev.revive.store.WorkflowStore}.
 */
@NullMarked
package dev.revive.store;

import org.jspecify.annotations.NullMarked;
