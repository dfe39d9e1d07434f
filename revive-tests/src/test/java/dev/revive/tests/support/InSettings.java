// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.support;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.ArgumentsProvider;
import org.junit.jupiter.params.provider.ArgumentsSource;
import org.junit.jupiter.params.support.AnnotationConsumer;
import org.junit.jupiter.params.support.ParameterDeclarations;

/**
 * The settings that the tests of a class run in. Name a few where the store cannot matter. If it names none: in the normal build those that differ most, and all with
 * {@code -Drevive.settings=ALL}, as {@code -Pfull} has it.
 *
 * <p>{@code -Drevive.settings=MEMORY_NARROW,H2_WIDE} leaves out the others. A class that would have none left keeps its first.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ArgumentsSource(InSettings.Chosen.class)
public @interface InSettings {
    /** The settings; none stands for all, or those that differ most. */
    Setting[] value() default {};

    /** The settings of a class, without those that the build leaves out. */
    final class Chosen implements ArgumentsProvider, AnnotationConsumer<InSettings> {
        private static final String ASKED_FOR = System.getProperty("revive.settings", "");
        private static final String ALL = "ALL";

        /** Each store, as little room as there can be, and every wait unloaded. */
        private static final List<Setting> MOST_DIFFERENT = List.of(
                Setting.MEMORY_NARROW,
                Setting.MEMORY_UNLOADING,
                Setting.H2_WIDE,
                Setting.POSTGRES_WIDE,
                Setting.MARIADB_WIDE);

        private List<Setting> ofClass = List.of();

        @Override
        public void accept(InSettings annotation) {
            List<Setting> named = List.of(annotation.value());
            ofClass = !named.isEmpty() ? named : ASKED_FOR.isEmpty() ? MOST_DIFFERENT : List.of(Setting.values());
        }

        @Override
        public Stream<Arguments> provideArguments(ParameterDeclarations parameters, ExtensionContext context) {
            List<Setting> chosen = ofClass.stream().filter(ofBuild()::contains).toList();
            return (chosen.isEmpty() ? ofClass.subList(0, 1) : chosen).stream().map(Arguments::of);
        }

        private static List<Setting> ofBuild() {
            return ASKED_FOR.isEmpty() || ASKED_FOR.equals(ALL)
                    ? List.of(Setting.values())
                    : Arrays.stream(ASKED_FOR.split(",")).map(Setting::valueOf).toList();
        }
    }
}
