// SPDX-License-Identifier: Apache-2.0
package dev.revive.store;

/**
 * How much of many rows to read at once, so that no reader needs more memory than it has.
 *
 * @param chars how many characters of each output to read, 0 or more; the rest is not even fetched
 * @param rows how many rows at most, 1 or more; a store may answer fewer
 * @param total how many characters of outputs and failures about; one row is answered in any case
 */
public record ReadLimit(int chars, int rows, long total) {
    /** Checks the bounds. */
    public ReadLimit {
        if (chars < 0 || rows < 1) {
            throw new IllegalArgumentException(
                    "At least no characters of one row, not %d of %d.".formatted(chars, rows));
        }
    }
}
