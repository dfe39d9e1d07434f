// SPDX-License-Identifier: Apache-2.0
package dev.revive.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The report for programs, every round's value in it. */
final class JsonFile {
    private static final ObjectMapper JSON = new ObjectMapper();

    private JsonFile() {}

    static void write(Report report, Path path) throws IOException {
        ObjectNode root = JSON.createObjectNode();
        root.set("machine", JSON.valueToTree(report.machine()));
        root.set("configurations", JSON.valueToTree(report.configurations()));
        root.set("notes", JSON.valueToTree(report.notes()));
        ArrayNode findings = root.putArray("findings");
        report.findings().forEach(finding -> add(findings.addObject(), finding));
        ArrayNode inside = root.putArray("inside");
        for (Inside figure : report.inside()) {
            ObjectNode node = inside.addObject();
            node.put("what", figure.what());
            node.put("mean", figure.score());
            if (!Double.isNaN(figure.error())) {
                node.put("error", figure.error());
            }
            node.put("unit", figure.unit());
        }
        Files.createDirectories(path.toAbsolutePath().getParent());
        Files.writeString(path, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n");
    }

    private static void add(ObjectNode node, Finding finding) {
        node.put("work", finding.work());
        add(node.putObject("measured"), finding.subject());
        if (finding.against() != null) {
            add(node.putObject("against"), finding.against());
        }
        node.put("value", finding.value());
        node.put("target", finding.goal().text());
        node.put("verdict", finding.verdict());
    }

    private static void add(ObjectNode node, Series series) {
        node.put("who", series.who());
        node.put("unit", series.unit());
        node.put("median", series.median());
        ArrayNode values = node.putArray("rounds");
        for (double value : series.values()) {
            values.add(value);
        }
    }
}
