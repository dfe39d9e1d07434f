// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.revive.tests.faults.Diaries.Wanted;
import dev.revive.tests.faults.ErrandsChild.Place;
import dev.revive.tests.faults.Faults.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Several processes run workflows on one database while executors are killed and frozen, the database is killed, and the network resets and
 * swallows. Whatever happens, every workflow comes to its end, nothing that is recorded runs again, nobody acts for whom another has taken over, and
 * each signal is received once, in order.
 *
 * <p>{@code -Drevive.faultSeconds} says how long this goes on for each database, {@code -Drevive.faultDatabase} picks one of them, and
 * {@code -Drevive.faultSeed} says what happens when; the processes' threads do the rest, so a seed does not give the same run twice. A run of {@link
 * #LONG} or more also insists on what a short one may by chance not bring about, and on what a machine that is busy with other tests may not keep.
 */
@Timeout(7_200)
class FaultTests {
    private static final int SECONDS = Integer.getInteger("revive.faultSeconds", 10);
    private static final @Nullable String DATABASE = System.getProperty("revive.faultDatabase");
    private static final long SEED = Long.getLong("revive.faultSeed", 20_261_125);
    private static final int LONG = 300;

    private static final Duration LEASE = Duration.ofSeconds(3);
    private static final int EXECUTORS = 3;
    private static final int ACTIVE = 240;
    private static final int SHOWN = 10;
    private static final int LONGEST_SHOWN = 1_500;

    static List<Arena.Kind> databases() {
        return DATABASE == null ? List.of(Arena.Kind.values()) : List.of(Arena.Kind.valueOf(DATABASE));
    }

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path directory;

    @ParameterizedTest
    @MethodSource("databases")
    void everyWorkflowEndsAndNothingRecordedRunsAgain(Arena.Kind kind) throws IOException {
        try (Arena arena = Arena.open(kind)) {
            Feeder feeder = new Feeder(arena, ACTIVE, SEED);
            try (Fleet fleet = new Fleet(arena, directory, LEASE, feeder::done)) {
                Files.createDirectory(directory.resolve("world"));
                for (int i = 0; i < EXECUTORS; i++) {
                    fleet.enlist();
                }
                feeder.start(fleet);
                Faults faults = new Faults(arena, fleet, feeder, LEASE, SEED);
                faults.all(Duration.ofSeconds(SECONDS));
                feeder.stop();
                fleet.stop();
                judge(arena, fleet, feeder, faults);
            }
        }
    }

    private void judge(Arena arena, Fleet fleet, Feeder feeder, Faults faults) {
        Diaries diaries = new Diaries();
        for (Place place : fleet.places()) {
            diaries.read(place.name(), place.diary());
        }
        Audit audit = new Audit(arena, diaries, new World(directory.resolve("world")));
        audit.examine(feeder.issued());
        MailAudit mail = new MailAudit(arena, diaries);
        mail.examine(feeder.mailboxes());
        FamilyAudit families = new FamilyAudit(arena);
        families.examine(feeder.families());
        Logs logs = Logs.of(fleet.places());

        print(arena, feeder, faults, diaries, audit, logs);
        print(feeder, diaries, mail);
        System.out.printf(
                "  %d families; their children: %s%n", feeder.families().size(), families.statuses());
        List<String> violations = new ArrayList<>(audit.violations());
        violations.addAll(mail.violations());
        violations.addAll(families.violations());
        assertThat(violations.stream().limit(SHOWN).map(FaultTests::shortened))
                .as("violations, %d in all; diaries and logs are in %s", violations.size(), directory)
                .isEmpty();
        assertThat(fleet.violations()).isEmpty();
        assertThat(feeder.fewest()).as("active workflows at all times").isGreaterThanOrEqualTo(100);
        assertThat(diaries.orphans()).as("workflows taken over").isPositive();
        assertThat(mail.received()).as("received signals").isPositive();
        assertThat(families.statuses()).as("children").containsKeys("COMPLETED", "CANCELLED", "TERMINATED");
        if (SECONDS >= LONG) {
            assertThat(faults.takeovers())
                    .allSatisfy(takeover -> assertThat(takeover.time()).isLessThanOrEqualTo(LEASE.multipliedBy(2)));
            assertThat(faults.done().get(Fault.KILL)).isGreaterThanOrEqualTo(SECONDS / 12);
            assertThat(diaries.refusedWrites()).as("refused writes").isPositive();
            assertThat(diaries.unknownBatches()).as("unknown commits").isPositive();
            assertThat(mail.unreceived()).as("signals that nobody received").isPositive();
            assertThat(mail.statuses()).as("mailboxes").containsKeys("COMPLETED", "CANCELLED", "TERMINATED");
        }
    }

    private static String shortened(String violation) {
        return violation.length() <= LONGEST_SHOWN ? violation : violation.substring(0, LONGEST_SHOWN) + "...";
    }

    private static void print(Arena arena, Feeder feeder, Faults faults, Diaries diaries, Audit audit, Logs logs) {
        System.out.printf(
                "FaultTests on %s, %d s, seed %d: %s; at least %d workflows active%n"
                        + "  %d workflows (%d meant to fail), %d calls, %d effects (%d repeated, %d zombies), %d transactions, %d claims%n"
                        + "  %d executors declared dead, %d workflows taken over, %d incarnations begun again; frozen for ever: %s%n"
                        + "  %d writes refused %s; %d batches of unknown outcome; transactions whose commit was not answered: %d committed, %d rolled back, %d not known before the run ended%n"
                        + "  %d effects after their local deadline, the look at it having come before:%n",
                arena.product(),
                SECONDS,
                SEED,
                faults.done(),
                feeder.fewest(),
                feeder.issued().size(),
                audit.failed(),
                audit.calls(),
                diaries.effectCount(),
                audit.repeated(),
                audit.zombies(),
                audit.transactions(),
                diaries.claims(),
                logs.count("is dead: what it was running is due again"),
                diaries.orphans(),
                logs.count("lost its lease"),
                faults.takeovers(),
                diaries.refusedWrites(),
                diaries.refusedByKind(),
                diaries.unknownBatches(),
                logs.count("was lost; it was committed"),
                logs.count("was lost; it was rolled back"),
                diaries.unknownTransactions(),
                audit.late().size());
        audit.late().forEach(effect -> System.out.println("    " + effect.line()));
    }

    private static void print(Feeder feeder, Diaries diaries, MailAudit mail) {
        System.out.printf(
                "  %d mailboxes %s; %d signals received, %d not, %d refused; heard: %s%n",
                feeder.mailboxes().size(),
                mail.statuses(),
                mail.received(),
                mail.unreceived(),
                diaries.undelivered().size(),
                diaries.wanted().stream()
                        .collect(Collectors.groupingBy(Wanted::wish, TreeMap::new, Collectors.counting())));
    }

    /** What the processes logged. */
    private record Logs(List<String> lines) {
        static Logs of(List<Place> places) {
            return new Logs(places.stream()
                    .flatMap(place -> Diary.read(place.log()).stream())
                    .toList());
        }

        long count(String text) {
            return lines.stream().filter(line -> line.contains(text)).count();
        }
    }
}
