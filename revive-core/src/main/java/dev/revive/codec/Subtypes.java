// SPDX-License-Identifier: Apache-2.0
package dev.revive.codec;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.introspect.AnnotatedClass;
import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import com.fasterxml.jackson.databind.jsontype.SubtypeResolver;
import com.fasterxml.jackson.databind.jsontype.TypeDeserializer;
import com.fasterxml.jackson.databind.jsontype.TypeIdResolver;
import com.fasterxml.jackson.databind.jsontype.impl.AsDeductionTypeDeserializer;
import dev.revive.codec.Inspection.Refused;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The subtypes of a type, in one place, that the text tells apart. */
final class Subtypes {
    private final DeserializationConfig config;
    private final JavaType base;
    private final TypeDeserializer reader;
    private final @Nullable AnnotatedMember property;

    /** @param property the one that says how they are told apart; null if their type does */
    Subtypes(DeserializationConfig config, JavaType base, TypeDeserializer reader, @Nullable AnnotatedMember property) {
        this.config = config;
        this.base = base;
        this.reader = reader;
        this.property = property;
    }

    /** How the text tells them apart. What is deduced is read by the names of classes that it does not name. */
    static JsonTypeInfo.Id mechanism(TypeDeserializer reader) {
        TypeIdResolver ids = reader.getTypeIdResolver();
        if (reader instanceof AsDeductionTypeDeserializer) {
            return JsonTypeInfo.Id.DEDUCTION;
        }
        return ids == null ? JsonTypeInfo.Id.CUSTOM : ids.getMechanism();
    }

    /** Those that will be written and read; empty if the program's own code tells them apart. */
    Set<Class<?>> known(String subject) throws Refused {
        JsonTypeInfo.Id mechanism = mechanism(reader);
        if (mechanism == JsonTypeInfo.Id.CLASS || mechanism == JsonTypeInfo.Id.MINIMAL_CLASS) {
            throw new Refused(
                    "%s has a @JsonTypeInfo that lets the text name a class, and no class that the database names is ever loaded. Use Id.NAME and @JsonSubTypes."
                            .formatted(subject));
        }
        if (mechanism == JsonTypeInfo.Id.CUSTOM) {
            return Set.of();
        }
        Collection<NamedType> read = read();
        refuseSharedNames(read, subject);
        Set<Class<?>> known = new LinkedHashSet<>();
        read.forEach(each -> known.add(each.getType()));
        if (reader.hasDefaultImpl()) {
            known.add(reader.getDefaultImpl());
        }
        known.removeIf(each -> !isConcrete(each));
        if (mechanism == JsonTypeInfo.Id.DEDUCTION && property != null) {
            refuseUnlessOfType(known, subject);
        }
        refuseForgotten(known, subject);
        return known;
    }

    private Collection<NamedType> read() {
        SubtypeResolver resolver = config.getSubtypeResolver();
        return property == null
                ? resolver.collectAndResolveSubtypesByTypeId(config, annotated())
                : resolver.collectAndResolveSubtypesByTypeId(config, property, base);
    }

    /** Names of classes are read where the type itself has them, whatever the property says. See {@link NoClassNames}. */
    private void refuseUnlessOfType(Set<Class<?>> known, String subject) throws Refused {
        Set<Class<?>> ofType = new HashSet<>();
        config.getSubtypeResolver()
                .collectAndResolveSubtypesByTypeId(config, annotated())
                .forEach(each -> ofType.add(each.getType()));
        for (Class<?> each : known) {
            if (!ofType.contains(each) && !each.equals(reader.getDefaultImpl())) {
                throw new Refused(
                        "%s has subtypes that are deduced, and only the property names %s. Put @JsonSubTypes on the type, or use Id.NAME."
                                .formatted(subject, each.getName()));
            }
        }
    }

    private Collection<NamedType> written() {
        SubtypeResolver resolver = config.getSubtypeResolver();
        return property == null
                ? resolver.collectAndResolveSubtypesByClass(config, annotated())
                : resolver.collectAndResolveSubtypesByClass(config, property, base);
    }

    private AnnotatedClass annotated() {
        return config.introspectClassAnnotations(base).getClassInfo();
    }

    /** Not a sibling, which is known by inherited annotations. */
    private boolean isConcrete(Class<?> subtype) {
        return base.getRawClass().isAssignableFrom(subtype) && !Modifier.isAbstract(subtype.getModifiers());
    }

    /** Of those that share a name, the last is read, whichever was written. */
    private void refuseSharedNames(Collection<NamedType> read, String subject) throws Refused {
        for (NamedType each : written()) {
            if (each.hasName() && isConcrete(each.getType()) && !read.contains(each)) {
                throw new Refused("%s has two subtypes with the name \"%s\". Give %s another."
                        .formatted(subject, each.getName(), each.getType().getName()));
            }
        }
    }

    private void refuseForgotten(Set<Class<?>> known, String subject) throws Refused {
        if (known.isEmpty()) {
            throw new Refused("%s has subtypes that nobody names. Name them with @JsonSubTypes.".formatted(subject));
        }
        List<Class<?>> permitted = new ArrayList<>();
        collectPermitted(base.getRawClass(), permitted);
        permitted.removeAll(known);
        if (!permitted.isEmpty()) {
            throw new Refused(
                    "%s has @JsonSubTypes that do not name %s, which would be written and could not be read. Name it."
                            .formatted(subject, permitted.get(0).getName()));
        }
    }

    private static void collectPermitted(Class<?> type, List<Class<?>> permitted) {
        if (!type.isSealed()) {
            return;
        }
        for (Class<?> subtype : type.getPermittedSubclasses()) {
            if (!Modifier.isAbstract(subtype.getModifiers())) {
                permitted.add(subtype);
            }
            collectPermitted(subtype, permitted);
        }
    }
}
