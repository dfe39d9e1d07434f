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
 * The settings that the tests of a class run in: all, if it names none. Name a few where the store cannot matter.
 *
 * <p>{@code -Drevive.settings=MEMORY_NARROW,H2_WIDE} leaves out the others. A class that would have none left keeps its first.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ArgumentsSource(InSettings.Chosen.class)
public @interface InSettings {
    /** The settings; none stands for all. */
    Setting[] value() default {};

    /** The settings of a class, without those that the build leaves out. */
    final class Chosen implements ArgumentsProvider, AnnotationConsumer<InSettings> {
        private static final String PROPERTY = "revive.settings";

        private List<Setting> ofClass = List.of();

        @Override
        public void accept(InSettings annotation) {
            ofClass = List.of(annotation.value().length == 0 ? Setting.values() : annotation.value());
        }

        @Override
        public Stream<Arguments> provideArguments(ParameterDeclarations parameters, ExtensionContext context) {
            List<Setting> chosen = ofClass.stream().filter(ofBuild()::contains).toList();
            return (chosen.isEmpty() ? ofClass.subList(0, 1) : chosen).stream().map(Arguments::of);
        }

        private static List<Setting> ofBuild() {
            String names = System.getProperty(PROPERTY, "");
            return names.isEmpty()
                    ? List.of(Setting.values())
                    : Arrays.stream(names.split(",")).map(Setting::valueOf).toList();
        }
    }
}
