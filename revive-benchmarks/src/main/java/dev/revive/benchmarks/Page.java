// SPDX-License-Identifier: Apache-2.0
package dev.revive.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The report as a page of the documentation, and the chart beside it. Nothing on it is written by hand. */
final class Page {
    private static final String HEAD = """
            # Benchmarks

            Revive beside [DBOS Java](https://github.com/dbos-inc/dbos-transact-java) and beside the bare database, in one run of one command on one
            machine and one PostgreSQL server with `fsync`, `synchronous_commit` and `full_page_writes` on. The contestants take turns, round by round, so
            a machine that is slow for a while is slow for all; each warms up first, in an empty database of its own. Figures are medians over the
            rounds, and in brackets the least and the most. The ratios say more than the figures, which are this machine's.

            ```sh
            mvn -q -pl revive-benchmarks -am -DskipTests package
            java -jar revive-benchmarks/target/revive-benchmarks.jar --page docs/benchmarks.md
            ```

            This page and the chart are written by that command, with what it measured. On a JVM without virtual threads (before 21) DBOS runs 50
            workflows a core at the same time; use a newer one to compare.

            ![The same as a chart](benchmarks.svg)

            """;
    private static final String TAIL = """

            ## What the rows mean

            - Every step of every contestant answers the same 40 characters and does nothing else.
            - *One workflow, sequential steps*: the time from one effect's beginning to the next one's, beside a single-row insert with its commit over
              one connection into the same table with the same indexes. Ten short turns a round, with all three open, since the disk is faster in one minute
              than in another.
            - *256 workflows at once* and *empty workflows*: so many callers, each of which starts a workflow, waits for its result, and starts the next.
              By default a step is recorded as STARTED before its effect begins, and as COMPLETED after; an idempotent one only as COMPLETED. DBOS
              records a step once, after its effect.
            - *Raw batches*: rows as Revive writes them, upserted into the same table over as many connections as Revive has lanes, at the best of
              several batch sizes, without fence, epochs and workflows.
            - *Signals*: workflows that each wait for one signal, and have waited for more than a second: in Revive they are rows, and no threads; in DBOS each
              is a thread. All are sent theirs by 64 callers: the time is until the database shows all of them finished. Or a few, one after the other, while
              nothing else happens: the time is from before a signal is sent until its workflow's code has it; and once more with workflows that have just begun
              to wait, which are in memory.
            - *Recovery*: a JVM starts the workflows, each is in its 11th step, and the JVM is killed. Another one goes on with copies of the database
              that was left: with the first of three as soon as it is up, with the last when the others have warmed it up. The time is from the start of
              the engine until the database shows all of them finished. Both libraries count as the only process of their database, so neither waits
              for a lease.
            - *H2 embedded*: the file is synced after each batch. The raw batches go over one connection, and hold as many steps as there are workflows:
              with an insert and an update a step, or an insert alone, as Revive writes them.
            - *A workflow of 100,000 steps*: flat is a ratio of 1. Its recovery is from the engine's start to the beginning of the next step, beside a
              SELECT of the same rows with every payload parsed.
            - *What is inside*: means, with half of their 99.9 % confidence interval. `ReplayBenchmark` wakes a sleeping workflow, which is claimed, loaded
              from a store in memory, replayed up to its sleep, and leaves memory again; the others are about one step's key, and one value as JSON.
            """;

    private Page() {}

    static void write(Report report, Path path) throws IOException {
        StringBuilder page = new StringBuilder(HEAD);
        Table.of(report.findings()).forEach(line -> page.append(line).append('\n'));
        inside(page, report);
        page.append("\n## Where and how\n\n");
        report.machine().forEach((name, value) -> item(page, name, value));
        report.configurations().forEach((name, value) -> item(page, name, value));
        report.notes().forEach(note -> page.append("- ").append(note).append('\n'));
        page.append(TAIL);
        Files.createDirectories(path.toAbsolutePath().getParent());
        Files.writeString(path, page);
        Chart.write(report.findings(), path.resolveSibling("benchmarks.svg"));
    }

    private static void inside(StringBuilder page, Report report) {
        if (!report.inside().isEmpty()) {
            page.append("\n## What is inside, by JMH\n\n");
            report.inside().forEach(figure -> item(page, figure.what(), figure.scoreText()));
        }
    }

    private static void item(StringBuilder page, String name, String value) {
        page.append("- ").append(name).append(": ").append(value).append('\n');
    }
}
