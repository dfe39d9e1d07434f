// SPDX-License-Identifier: Apache-2.0
package dev.revive.benchmarks.inside;

import dev.revive.store.StepKey;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** The place of a call, as every step and every row has it. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class KeyBenchmark {
    /** A name that needs no escape. */
    public String name = "Create Employee Record";

    /** Not constant, so nothing is computed beforehand. */
    public int sequence = 7;

    /** A key at the root. */
    @Benchmark
    public String root() {
        return new StepKey("", sequence, name).stepId();
    }

    /** A key in a branch, and the branch's scope. */
    @Benchmark
    public String branch() {
        String scope = new StepKey("", sequence, name).branchScope(2);
        return new StepKey(scope, 1, name).stepId();
    }
}
