// SPDX-License-Identifier: Apache-2.0
package dev.revive.engine;

import dev.revive.store.Operation;

/**
 * An operation on its way to the store.
 *
 * @param receipt who hears what became of it
 * @param chars about its size
 */
record Queued(Operation operation, Receipt receipt, int chars) {
    Queued(Operation operation, Receipt receipt) {
        this(operation, receipt, Batch.chars(operation));
    }
}
