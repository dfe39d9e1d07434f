// SPDX-License-Identifier: Apache-2.0
package dev.revive.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The benchmarks' command line. Exit code 0: every target was reached. 1: some were not, or it failed. 2: the command makes no sense. */
@Command(
        name = "revive-benchmarks",
        mixinStandardHelpOptions = true,
        description =
                "Measures Revive beside DBOS and beside the bare database, on a PostgreSQL that it starts itself.")
public final class Main implements Callable<Integer> {
    @Option(
            names = "--only",
            split = ",",
            paramLabel = "ROW",
            description =
                    "Measures these rows: sequential, many, empty, signals, inbox, children, recovery, embedded, long, inside.")
    private List<String> only = List.of();

    @Option(names = "--rounds", description = "How often the contestants take turns.")
    private @Nullable Integer rounds;

    @Option(names = "--restarts", description = "How many recoveries of each; they take most of the time.")
    private @Nullable Integer restarts;

    @Option(names = "--quick", description = "Less of everything: about four minutes.")
    private boolean isQuick;

    @Option(names = "--tiny", description = "Only to see that it runs; the figures mean nothing.")
    private boolean isTiny;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            defaultValue = "target/benchmarks.json",
            description = "Where the values of all rounds go. Default: ${DEFAULT-VALUE}.")
    private Path json = Path.of("target/benchmarks.json");

    @Option(
            names = "--chart",
            paramLabel = "FILE",
            defaultValue = "target/benchmarks.svg",
            description = "Where the chart goes. Default: ${DEFAULT-VALUE}.")
    private Path chart = Path.of("target/benchmarks.svg");

    @Option(
            names = "--page",
            paramLabel = "FILE",
            description = "Writes a page of documentation, with a chart beside it.")
    private @Nullable Path page;

    private Main() {}

    /**
     * Measures.
     *
     * @param args see {@code --help}
     */
    public static void main(String[] args) {
        System.exit(run(args));
    }

    static int run(String... args) {
        return new CommandLine(new Main()).execute(args);
    }

    /** The rows, in the order of the report. */
    static List<Row> rows() {
        return List.of(
                new SequentialRow(),
                new ManyRow(),
                new EmptyRow(),
                new SignalsRow(),
                new InboxRow(),
                new ChildrenRow(),
                new RecoveryRow(),
                new EmbeddedRow(),
                new LongRow());
    }

    @Override
    public Integer call() throws Exception {
        Scale scale = isTiny ? Scale.TINY : isQuick ? Scale.QUICK : Scale.FULL;
        scale = rounds == null ? scale : scale.withRounds(rounds);
        Report report = measure(restarts == null ? scale : scale.withRestarts(restarts));
        print(report);
        write(report);
        return report.missed() == 0 ? 0 : 1;
    }

    @SuppressWarnings("ClosingStandardOutputStreams") // the lab prints to it, and does not close it
    private Report measure(Scale scale) throws Exception {
        try (Lab lab = new Lab(scale)) {
            Map<String, String> machine = new LinkedHashMap<>(lab.machine().facts());
            machine.put("scale", scale.text());
            machine.forEach((name, value) -> System.out.printf("%s: %s%n", name, value));
            List<Finding> findings = new ArrayList<>();
            for (Row row : rows()) {
                if (isWanted(row.name())) {
                    System.out.println(row.name());
                    findings.addAll(row.measure(lab));
                }
            }
            List<Inside> inside = isWanted(Inside.NAME) ? Inside.measure(scale) : List.of();
            return new Report(machine, lab.configurations(), lab.notes(), findings, inside);
        }
    }

    private boolean isWanted(String row) {
        return only.isEmpty() || only.contains(row);
    }

    private static void print(Report report) {
        report.configurations().forEach((name, value) -> System.out.printf("%s: %s%n", name, value));
        Table.of(report.findings()).forEach(System.out::println);
        report.inside().forEach(figure -> System.out.println(figure.what() + ": " + figure.scoreText()));
    }

    private void write(Report report) throws IOException {
        JsonFile.write(report, json);
        Chart.write(report.findings(), chart);
        if (page != null) {
            Page.write(report, page);
        }
    }
}
