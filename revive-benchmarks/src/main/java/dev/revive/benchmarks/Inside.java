// SPDX-License-Identifier: Apache-2.0
package dev.revive.benchmarks;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * One figure of JMH about what is inside. There is nothing to compare it with, so it has no target.
 *
 * @param what the benchmark and its parameters
 * @param score the mean
 * @param error half of its 99.9 % confidence interval; NaN where there was too little to tell
 * @param unit of both
 */
record Inside(String what, double score, double error, String unit) {
    static final String NAME = "inside";
    private static final String PACKAGE = "dev.revive.benchmarks.inside.";

    static List<Inside> measure(Scale scale) throws RunnerException {
        Options options = new OptionsBuilder()
                .include(PACKAGE.replace(".", "\\."))
                .forks(scale.isTiny() ? 0 : 1)
                .warmupIterations(scale.isTiny() ? 0 : 3)
                .warmupTime(TimeValue.milliseconds(scale.window().toMillis() / 2))
                .measurementIterations(scale.isTiny() ? 1 : 5)
                .measurementTime(TimeValue.milliseconds(scale.window().toMillis() / 2))
                .shouldFailOnError(true)
                .build();
        Collection<RunResult> results = new Runner(options).run();
        return results.stream()
                .map(Inside::of)
                .sorted(Comparator.comparing(Inside::what))
                .toList();
    }

    private static Inside of(RunResult run) {
        Result<?> result = run.getPrimaryResult();
        return new Inside(name(run), result.getScore(), result.getScoreError(), result.getScoreUnit());
    }

    private static String name(RunResult run) {
        String benchmark = run.getParams().getBenchmark().substring(PACKAGE.length());
        String parameters = run.getParams().getParamsKeys().stream()
                .map(key -> key + " " + run.getParams().getParam(key))
                .collect(Collectors.joining(", "));
        return parameters.isEmpty() ? benchmark : benchmark + ", " + parameters;
    }

    String scoreText() {
        String mean = String.format(Locale.ROOT, "%,.3f %s", score, unit);
        return Double.isNaN(error) ? mean : mean + String.format(Locale.ROOT, " ± %,.3f", error);
    }
}
