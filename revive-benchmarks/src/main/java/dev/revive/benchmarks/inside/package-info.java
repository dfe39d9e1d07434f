// SPDX-License-Identifier: Apache-2.0
/**
 * What is inside, by JMH: replay, keys, serialization. Run by {@code revive-benchmarks inside}. Compiled apart from the rest, since JMH generates
 * code that is not held to this project's rules. Read {@link dev.revive.benchmarks.inside.ReplayBenchmark} first.
 */
@NullMarked
package dev.revive.benchmarks.inside;

import org.jspecify.annotations.NullMarked;
