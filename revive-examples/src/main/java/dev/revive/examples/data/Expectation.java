// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.data;

/**
 * What a demonstration promises, and whether it was kept.
 *
 * @param text what was to be
 * @param isMet whether it was so
 */
public record Expectation(String text, boolean isMet) {
    @Override
    public String toString() {
        return (isMet ? "yes  " : "NO   ") + text;
    }
}
