// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.revive.thread.BareThreads;
import dev.revive.thread.Time;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.Timer;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** What one sees from the folders is so: no circle between packages, and every floor looks only down. */
class ArchitectureTests {
    private static final JavaClasses REVIVE = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.revive")
            .that(DescribedPredicate.not(resideInAPackage("dev.revive.tests..")));

    private static final Set<String> WAITS =
            Set.of("await", "awaitNanos", "sleep", "get", "parkNanos", "wait", "tryAcquire");

    private static final String[] ROOMS = {
        "dev.revive",
        "dev.revive.engine",
        "dev.revive.call",
        "dev.revive.run",
        "dev.revive.lane",
        "dev.revive.client",
        "dev.revive.journal",
        "dev.revive.store",
        "dev.revive.codec",
        "dev.revive.workflow",
        "dev.revive.crash",
        "dev.revive.thread"
    };

    @Test
    void packagesFormNoCircle() {
        slices().matching("dev.revive.(**)").should().beFreeOfCycles().check(REVIVE);
    }

    @Test
    void everyFloorLooksOnlyDown() {
        layeredArchitecture()
                .consideringOnlyDependenciesInAnyPackage("dev.revive..")
                .ignoreDependency(
                        resideInAnyPackage("dev.revive.examples..", "dev.revive.testing.."),
                        DescribedPredicate.alwaysTrue())
                .layer("face")
                .definedBy("dev.revive")
                .layer("engine")
                .definedBy("dev.revive.engine")
                .layer("call")
                .definedBy("dev.revive.call")
                .layer("run")
                .definedBy("dev.revive.run")
                .layer("lane")
                .definedBy("dev.revive.lane")
                .layer("client")
                .definedBy("dev.revive.client")
                .layer("journal")
                .definedBy("dev.revive.journal")
                .layer("jdbc")
                .definedBy("dev.revive.jdbc")
                .layer("dashboard")
                .definedBy("dev.revive.dashboard..")
                .layer("store")
                .definedBy("dev.revive.store")
                .layer("codec")
                .definedBy("dev.revive.codec")
                .layer("ground")
                .definedBy("dev.revive.workflow", "dev.revive.crash", "dev.revive.thread")
                .whereLayer("dashboard")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("face")
                .mayOnlyBeAccessedByLayers("dashboard")
                .whereLayer("engine")
                .mayOnlyBeAccessedByLayers("face")
                .whereLayer("call")
                .mayOnlyBeAccessedByLayers("engine")
                .whereLayer("run")
                .mayOnlyBeAccessedByLayers("face", "engine", "call")
                .whereLayer("lane")
                .mayOnlyBeAccessedByLayers("engine", "call", "run")
                .whereLayer("client")
                .mayOnlyBeAccessedByLayers("face", "engine", "run")
                .whereLayer("journal")
                .mayOnlyBeAccessedByLayers("engine", "call", "run")
                .whereLayer("jdbc")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("store")
                .mayOnlyBeAccessedByLayers(
                        "face", "engine", "call", "run", "lane", "client", "journal", "jdbc", "dashboard")
                .whereLayer("codec")
                .mayOnlyBeAccessedByLayers("face", "engine", "call", "run", "client", "dashboard")
                .whereLayer("ground")
                .mayNotAccessAnyLayer()
                .check(REVIVE);
    }

    @Test
    void theJournalIsPure() {
        noClasses()
                .that()
                .resideInAPackage("dev.revive.journal")
                .should()
                .dependOnClassesThat(resideInAnyPackage(
                                "java.sql..",
                                "java.io..",
                                "java.nio.channels..",
                                "java.nio.file..",
                                "java.util.concurrent.locks..")
                        .or(DescribedPredicate.describe("is a clock", type -> type.isEquivalentTo(Clock.class)))
                        .or(DescribedPredicate.describe("is a thread", type -> type.isEquivalentTo(Thread.class))))
                .check(REVIVE);
    }

    @Test
    void timeAndChanceAreGivenNeverTaken() {
        noClasses()
                .that()
                .resideInAnyPackage(ROOMS)
                .and()
                .resideOutsideOfPackage("dev.revive")
                .should()
                .callMethod(Instant.class, "now")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(UUID.class, "randomUUID")
                .check(REVIVE);
    }

    /** A thread takes over a lot of who makes it, and who makes it is chance. */
    @Test
    void threadsAreMadeInOnePlace() {
        noClasses()
                .that()
                .resideInAnyPackage(ROOMS)
                .or()
                .resideInAnyPackage("dev.revive.jdbc", "dev.revive.dashboard..")
                .and()
                .doNotHaveFullyQualifiedName(BareThreads.class.getName())
                .should()
                .callCodeUnitWhere(DescribedPredicate.describe("makes a thread", ArchitectureTests::makesThread))
                .check(REVIVE);
    }

    private static boolean makesThread(JavaCall<?> call) {
        JavaClass owner = call.getTargetOwner();
        boolean isConstructor = call.getTarget() instanceof AccessTarget.ConstructorCallTarget;
        boolean isMaker = owner.isEquivalentTo(Executors.class)
                || isConstructor
                        && List.of(Thread.class, ThreadPoolExecutor.class, Timer.class).stream()
                                .anyMatch(owner::isAssignableTo);
        return isMaker
                && call.getTarget().getRawParameterTypes().stream()
                        .noneMatch(parameter -> parameter.isEquivalentTo(ThreadFactory.class));
    }

    @Test
    void sqlStaysInTheJdbcStoreButForTheConnectionOfATransaction() {
        noClasses()
                .that()
                .resideInAnyPackage(ROOMS)
                .should()
                .dependOnClassesThat(resideInAPackage("java.sql..")
                        .and(DescribedPredicate.describe(
                                "is not the Connection",
                                type -> !type.getSimpleName().equals("Connection"))))
                .check(REVIVE);
    }

    @Test
    void nothingStaticChanges() {
        fields().that()
                .areStatic()
                .and()
                .areDeclaredInClassesThat()
                .resideOutsideOfPackages("dev.revive.examples..", "dev.revive.databases..")
                .should()
                .beFinal()
                .check(REVIVE);
    }

    @Test
    void everyPackageIsNullMarked() {
        List<String> unmarked = REVIVE.stream()
                .map(JavaClass::getPackage)
                .distinct()
                .filter(each -> !each.isAnnotatedWith(NullMarked.class))
                .map(JavaPackage::getName)
                .toList();
        assertThat(unmarked).isEmpty();
    }

    /** What waits for time in a workflow waits by {@link Time}, which a test may own. */
    @Test
    void workflowsWaitByOneTime() {
        noClasses()
                .that()
                .resideInAnyPackage("dev.revive.call", "dev.revive.run", "dev.revive.journal")
                .should()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethodWhere(DescribedPredicate.describe(
                        "waits by the JVM's time",
                        call -> WAITS.contains(call.getTarget().getName())
                                && call.getTargetOwner().getPackageName().startsWith("java.")
                                && call.getTarget().getRawParameterTypes().stream()
                                        .anyMatch(parameter -> parameter.isEquivalentTo(long.class))))
                .check(REVIVE);
    }

    /**
     * Circles of classes are two or three that belong together: a call and the context that makes it, a handle and its client. What users write
     * against is apart: a branch is given the context that made it.
     */
    @Test
    void classesFormNoLargeCircle() {
        Set<JavaClass> core = REVIVE.stream()
                .filter(each -> Stream.of(ROOMS).anyMatch(each.getPackageName()::equals))
                .filter(each -> !each.getPackageName().equals("dev.revive.workflow"))
                .collect(Collectors.toSet());
        assertThat(Circles.among(core)).allSatisfy(circle -> assertThat(circle).hasSizeLessThanOrEqualTo(3));
    }

    @Test
    void noRoomIsMoreThanAQuarterOfTheCore() throws IOException {
        Map<String, Long> lines = new TreeMap<>();
        try (Stream<Path> files = Files.walk(Path.of("..", "revive-core", "src", "main", "java"))) {
            for (Path file :
                    files.filter(each -> each.toString().endsWith(".java")).toList()) {
                lines.merge(
                        file.getParent().getFileName().toString(),
                        (long) Files.readAllLines(file).size(),
                        Long::sum);
            }
        }
        long all = lines.values().stream().mapToLong(Long::longValue).sum();
        assertThat(lines).allSatisfy((room, size) -> assertThat(size).as(room).isLessThan(all / 4));
    }

    @Test
    void theLaneShowsOnlyItsFace() {
        showsOnly("dev.revive.lane", "Lane|Outage|Receipt");
    }

    @Test
    void theCallsShowOnlyHowTheyAreBegun() {
        showsOnly("dev.revive.call", "Execution|Context");
    }

    @Test
    void theEngineShowsOnlyItsFace() {
        showsOnly("dev.revive.engine", "Engine|EngineSettings");
    }

    @Test
    void theClientHidesHowItAsks() {
        showsOnly("dev.revive.client", "Client|Endings?|Outsider|StoredAwakeable|StoredRef");
    }

    private static void showsOnly(String room, String names) {
        classes()
                .that()
                .resideInAPackage(room)
                .and()
                .arePublic()
                .and()
                .areTopLevelClasses()
                .should()
                .haveNameMatching(".*\\.(" + names + ")")
                .check(REVIVE);
    }

    @Test
    void theJdbcStoreShowsOnlyItsFace() {
        showsOnly("dev.revive.jdbc", "JdbcStore|JdbcSettings|Durability|SchemaMode");
    }
}
