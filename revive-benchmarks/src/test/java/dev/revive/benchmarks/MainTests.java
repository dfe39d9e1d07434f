// SPDX-License-Identifier: Apache-2.0
package dev.revive.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("once")
class MainTests {
    @TempDir
    Path directory;

    @Test
    void everyRowIsMeasuredAndReported() throws Exception {
        Path json = directory.resolve("benchmarks.json");
        Path page = directory.resolve("benchmarks.md");

        int exitCode = Main.run(
                "--tiny",
                "--json",
                json.toString(),
                "--chart",
                directory.resolve("chart.svg").toString(),
                "--page",
                page.toString());

        assertThat(exitCode).isIn(0, 1); // so little is measured that any verdict is chance
        JsonNode findings = new ObjectMapper().readTree(Files.readString(json)).get("findings");
        assertThat(findings)
                .hasSize(27)
                .allSatisfy(finding ->
                        assertThat(finding.get("value").asDouble()).isFinite().isPositive());
        assertThat(directory.resolve("chart.svg")).content().startsWith("<svg").endsWith("</svg>\n");
        assertThat(page)
                .content()
                .contains("synchronous_commit: on", "| work", "- ReplayBenchmark.recover, steps 1000: ");
    }
}
