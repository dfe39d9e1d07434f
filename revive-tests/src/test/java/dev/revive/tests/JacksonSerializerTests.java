// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.jsontype.BasicPolymorphicTypeValidator;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import com.fasterxml.jackson.databind.util.StdConverter;
import dev.revive.codec.JacksonSerializer;
import dev.revive.codec.JsonText;
import dev.revive.codec.Payloads;
import dev.revive.workflow.SerializationException;
import dev.revive.workflow.Step;
import dev.revive.workflow.TypeRef;
import dev.revive.workflow.Workflow;
import java.io.IOException;
import java.lang.module.ModuleFinder;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.util.AbstractMap;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** How values become JSON, without an engine. What becomes of which shape is in docs/payloads.md. */
class JacksonSerializerTests {
    private final JacksonSerializer serializer = new JacksonSerializer();

    /** Jackson wrote a path as a URI before Revive kept relative ones relative. */
    @Test
    void aPathThatWasWrittenAsAUriIsRead() {
        Path path = Path.of("some", "file").toAbsolutePath();

        assertThat(serializer.<Path>deserialize('"' + path.toUri().toString() + '"', Path.class))
                .isEqualTo(path);
        assertThat(serializer.<Path>deserialize("\"some/file\"", Path.class)).isEqualTo(Path.of("some", "file"));
    }

    record OrderId(String text) {
        @Override
        public String toString() {
            return text;
        }
    }

    @Test
    void aRecordWithATextOfItsOwnIsAKey() {
        TypeRef<Map<OrderId, Integer>> type = new TypeRef<>() {};
        Map<OrderId, Integer> map = Map.of(new OrderId("a"), 1);

        serializer.check(type.type());
        assertThat(serializer.<Map<OrderId, Integer>>deserialize(serializer.serialize(map, type.type()), type.type()))
                .isEqualTo(map);
    }

    @Nested
    class AHash {
        record Input(
                String name, Collection<?> any, @Nullable String note) {}

        record Older(String name, Collection<?> any) {}

        private String hash(Object value) {
            return serializer.inputHash(value, value.getClass());
        }

        @Test
        void doesNotDependOnTheOrderOfASetWhereverItIs() {
            Set<String> one = new LinkedHashSet<>(List.of("a", "b", "c"));
            Set<String> other = new LinkedHashSet<>(List.of("c", "a", "b"));

            assertThat(hash(new Input("n", one, null))).isEqualTo(hash(new Input("n", other, null)));
            assertThat(hash(new Input("n", List.of(one, other), null)))
                    .isEqualTo(hash(new Input("n", List.of(other, one), null)));
            assertThat(hash(new Input("n", Set.of(one, List.of(1, 2)), null)))
                    .isEqualTo(hash(new Input("n", Set.of(List.of(1, 2), other), null)));
            assertThat(serializer.inputHash(Map.of("k", one), Object.class))
                    .isEqualTo(serializer.inputHash(Map.of("k", other), Object.class));
        }

        @Test
        void dependsOnTheOrderOfAListAndOnWhatIsInASet() {
            assertThat(hash(new Input("n", List.of(1, 2), null)))
                    .isNotEqualTo(hash(new Input("n", List.of(2, 1), null)));
            assertThat(hash(new Input("n", Set.of(1, 2), null))).isNotEqualTo(hash(new Input("n", Set.of(1, 3), null)));
        }

        @Test
        void doesNotTellANullPropertyFromOneThatIsMissing() {
            assertThat(hash(new Input("n", List.of(), null))).isEqualTo(hash(new Older("n", List.of())));
            assertThat(hash(new Input("n", List.of(), "x"))).isNotEqualTo(hash(new Older("n", List.of())));
        }

        @Test
        void tellsANullEntryOfAMapFromNone() {
            Map<String, @Nullable Integer> withNull = new HashMap<>();
            withNull.put("a", null);

            assertThat(serializer.inputHash(withNull, Map.class))
                    .isNotEqualTo(serializer.inputHash(Map.of(), Map.class));
        }

        @Test
        void tellsEntriesToNullApartByTheirKeys() {
            assertThat(serializer.inputHash(new AbstractMap.SimpleEntry<>("a", null), Map.Entry.class))
                    .isNotEqualTo(serializer.inputHash(new AbstractMap.SimpleEntry<>("b", null), Map.Entry.class));
        }

        @Test
        void countsANumberByItsValueHoweverManyZerosItHas() {
            assertThat(hash(new BigDecimal("100")))
                    .isEqualTo(hash(new BigDecimal("100.00")))
                    .isEqualTo(hash(new BigDecimal("1E+2")));
            assertThat(hash(new BigDecimal("1.10"))).isEqualTo(hash(new BigDecimal("1.1")));
            assertThat(hash(new BigDecimal("1E+999999"))).isNotEqualTo(hash(new BigDecimal("1E+999998")));
        }

        @Test
        void isOfTheWholeInputThoughAHostsMapperDoesNotFlush() {
            JacksonSerializer ofHost = new JacksonSerializer(JsonMapper.builder()
                    .disable(SerializationFeature.FLUSH_AFTER_WRITE_VALUE)
                    .build());

            assertThat(ofHost.inputHash("a", String.class)).isNotEqualTo(ofHost.inputHash("b", String.class));
        }

        @Test
        void countsEveryArrayAndObjectOnItsWayToASet() {
            Everything one = everything(new LinkedHashSet<>(List.of(1, 2)));
            Everything other = everything(new LinkedHashSet<>(List.of(2, 1)));

            assertThat(hash(one)).isEqualTo(hash(other));
        }

        private Everything everything(Set<?> set) {
            return new Everything(
                    new int[] {1},
                    new long[] {1},
                    new double[] {1},
                    new String[] {"a"},
                    new byte[] {1},
                    new Object[] {new Object[0], Map.of()},
                    Map.of("a", List.of(List.of())),
                    set);
        }

        record Everything(
                int[] i, long[] l, double[] d, String[] s, byte[] b, Object[] o, Map<String, List<?>> m, Set<?> set) {}

        @Test
        void takesTextThatTheUsersCodeWroteAsItIs() {
            record Raw(@JsonRawValue String raw, Set<Integer> set) {}
            Raw raw = new Raw("[[1], {\"a\": null}]", Set.of(7));

            assertThat(hash(raw)).isEqualTo(JsonText.canonicalHash(serializer.serialize(raw, Raw.class)));
        }

        @Test
        void staysWhatItWas() {
            assertThat(JsonText.canonicalHash("{\"b\": [1.50, null], \"a\": {\"y\": 1.25e1, \"x\": \"\\u00fc\"}}"))
                    .isEqualTo("bb13f27fc3abd31cfc43be084159145353ef04ea7bd1b9815366848df6472c03");
        }
    }

    @Nested
    class AMapperOfTheHost {
        @Test
        void mustNotLoadClassesThatTheTextNames() {
            ObjectMapper mapper = JsonMapper.builder()
                    .activateDefaultTyping(BasicPolymorphicTypeValidator.builder()
                            .allowIfBaseType(Object.class)
                            .build())
                    .build();

            assertThatThrownBy(() -> new JacksonSerializer(mapper))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("default typing")
                    .hasMessageContaining("Id.NAME");
        }

        /** And does not override copy(). */
        static final class OfItsOwnClass extends ObjectMapper {
            private static final long serialVersionUID = 1L;
        }

        @Test
        void mustBeOneThatCanBeCopied() {
            assertThatThrownBy(() -> new JacksonSerializer(new OfItsOwnClass()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(OfItsOwnClass.class.getName())
                    .hasMessageContaining("Override copy()")
                    .hasMessageContaining("JsonMapper.builder()");
        }

        @Test
        void isToldWhichModuleItLacks() {
            JacksonSerializer bare = new JacksonSerializer(JsonMapper.builder().build());

            assertThatThrownBy(() -> bare.check(new TypeRef<List<Instant>>() {}.type()))
                    .isInstanceOf(SerializationException.class)
                    .hasMessageContaining("java.time.Instant")
                    .hasMessageContaining("JavaTimeModule");
        }
    }

    /** What Jackson writes and reads is not refused, however its annotations say it. */
    @Nested
    class ATypeThatIsWrittenInItsOwnWay {
        private void comesBack(Object value, Type type) {
            comesBack(serializer, value, type);
        }

        private void comesBack(JacksonSerializer serializer, Object value, Type type) {
            serializer.check(type);
            assertThat(serializer.<Object>deserialize(serializer.serialize(value, type), type))
                    .isEqualTo(value);
        }

        /** As Immutables generates it. */
        @JsonSerialize(as = ImmutableFoo.class)
        @JsonDeserialize(as = ImmutableFoo.class)
        interface Foo {
            String name();

            List<String> tags();
        }

        static final class ImmutableFoo implements Foo {
            private final String name;
            private final List<String> tags;

            private ImmutableFoo(String name, List<String> tags) {
                this.name = name;
                this.tags = List.copyOf(tags);
            }

            @Override
            @JsonProperty("name")
            public String name() {
                return name;
            }

            @Override
            @JsonProperty("tags")
            public List<String> tags() {
                return tags;
            }

            @Override
            public boolean equals(@Nullable Object other) {
                return other instanceof ImmutableFoo foo && name.equals(foo.name) && tags.equals(foo.tags);
            }

            @Override
            public int hashCode() {
                return Objects.hash(name, tags);
            }

            @JsonDeserialize
            @JsonAutoDetect(fieldVisibility = JsonAutoDetect.Visibility.NONE)
            static final class Json implements Foo {
                private String name = "";
                private List<String> tags = List.of();

                @JsonProperty("name")
                public void setName(String name) {
                    this.name = name;
                }

                @JsonProperty("tags")
                public void setTags(List<String> tags) {
                    this.tags = tags;
                }

                @Override
                public String name() {
                    throw new UnsupportedOperationException();
                }

                @Override
                public List<String> tags() {
                    throw new UnsupportedOperationException();
                }
            }

            @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
            static ImmutableFoo fromJson(Json json) {
                return new ImmutableFoo(json.name, json.tags);
            }
        }

        record HoldsFoo(Foo foo) {}

        @Test
        void mayBeMadeOfWhatImmutablesGenerates() {
            Foo foo = new ImmutableFoo("n", List.of("a"));

            comesBack(foo, Foo.class);
            comesBack(foo, ImmutableFoo.class);
            comesBack(new HoldsFoo(foo), HoldsFoo.class);
        }

        static final class WithoutGetters {
            private int amount;

            public void setAmount(int amount) {
                this.amount = amount;
            }
        }

        record OfADelegate(int amount) {
            @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
            static OfADelegate of(WithoutGetters delegate) {
                return new OfADelegate(delegate.amount);
            }
        }

        @Test
        void mayBeMadeOfADelegateThatIsOnlyRead() {
            comesBack(new OfADelegate(5), OfADelegate.class);
        }

        record Money(long cents) {}

        static final class ToText extends StdConverter<Money, String> {
            @Override
            public String convert(Money money) {
                return money.cents() + " cents";
            }
        }

        static final class FromText extends StdConverter<String, Money> {
            @Override
            public Money convert(String text) {
                return new Money(Long.parseLong(text.substring(0, text.indexOf(' '))));
            }
        }

        record Order(
                @JsonSerialize(converter = ToText.class) @JsonDeserialize(converter = FromText.class)
                Money price) {}

        record Orders(
                @JsonSerialize(contentConverter = ToText.class) @JsonDeserialize(contentConverter = FromText.class)
                List<Money> prices) {}

        @Test
        void mayHaveAPropertyWithConverters() {
            comesBack(new Order(new Money(5)), Order.class);
            comesBack(new Orders(List.of(new Money(5))), Orders.class);
        }

        record TextOfNumber(
                @JsonValue @JsonSerialize(using = ToStringSerializer.class)
                long value) {
            @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
            static TextOfNumber of(String text) {
                return new TextOfNumber(Long.parseLong(text));
            }
        }

        @Test
        void mayBeANumberThatIsWrittenAsText() {
            comesBack(new TextOfNumber(5), TextOfNumber.class);
        }

        static final class Id {
            private final long value;

            @JsonCreator
            Id(long value) {
                this.value = value;
            }

            @JsonValue
            public long value() {
                return value;
            }

            @Override
            public boolean equals(@Nullable Object other) {
                return other instanceof Id id && id.value == value;
            }

            @Override
            public int hashCode() {
                return Long.hashCode(value);
            }
        }

        static final class TextId {
            private final long value;

            @JsonCreator
            TextId(String value) {
                this.value = Long.parseLong(value);
            }

            @JsonValue
            public long value() {
                return value;
            }

            @Override
            public boolean equals(@Nullable Object other) {
                return other instanceof TextId id && id.value == value;
            }

            @Override
            public int hashCode() {
                return Long.hashCode(value);
            }
        }

        @Test
        void mayBeANumberThatTheHostsMapperWritesAsText() {
            JacksonSerializer ofModule = new JacksonSerializer(JsonMapper.builder()
                    .addModule(new SimpleModule()
                            .addSerializer(Long.class, ToStringSerializer.instance)
                            .addSerializer(Long.TYPE, ToStringSerializer.instance))
                    .build());
            JacksonSerializer ofFeature = new JacksonSerializer(JsonMapper.builder()
                    .enable(JsonWriteFeature.WRITE_NUMBERS_AS_STRINGS)
                    .build());

            for (JacksonSerializer each : List.of(ofModule, ofFeature)) {
                comesBack(each, new Id(5), Id.class);
                comesBack(each, new TextId("5"), TextId.class);
            }
        }

        @JsonTypeInfo(
                use = JsonTypeInfo.Id.NAME,
                include = JsonTypeInfo.As.EXISTING_PROPERTY,
                property = "kind",
                visible = true)
        @JsonSubTypes({
            @JsonSubTypes.Type(value = ByAnyGetter.class, name = "any"),
            @JsonSubTypes.Type(value = ByUnwrapped.class, name = "unwrapped")
        })
        interface Told {}

        static final class ByAnyGetter implements Told {
            private final Map<String, Object> rest = new HashMap<>();

            @JsonAnyGetter
            public Map<String, Object> rest() {
                return rest;
            }

            @JsonAnySetter
            public void put(String name, Object value) {
                rest.put(name, value);
            }

            @Override
            public boolean equals(@Nullable Object other) {
                return other instanceof ByAnyGetter told && told.rest.equals(rest);
            }

            @Override
            public int hashCode() {
                return rest.hashCode();
            }
        }

        record Head(String kind) {}

        static final class ByUnwrapped implements Told {
            @JsonUnwrapped
            public Head head = new Head("unwrapped");

            @Override
            public boolean equals(@Nullable Object other) {
                return other instanceof ByUnwrapped told && told.head.equals(head);
            }

            @Override
            public int hashCode() {
                return head.hashCode();
            }
        }

        @Test
        void maySayWhichSubtypeItIsOtherwiseThanByAProperty() {
            ByAnyGetter any = new ByAnyGetter();
            any.put("kind", "any");

            comesBack(any, Told.class);
            comesBack(new ByUnwrapped(), Told.class);
        }
    }

    /** What is written is not of the type that is read. */
    @Nested
    class AGetterOfAnotherType {
        record Size(int width) {}

        static final class Elements {
            private final List<Integer> widths;

            @JsonCreator
            Elements(@JsonProperty("sizes") List<Integer> widths) {
                this.widths = widths;
            }

            public List<Size> getSizes() {
                return widths.stream().map(Size::new).toList();
            }
        }

        static final class Others {
            private final Map<String, Integer> rest = new HashMap<>();

            @JsonAnyGetter
            public Map<String, Size> rest() {
                return Map.of("x", new Size(rest.size()));
            }

            @JsonAnySetter
            public void put(String name, Integer value) {
                rest.put(name, value);
            }
        }

        record Whole(@JsonUnwrapped Part part) {}

        static final class Part {
            private final String size;

            @JsonCreator
            Part(@JsonProperty("size") String size) {
                this.size = size;
            }

            public Size getSize() {
                return new Size(size.length());
            }
        }

        @Test
        void isRefusedIfNobodyCouldReadWhatItGives() {
            refuses(Elements.class, "an element of sizes is written as");
            refuses(Others.class, "any other property is written as");
            refuses(Whole.class, "part.size is written as");
        }

        private void refuses(Class<?> type, String why) {
            assertThatThrownBy(() -> serializer.check(type))
                    .isInstanceOf(SerializationException.class)
                    .hasMessageContaining(why)
                    .hasMessageContaining("Let both be of one type");
        }

        static final class Lenient {
            private final Collection<Integer> numbers;
            private final @Nullable Size size;
            private final int count;
            private final Instant at;

            @JsonCreator
            Lenient(
                    @JsonProperty("numbers") Collection<Integer> numbers,
                    @JsonProperty("size") @Nullable Size size,
                    @JsonProperty("count") int count,
                    @JsonProperty("at") String at) {
                this.numbers = numbers;
                this.size = size;
                this.count = count;
                this.at = Instant.parse(at);
            }

            public List<Integer> getNumbers() {
                return List.copyOf(numbers);
            }

            public Optional<Size> getSize() {
                return Optional.ofNullable(size);
            }

            public String getCount() {
                return "" + count;
            }

            public Instant getAt() {
                return at;
            }
        }

        @Test
        void isNotRefusedIfWhatItGivesMayBeRead() {
            serializer.check(Lenient.class);
            String json = serializer.serialize(
                    new Lenient(List.of(1, 2), new Size(3), 4, "2026-11-30T12:00:00Z"), Lenient.class);

            Object read = serializer.deserialize(json, Lenient.class);

            assertThat(serializer.serialize(read, Lenient.class)).isEqualTo(json);
        }
    }

    @Nested
    class SubtypesThatAreDeduced {
        interface Bare {}

        record Square(int side) implements Bare {}

        record Circle(int radius) implements Bare {}

        record OfProperty(
                @JsonTypeInfo(use = JsonTypeInfo.Id.DEDUCTION)
                @JsonSubTypes({@JsonSubTypes.Type(Square.class), @JsonSubTypes.Type(Circle.class)})
                Bare shape) {}

        @JsonSubTypes({@JsonSubTypes.Type(Dot.class), @JsonSubTypes.Type(Line.class)})
        interface Named {}

        record Dot(int x) implements Named {}

        record Line(int length) implements Named {}

        record OfType(
                @JsonTypeInfo(use = JsonTypeInfo.Id.DEDUCTION)
                Named shape) {}

        @Test
        void areRefusedIfOnlyAPropertyNamesThem() {
            assertThatThrownBy(() -> serializer.check(OfProperty.class))
                    .isInstanceOf(SerializationException.class)
                    .hasMessageContaining("Put @JsonSubTypes on the type");
        }

        @Test
        void areReadIfTheTypeNamesThemAndAPropertySaysHow() {
            serializer.check(OfType.class);

            OfType value = new OfType(new Line(3));
            assertThat(serializer.<OfType>deserialize(serializer.serialize(value, OfType.class), OfType.class))
                    .isEqualTo(value);
        }
    }

    /** A row may have been written before its type was looked at, or by somebody else. */
    @Nested
    class ANameOfAClass {
        static Stream<JacksonSerializer> serializers() {
            return Stream.of(
                    new JacksonSerializer(),
                    new JacksonSerializer(JsonMapper.builder().build()));
        }

        private void isNotLoaded(JacksonSerializer serializer, String json, Type type) {
            String name = JacksonSerializerTests.class.getName() + "$Stranger";

            assertThatThrownBy(() -> serializer.deserialize(json.formatted(name), type))
                    .isInstanceOf(SerializationException.class);
            assertThat(LOADED).isEmpty();
        }

        @ParameterizedTest
        @MethodSource("serializers")
        void isNeverLoadedBecauseARowHasIt(JacksonSerializer serializer) {
            isNotLoaded(serializer, "{\"@class\":\"%s\"}", ByClassName.class);
            isNotLoaded(serializer, "{\"any\":{\"@class\":\"%s\"}}", HoldsByClassName.class);
            isNotLoaded(serializer, "\"%s\"", Class.class);
            isNotLoaded(serializer, "{\"%s\":1}", new TypeRef<Map<Class<?>, Integer>>() {}.type());
            isNotLoaded(serializer, "\"%s\"", JavaType.class);
        }

        @Test
        void isNotLoadedByAMapperThatTheHostChangesLater() {
            ObjectMapper mapper = JsonMapper.builder().build();
            JacksonSerializer early = new JacksonSerializer(mapper);
            mapper.activateDefaultTyping(BasicPolymorphicTypeValidator.builder()
                    .allowIfBaseType(Object.class)
                    .build());

            early.deserialize("[\"" + JacksonSerializerTests.class.getName() + "$Stranger\",{}]", Object.class);

            assertThat(LOADED).isEmpty();
        }
    }

    private static final List<String> LOADED = new CopyOnWriteArrayList<>();

    @JsonTypeInfo(use = JsonTypeInfo.Id.CLASS)
    interface ByClassName {}

    record HoldsByClassName(
            @JsonTypeInfo(use = JsonTypeInfo.Id.CLASS) Object any) {}

    @SuppressWarnings("unused") // only its name is
    static final class Stranger implements ByClassName {
        static {
            LOADED.add("Stranger");
        }
    }

    @Nested
    class AZone {
        @Test
        void isReadAsItsOffsetWhereAnEarlierVersionDidNotWriteIt() {
            assertThat(serializer.deserialize("\"2026-03-29T02:30:00+02:00\"", ZonedDateTime.class))
                    .isEqualTo(ZonedDateTime.parse("2026-03-29T02:30+02:00"));
        }
    }

    @Nested
    class ATypeOfValuesThatAreStillToCome {
        static Stream<TypeRef<?>> types() {
            return Stream.of(
                    new TypeRef<CompletableFuture<String>>() {},
                    new TypeRef<Future<String>>() {},
                    new TypeRef<CompletionStage<String>>() {},
                    new TypeRef<Flow.Publisher<String>>() {},
                    new TypeRef<Stream<String>>() {},
                    new TypeRef<Iterator<String>>() {},
                    new TypeRef<List<CompletableFuture<String>>>() {},
                    new TypeRef<Map<String, ? extends Stream<?>>>() {},
                    new TypeRef<CompletableFuture<String>[]>() {},
                    TypeRef.of(java.util.stream.IntStream.class));
        }

        @ParameterizedTest
        @MethodSource("types")
        void isRefusedWhereItIsDeclared(TypeRef<?> type) {
            assertThatThrownBy(() -> Step.of("Fetch", type, attempt -> null))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("step \"Fetch\"")
                    .hasMessageContaining("still to come")
                    .hasMessageContaining("Wait in the body");
            assertThatThrownBy(() -> Workflow.named("fetch", TypeRef.of(String.class), type))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("the output of fetch");
        }

        private static <T> TypeRef<List<T>> open() {
            return new TypeRef<>() {};
        }

        @Test
        void isToldFromOneThatLeavesOpenWhatItIs() {
            assertThatThrownBy(() -> Step.of(
                            "Fetch",
                            JacksonSerializerTests.ATypeOfValuesThatAreStillToCome.<String>open(),
                            attempt -> List.of()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("leaves open what T is");
        }
    }

    /** It is known before anything is done whether what is sent or started with comes back; what a step returns is not. */
    @Nested
    class AClassWithoutItsArguments {
        record Line(String what) {}

        private final Payloads payloads = new Payloads(serializer, 10_000);

        static Stream<Object> kept() {
            return Stream.of(
                    List.of("a", true, List.of("b")),
                    Arrays.asList("a", null),
                    Set.of("a", "b"),
                    new TreeSet<>(Set.of("a", "b")),
                    new ArrayDeque<>(List.of("a")),
                    Map.of("a", 1.5, "b", 2L, "c", Map.of("d", List.of())),
                    Optional.of("a"));
        }

        @ParameterizedTest
        @MethodSource
        void kept(Object value) {
            payloads.encodeInput(value, raw(value));
        }

        static Stream<Object> lost() {
            return Stream.of(
                    List.of(new Line("a")),
                    Set.of(new Line("a")),
                    List.of("a", List.of(Instant.EPOCH)),
                    List.of(Set.of("a")),
                    Map.of("a", new byte[] {1}),
                    Map.of("a", Thread.State.NEW),
                    Map.of(1, "a"));
        }

        @ParameterizedTest
        @MethodSource
        void lost(Object value) {
            assertThatThrownBy(() -> payloads.encodeInput(value, raw(value)))
                    .isInstanceOf(SerializationException.class)
                    .hasMessageContaining("does not say what is in it")
                    .hasMessageContaining("TypeRef");
        }

        private static Class<?> raw(Object value) {
            return Stream.of(List.class, SortedSet.class, Set.class, Deque.class, Map.class, Optional.class)
                    .filter(type -> type.isInstance(value))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Nested
    class ARecordInAModule {
        /** A module of its own, compiled here, that keeps its only package closed. */
        private Class<?> closed(Path directory) throws IOException, ClassNotFoundException {
            Path sources = Files.createDirectories(directory.resolve("src/com/acme/pay"));
            Path module = Files.writeString(directory.resolve("src/module-info.java"), "module com.acme.pay {}");
            Path source = Files.writeString(
                    sources.resolve("Receipt.java"), "package com.acme.pay; record Receipt(String id) {}");
            JavaCompiler compiler = Objects.requireNonNull(ToolProvider.getSystemJavaCompiler(), "tests need a JDK");
            Path classes = directory.resolve("classes");
            assertThat(compiler.run(null, null, null, "-d", classes.toString(), module.toString(), source.toString()))
                    .isZero();
            ModuleLayer boot = ModuleLayer.boot();
            ModuleLayer layer = boot.defineModulesWithOneLoader(
                    boot.configuration().resolve(ModuleFinder.of(classes), ModuleFinder.of(), Set.of("com.acme.pay")),
                    ClassLoader.getSystemClassLoader());
            return layer.findLoader("com.acme.pay").loadClass("com.acme.pay.Receipt");
        }

        @Test
        void isRefusedWithTheAdviceToOpenItsPackage(@TempDir Path directory) throws Exception {
            Type receipt = closed(directory);

            assertThatThrownBy(() -> serializer.check(receipt))
                    .isInstanceOf(SerializationException.class)
                    .hasMessageContaining("opens com.acme.pay to com.fasterxml.jackson.databind;")
                    .hasMessageNotContaining("make it a record");
            assertThatThrownBy(() -> serializer.deserialize("{\"id\":\"r1\"}", receipt))
                    .isInstanceOf(SerializationException.class)
                    .hasMessageContaining("opens com.acme.pay to com.fasterxml.jackson.databind;");
        }
    }
}
