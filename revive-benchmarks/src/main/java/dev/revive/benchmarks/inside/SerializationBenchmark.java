// SPDX-License-Identifier: Apache-2.0
package dev.revive.benchmarks.inside;

import dev.revive.codec.JacksonSerializer;
import dev.revive.codec.PayloadSerializer;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A step's value to JSON and back, as every step does it once. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class SerializationBenchmark {
    /** How many lines the order has; a line is some 60 characters of JSON. */
    @Param({"1", "100"})
    public int lines;

    private final PayloadSerializer serializer = new JacksonSerializer();
    private Order order;
    private String json;

    /** What a step might answer. */
    public record Order(String id, Instant placedAt, List<Line> lines) {}

    /** A line of it. */
    public record Line(String article, int count, BigDecimal price) {}

    /** Makes the order. */
    @Setup
    public void order() {
        List<Line> all = IntStream.range(0, lines)
                .mapToObj(i -> new Line("article-" + i, i, new BigDecimal("19.90")))
                .toList();
        order = new Order("order-1", Instant.ofEpochSecond(1_800_000_000), all);
        json = serializer.serialize(order, Order.class);
    }

    /** To JSON. */
    @Benchmark
    public String write() {
        return serializer.serialize(order, Order.class);
    }

    /** And back. */
    @Benchmark
    public Object read() {
        return serializer.deserialize(json, Order.class);
    }
}
