// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.data;

import java.util.Arrays;
import java.util.Comparator;
import java.util.function.Function;

/** Sorts recorded calls as a reader of the program meets them: a parallel, then its branches, then what follows it. */
public final class ProgramOrder {
    private ProgramOrder() {}

    /**
     * By the numbers in scope and sequence: {@code 2}, {@code 2.1#1}, {@code 2.2#1}, {@code 3}.
     *
     * @param position a call's scope and sequence, joined by any sign
     * @param <T> what is sorted
     * @return the order
     */
    public static <T> Comparator<T> by(Function<T, String> position) {
        return (one, other) -> Arrays.compare(numbers(position.apply(one)), numbers(position.apply(other)));
    }

    private static int[] numbers(String position) {
        return Arrays.stream(position.split("[.#]"))
                .filter(number -> !number.isEmpty())
                .mapToInt(Integer::parseInt)
                .toArray();
    }
}
