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
import dev.revive.store.BareThreads;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Timer;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** What one sees from the folders is so: no circle between packages, and every floor looks only down. */
class ArchitectureTests {
    private static final JavaClasses REVIVE = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.revive")
            .that(DescribedPredicate.not(resideInAPackage("dev.revive.tests..")));

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
                .definedBy("dev.revive.workflow", "dev.revive.crash")
                .whereLayer("dashboard")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("face")
                .mayOnlyBeAccessedByLayers("dashboard")
                .whereLayer("engine")
                .mayOnlyBeAccessedByLayers("face")
                .whereLayer("jdbc")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("journal")
                .mayOnlyBeAccessedByLayers("engine")
                .whereLayer("store")
                .mayOnlyBeAccessedByLayers("face", "engine", "journal", "jdbc", "dashboard")
                .whereLayer("codec")
                .mayOnlyBeAccessedByLayers("face", "engine", "dashboard")
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
                                "java.sql..", "java.io..", "java.nio..", "java.util.concurrent.locks..")
                        .or(DescribedPredicate.describe("is a clock", type -> type.isEquivalentTo(Clock.class)))
                        .or(DescribedPredicate.describe("is a thread", type -> type.isEquivalentTo(Thread.class))))
                .check(REVIVE);
    }

    @Test
    void timeAndChanceAreGivenNeverTaken() {
        noClasses()
                .that()
                .resideInAnyPackage("dev.revive.engine", "dev.revive.journal")
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
                .resideInAnyPackage(
                        "dev.revive",
                        "dev.revive.engine",
                        "dev.revive.journal",
                        "dev.revive.store",
                        "dev.revive.codec",
                        "dev.revive.workflow",
                        "dev.revive.crash",
                        "dev.revive.jdbc",
                        "dev.revive.dashboard..")
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
                .resideInAnyPackage(
                        "dev.revive",
                        "dev.revive.engine",
                        "dev.revive.journal",
                        "dev.revive.store",
                        "dev.revive.codec",
                        "dev.revive.workflow",
                        "dev.revive.crash")
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

    @Test
    void theJdbcStoreShowsOnlyItsFace() {
        classes()
                .that()
                .resideInAPackage("dev.revive.jdbc")
                .and()
                .arePublic()
                .and()
                .areTopLevelClasses()
                .should()
                .haveNameMatching(".*\\.(JdbcStore|JdbcSettings|Durability|SchemaMode)")
                .check(REVIVE);
    }
}
