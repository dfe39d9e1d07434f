// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.docs;

import com.fasterxml.jackson.annotation.JacksonInject;
import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonKey;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonPOJOBuilder;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.revive.workflow.TypeRef;
import java.io.File;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Time;
import java.sql.Timestamp;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Month;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.AbstractList;
import java.util.AbstractSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Calendar;
import java.util.Collection;
import java.util.Currency;
import java.util.Date;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The shapes of values that people use, and what becomes of each. */
final class Shapes {
    private Shapes() {}

    /** What becomes of a shape. */
    enum Fate {
        /** It comes back equal. */
        EQUAL,
        /** It comes back as something else, the same in every run. */
        OTHER,
        /** Its type is refused before an effect. */
        REFUSED,
        /** The type does not show that this value cannot be recorded. */
        TOO_LATE
    }

    /**
     * A shape.
     *
     * @param what for people
     * @param type its declared type
     * @param value a value of it, or null for a type that is refused
     * @param expected what comes back
     * @param fate what becomes of it
     * @param says what the refusal says
     */
    record Shape(
            String what,
            TypeRef<Object> type,
            @Nullable Object value,
            @Nullable Object expected,
            Fate fate,
            String says) {
        @SuppressWarnings("unchecked") // the table asks for nothing but what the type says
        static <T extends @Nullable Object> Shape of(
                String what, TypeRef<T> type, T value, T expected, Fate fate, String says) {
            return new Shape(what, (TypeRef<Object>) (TypeRef<?>) type, value, expected, fate, says);
        }
    }

    private static <T> Shape equal(String what, TypeRef<T> type, T value) {
        return Shape.of(what, type, value, value, Fate.EQUAL, "");
    }

    private static <T> Shape equal(String what, Class<T> type, T value) {
        return equal(what, TypeRef.of(type), value);
    }

    private static <T> Shape other(String what, TypeRef<T> type, T value, T expected, String says) {
        return Shape.of(what, type, value, expected, Fate.OTHER, says);
    }

    private static <T> Shape refused(String what, TypeRef<T> type, String says) {
        return Shape.<@Nullable Object>of(what, erased(type), null, null, Fate.REFUSED, says);
    }

    private static <T> Shape refused(String what, Class<T> type, String says) {
        return refused(what, TypeRef.of(type), says);
    }

    private static <T> Shape tooLate(String what, TypeRef<T> type, T value, String says) {
        return Shape.<@Nullable Object>of(what, erased(type), value, null, Fate.TOO_LATE, says);
    }

    @SuppressWarnings("unchecked") // there is no value of it
    private static TypeRef<@Nullable Object> erased(TypeRef<?> type) {
        return (TypeRef<@Nullable Object>) type;
    }

    // ---- types of a program

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Circle.class, name = "circle"),
        @JsonSubTypes.Type(value = Dot.class, name = "dot")
    })
    sealed interface Figure {}

    record Circle(int radius) implements Figure {}

    record Dot() implements Figure {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Some.class, name = "some"),
        @JsonSubTypes.Type(value = None.class, name = "none")
    })
    sealed interface Maybe<T> {}

    record Some<T>(T value) implements Maybe<T> {}

    record None<T>() implements Maybe<T> {}

    sealed interface Unnamed {}

    record OnlyOne(int x) implements Unnamed {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
    @JsonSubTypes(@JsonSubTypes.Type(Remembered.class))
    sealed interface Forgetful {}

    record Remembered() implements Forgetful {}

    record Forgotten() implements Forgetful {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.CLASS)
    sealed interface ByClassName {}

    record Named() implements ByClassName {}

    record Box<T extends @Nullable Object>(T content) {}

    record Order(String id, @Nullable String note, List<String> lines) {}

    record Tree(String name, List<Tree> children) {}

    record Point(int x, int y) {}

    record Sku(@JsonKey @JsonValue String code) {}

    record Plain(String code) {}

    record Numbers(int i, long l, double d, float f, short s, byte b, char c, boolean z) {}

    record Maybes(Optional<String> text, OptionalInt i, OptionalLong l, OptionalDouble d) {}

    enum Color {
        RED,
        GREEN {
            @Override
            public String toString() {
                return "like grass";
            }
        }
    }

    /** With a constructor that Jackson is told to call. */
    static final class Created {
        private final String name;
        private final int count;

        @JsonCreator
        Created(@JsonProperty("name") String name, @JsonProperty("count") int count) {
            this.name = name;
            this.count = count;
        }

        public String getName() {
            return name;
        }

        public int getCount() {
            return count;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Created that && name.equals(that.name) && count == that.count;
        }

        @Override
        public int hashCode() {
            return Objects.hash(name, count);
        }
    }

    /** With a builder. */
    @JsonDeserialize(builder = Built.Builder.class)
    static final class Built {
        private final String name;

        private Built(String name) {
            this.name = name;
        }

        public String getName() {
            return name;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Built that && name.equals(that.name);
        }

        @Override
        public int hashCode() {
            return name.hashCode();
        }

        @JsonPOJOBuilder(withPrefix = "")
        static final class Builder {
            private String name = "";

            Builder name(String name) {
                this.name = name;
                return this;
            }

            Built build() {
                return new Built(name);
            }
        }
    }

    /** With a constructor that nobody told Jackson about, as Kotlin and Lombok make them. */
    static final class Immutable {
        private final String name;
        private final int count;

        Immutable(String name, int count) {
            this.name = name;
            this.count = count;
        }

        public String getName() {
            return name;
        }

        public int getCount() {
            return count;
        }
    }

    /** With setters. */
    static final class Bean {
        private @Nullable String name;

        public @Nullable String getName() {
            return name;
        }

        public void setName(String name) {
            this.name = name;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Bean that && Objects.equals(name, that.name);
        }

        @Override
        public int hashCode() {
            return Objects.hashCode(name);
        }
    }

    /** A collection that cannot be made. */
    static final class Lines extends AbstractList<String> {
        private final List<String> lines;

        Lines(List<String> lines) {
            this.lines = lines;
        }

        @Override
        public String get(int index) {
            return lines.get(index);
        }

        @Override
        public int size() {
            return lines.size();
        }
    }

    /** One that can be made, and stays as it is. */
    static final class Fixed extends AbstractSet<String> {
        @Override
        public Iterator<String> iterator() {
            return List.of("a").iterator();
        }

        @Override
        public int size() {
            return 1;
        }
    }

    @SuppressWarnings("serial") // by Jackson alone
    static final class Table extends HashMap<String, String> {
        Table(Map<String, String> entries, int limit) {
            super(entries);
            keySet().retainAll(List.copyOf(keySet()).subList(0, limit));
        }
    }

    static final class OfList {
        private final List<String> lines;

        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        OfList(List<String> lines) {
            this.lines = lines;
        }

        public List<String> getLines() {
            return lines;
        }
    }

    static final class Valued {
        private final long value;

        Valued(String unit, long value) {
            this.value = value * unit.length();
        }

        @JsonValue
        public long value() {
            return value;
        }
    }

    record Count(@JsonValue int count) {}

    @JsonFormat(shape = JsonFormat.Shape.OBJECT)
    enum AsObject {
        ONE;

        public int getNumber() {
            return 1;
        }
    }

    record OfForgetful(Forgetful forgetful) {}

    record Unwrapping(@JsonUnwrapped Immutable part, int x) {}

    record UnwrappingFigure(@JsonUnwrapped Figure figure, int x) {}

    static final class Open {
        private final Map<String, BitSet> rest = new TreeMap<>();

        @JsonAnyGetter
        public Map<String, BitSet> rest() {
            return rest;
        }

        @JsonAnySetter
        public void put(String name, BitSet value) {
            rest.put(name, value);
        }
    }

    static final class Mixed {
        private final String place;

        @JsonCreator
        Mixed(@JsonProperty("place") String place) {
            this.place = place;
        }

        public Point getPlace() {
            return new Point(place.length(), 0);
        }
    }

    record Injected(@JacksonInject String service, int x) {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Castor.class, name = "twin"),
        @JsonSubTypes.Type(value = Pollux.class, name = "twin")
    })
    sealed interface Twins {}

    record Castor(int x) implements Twins {}

    record Pollux(int x) implements Twins {}

    interface Animal {}

    record Cat(int x) implements Animal {}

    record Loose(@JsonTypeInfo(use = JsonTypeInfo.Id.NAME) List<Animal> animals) {}

    record Half(
            @JsonTypeInfo(use = JsonTypeInfo.Id.NAME) @JsonSubTypes(@JsonSubTypes.Type(Cat.class))
            List<Animal> told,

            List<Animal> untold) {}

    record ByProperty(
            List<Object> plain,
            @JsonTypeInfo(use = JsonTypeInfo.Id.CLASS) List<Object> named) {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, include = JsonTypeInfo.As.EXISTING_PROPERTY, property = "kind")
    @JsonSubTypes(@JsonSubTypes.Type(Bare.class))
    sealed interface Existing {}

    record Bare(int x) implements Existing {}

    record Chain(
            @JsonTypeInfo(use = JsonTypeInfo.Id.NAME) @Nullable
            Chain next) {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.DEDUCTION)
    @JsonSubTypes({@JsonSubTypes.Type(ByLeft.class), @JsonSubTypes.Type(ByRight.class)})
    sealed interface Deduced {}

    record ByLeft(int left) implements Deduced {}

    record ByRight(int right) implements Deduced {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind", defaultImpl = Usual.class)
    @JsonSubTypes(@JsonSubTypes.Type(value = Rare.class, name = "rare"))
    sealed interface Defaulted {}

    record Usual(int x) implements Defaulted {}

    record Rare(int x) implements Defaulted {}

    static final class Closed {
        @SuppressWarnings("unused") // nobody can see it: that is the point
        private int secret = 7;
    }

    final class Inner {
        public int x;
    }

    // ---- the table

    /** All of them. */
    static List<Shape> all() {
        List<Shape> all = new ArrayList<>();
        all.addAll(ofPrograms());
        all.addAll(containers());
        all.addAll(numbersAndText());
        all.addAll(time());
        all.addAll(ofTheJdk());
        all.addAll(refused());
        all.addAll(tooLate());
        return all;
    }

    private static Bean bean() {
        Bean bean = new Bean();
        bean.setName("tea");
        return bean;
    }

    private static List<Shape> ofPrograms() {
        return List.of(
                equal("record", Order.class, new Order("o1", null, List.of("tea"))),
                equal("record of itself", Tree.class, new Tree("a", List.of(new Tree("b", List.of())))),
                equal("record without components", Dot.class, new Dot()),
                equal("generic record", new TypeRef<Box<List<Point>>>() {}, new Box<>(List.of(new Point(1, 2)))),
                equal("sealed interface", Figure.class, new Circle(1)),
                equal("list of a sealed interface", new TypeRef<List<Figure>>() {}, List.of(new Circle(1), new Dot())),
                equal("map to a sealed interface", new TypeRef<Map<String, Figure>>() {}, Map.of("a", new Circle(1))),
                equal("array of a sealed interface", Figure[].class, new Figure[] {new Circle(1)}),
                equal("generic record of a sealed interface", new TypeRef<Box<Figure>>() {}, new Box<>(new Circle(1))),
                equal(
                        "generic sealed interface of another",
                        new TypeRef<Maybe<Figure>>() {},
                        new Some<Figure>(new Circle(1))),
                equal(
                        "wildcard of a sealed interface",
                        new TypeRef<List<? extends Figure>>() {},
                        List.of(new Circle(1))),
                equal("optional of a sealed interface", new TypeRef<Optional<Figure>>() {}, Optional.of(new Dot())),
                equal("enum, with bodies", Color.class, Color.GREEN),
                equal("class with getters and setters", Bean.class, bean()),
                equal("immutable class with `@JsonCreator`", Created.class, new Created("tea", 2)),
                equal(
                        "immutable class with a builder",
                        Built.class,
                        new Built.Builder().name("tea").build()),
                equal("record of itself, told apart in it", Chain.class, new Chain(new Chain(null))),
                equal("sealed interface, deduced", Deduced.class, new ByLeft(1)),
                equal("sealed interface with a `defaultImpl`", Defaulted.class, new Usual(1)),
                equal("record as one number, `@JsonValue`", Count.class, new Count(2)),
                equal("record as one text, `@JsonValue`", Sku.class, new Sku("T1")));
    }

    private static List<Shape> containers() {
        return List.of(
                equal("list with nulls", new TypeRef<List<@Nullable String>>() {}, Arrays.asList("a", null)),
                equal("set, in its order", new TypeRef<Set<String>>() {}, new LinkedHashSet<>(List.of("b", "a"))),
                equal("sorted set", new TypeRef<TreeSet<Integer>>() {}, new TreeSet<>(List.of(2, 10))),
                equal("set of an enum", new TypeRef<EnumSet<Color>>() {}, EnumSet.of(Color.RED)),
                equal("map, in its order", new TypeRef<Map<String, Integer>>() {}, ordered("b", 1, "a", 2)),
                equal("map to nulls", new TypeRef<Map<String, @Nullable Integer>>() {}, toNull()),
                equal(
                        "sorted map",
                        new TypeRef<SortedMap<Integer, String>>() {},
                        new TreeMap<>(Map.of(2, "b", 10, "a"))),
                equal("map of maps", new TypeRef<Map<String, Map<String, Integer>>>() {}, Map.of("a", Map.of("b", 1))),
                equal("keys: enum", new TypeRef<Map<Color, Integer>>() {}, Map.of(Color.GREEN, 1)),
                equal(
                        "keys: enum, in an `EnumMap`",
                        new TypeRef<EnumMap<Color, Integer>>() {},
                        new EnumMap<>(Map.of(Color.RED, 1))),
                equal("keys: whole numbers", new TypeRef<Map<Integer, String>>() {}, Map.of(-7, "a")),
                equal("keys: long", new TypeRef<Map<Long, String>>() {}, Map.of(Long.MAX_VALUE, "a")),
                equal(
                        "keys: `BigDecimal`",
                        new TypeRef<Map<BigDecimal, String>>() {},
                        Map.of(new BigDecimal("1.10"), "a")),
                equal("keys: `char`", new TypeRef<Map<Character, String>>() {}, Map.of('x', "a")),
                equal("keys: `UUID`", new TypeRef<Map<UUID, String>>() {}, Map.of(new UUID(1, 2), "a")),
                equal(
                        "keys: currency",
                        new TypeRef<Map<Currency, BigDecimal>>() {},
                        ordered(
                                Currency.getInstance("USD"),
                                BigDecimal.ONE,
                                Currency.getInstance("EUR"),
                                BigDecimal.TEN)),
                equal(
                        "keys: locale",
                        new TypeRef<Map<Locale, String>>() {},
                        ordered(Locale.forLanguageTag("zh-Hant-TW"), "a", Locale.GERMANY, "b")),
                equal(
                        "keys: zone",
                        new TypeRef<Map<ZoneId, String>>() {},
                        ordered(ZoneId.of("Europe/Berlin"), "a", ZoneId.of("Asia/Tokyo"), "b")),
                equal(
                        "keys: month of a year of five digits",
                        new TypeRef<Map<YearMonth, String>>() {},
                        Map.of(YearMonth.of(12_345, 1), "a")),
                equal("keys: date", new TypeRef<Map<LocalDate, String>>() {}, Map.of(LocalDate.of(2026, 3, 29), "a")),
                equal(
                        "keys: date and time with zone",
                        new TypeRef<Map<ZonedDateTime, String>>() {},
                        Map.of(berlin(), "a")),
                equal("keys: record with `@JsonKey`", new TypeRef<Map<Sku, Integer>>() {}, Map.of(new Sku("T1"), 1)),
                equal("array", int[].class, new int[] {1, 2}),
                equal("array of arrays", String[][].class, new String[][] {{"a"}, {}}),
                equal("`byte[]`", byte[].class, new byte[] {1, -1}),
                equal("`char[]`", char[].class, new char[] {'a', 'b'}),
                equal("optional", new TypeRef<Optional<String>>() {}, Optional.of("a")),
                equal("empty optional", new TypeRef<Optional<String>>() {}, Optional.empty()),
                equal(
                        "optionals in a list",
                        new TypeRef<List<Optional<Integer>>>() {},
                        List.of(Optional.of(1), Optional.empty())),
                equal(
                        "optionals in a record",
                        Maybes.class,
                        new Maybes(
                                Optional.of("a"),
                                OptionalInt.of(1),
                                OptionalLong.empty(),
                                OptionalDouble.of(Double.NaN))),
                equal("entry", new TypeRef<Map.Entry<String, Integer>>() {}, Map.entry("a", 1)));
    }

    private static <K, V> Map<K, V> ordered(K first, V one, K second, V two) {
        Map<K, V> map = new LinkedHashMap<>();
        map.put(first, one);
        map.put(second, two);
        return map;
    }

    private static Map<String, @Nullable Integer> toNull() {
        Map<String, @Nullable Integer> map = new HashMap<>();
        map.put("a", null);
        return map;
    }

    private static List<Shape> numbersAndText() {
        return List.of(
                equal(
                        "primitives",
                        Numbers.class,
                        new Numbers(-1, 1L << 60, 0.1, 0.1f, (short) 2, (byte) 3, 'c', true)),
                equal("`long` beyond 2^53", Long.class, Long.MAX_VALUE),
                equal("`BigInteger` of 5,000 digits", BigInteger.class, new BigInteger("9".repeat(5_000))),
                equal("`BigDecimal`, its scale", BigDecimal.class, new BigDecimal("1.10")),
                equal(
                        "`BigDecimal`, with an exponent",
                        new TypeRef<List<BigDecimal>>() {},
                        List.of(new BigDecimal("1E+5"), new BigDecimal("0.000"))),
                equal("`NaN`, infinity, minus zero", double[].class, new double[] {
                    Double.NaN, Double.NEGATIVE_INFINITY, -0.0, Double.MIN_VALUE
                }),
                equal("text", String.class, "\u00FC \u4F60 \uD83D\uDE80 \"\\ \r\n\t"),
                equal("empty text", String.class, ""),
                equal("text with U+0000", String.class, "a\u0000b"),
                equal("text with half a surrogate pair", String.class, "a\uD800b\uDC00"),
                equal("the same in a key", new TypeRef<Map<String, Integer>>() {}, Map.of("a\uDC00\u0000\uD800", 1)),
                equal("text of 900,000 characters", String.class, "x".repeat(900_000)),
                equal(
                        "key of 60,000 characters",
                        new TypeRef<Map<String, Integer>>() {},
                        Map.of("x".repeat(60_000), 1)),
                equal("`char`", Character.class, '\u0000'),
                other(
                        "`Map<String, Object>`, `Object`",
                        new TypeRef<Map<String, Object>>() {},
                        Map.of("a", List.of(1L, 1.5, new UUID(1, 2))),
                        Map.of("a", List.of(1, new BigDecimal("1.5"), new UUID(1, 2).toString())),
                        "as JSON has it: `String`, `Integer`, `Long`, `BigInteger`, `BigDecimal`, `Boolean`, `List`, `Map`"),
                other(
                        "`Number`",
                        TypeRef.<Number>of(Number.class),
                        1.5,
                        new BigDecimal("1.5"),
                        "`Integer`, `Long`, `BigInteger` or `BigDecimal`"),
                equal(
                        "`JsonNode`",
                        JsonNode.class,
                        JsonNodeFactory.instance.objectNode().put("a", new BigDecimal("1.10"))));
    }

    private static ZonedDateTime berlin() {
        return ZonedDateTime.of(2026, 3, 28, 2, 30, 0, 1, ZoneId.of("Europe/Berlin"));
    }

    private static List<Shape> time() {
        return List.of(
                equal("`Instant`", Instant.class, Instant.ofEpochSecond(1_800_000_000, 1)),
                equal("`LocalDate`", LocalDate.class, LocalDate.of(2026, 3, 29)),
                equal("`LocalTime`", LocalTime.class, LocalTime.of(2, 30, 0, 1)),
                equal("`LocalDateTime`", LocalDateTime.class, LocalDateTime.of(2026, 3, 29, 2, 30)),
                equal("`ZonedDateTime`, its zone", ZonedDateTime.class, berlin()),
                equal(
                        "`ZonedDateTime`, in an hour that comes twice",
                        ZonedDateTime.class,
                        berlin().withMonth(10).withDayOfMonth(25).withLaterOffsetAtOverlap()),
                equal("`ZonedDateTime`, in `UTC`", ZonedDateTime.class, berlin().withZoneSameInstant(ZoneId.of("UTC"))),
                equal(
                        "`OffsetDateTime`, its offset",
                        OffsetDateTime.class,
                        OffsetDateTime.of(2026, 3, 29, 2, 30, 0, 0, ZoneOffset.ofHours(2))),
                equal("`OffsetTime`", OffsetTime.class, OffsetTime.of(2, 30, 0, 0, ZoneOffset.UTC)),
                equal("`Duration`", Duration.class, Duration.ofSeconds(90, 1)),
                equal("`Period`", Period.class, Period.of(1, -2, 3)),
                equal("`Year`", Year.class, Year.of(2026)),
                equal("`YearMonth`", YearMonth.class, YearMonth.of(2026, 3)),
                equal("`MonthDay`", MonthDay.class, MonthDay.of(2, 29)),
                equal("`Month`", Month.class, Month.MAY),
                equal("`DayOfWeek`", DayOfWeek.class, DayOfWeek.MONDAY),
                equal("`ZoneId`", TypeRef.<ZoneId>of(ZoneId.class), ZoneId.of("Europe/Berlin")),
                equal("`ZoneOffset`", ZoneOffset.class, ZoneOffset.ofHoursMinutes(5, 30)),
                equal("`java.util.Date`", Date.class, new Date(1_800_000_000_123L)));
    }

    private static List<Shape> ofTheJdk() {
        return List.of(
                equal("`UUID`", UUID.class, new UUID(1, 2)),
                equal("`URI`", URI.class, URI.create("https://example.org/a?b=c#d")),
                equal("`Currency`", Currency.class, Currency.getInstance("EUR")),
                equal("`Locale`", Locale.class, Locale.forLanguageTag("zh-Hant-TW")),
                equal("`File`, relative", File.class, new File("some/file")),
                equal("`Path`, relative", TypeRef.<Path>of(Path.class), Path.of("some/file")),
                equal("`InetAddress`", TypeRef.<InetAddress>of(InetAddress.class), InetAddress.getLoopbackAddress()));
    }

    private static List<Shape> refused() {
        return List.of(
                refused(
                        "interface without `@JsonTypeInfo`",
                        Runnable.class,
                        "Declare the subtype, or give it @JsonTypeInfo"),
                refused(
                        "sealed interface without it",
                        Unnamed.class,
                        "Declare the subtype, or give it @JsonTypeInfo(use = Id.NAME) and @JsonSubTypes"),
                refused("sealed interface that forgets a subtype", Forgetful.class, "do not name"),
                refused("`@JsonTypeInfo` with class names", ByClassName.class, "Use Id.NAME and @JsonSubTypes"),
                refused("`Class`", new TypeRef<Class<?>>() {}, "Record its name, or an enum"),
                refused("immutable class without `@JsonCreator`", Immutable.class, "Make it a record"),
                refused("class without getters", Closed.class, "Give it getters or make it a record"),
                refused("class inside an object", Inner.class, "a static class"),
                refused("collection without a constructor", Lines.class, "on one that takes a List"),
                refused("collection that takes nothing in", Fixed.class, "on one that takes a List"),
                refused("map without a constructor", Table.class, "on one that takes a List or a Map"),
                refused("`BlockingQueue`", new TypeRef<BlockingQueue<String>>() {}, "declare that"),
                refused("made of a list, written as an object", OfList.class, "with @JsonCreator on a constructor"),
                refused("`@JsonValue` that no constructor takes", Valued.class, "with @JsonCreator on a constructor"),
                refused("enum written as an object", AsObject.class, "written as an object"),
                refused(
                        "array of a generic sealed interface of another",
                        new TypeRef<Maybe<Figure>[]>() {},
                        "Declare a List"),
                refused("`@JsonUnwrapped` property of any of these", Unwrapping.class, "Make it a record"),
                refused("`@JsonUnwrapped` sealed interface", UnwrappingFigure.class, "Leave out @JsonUnwrapped"),
                refused("any-setter of any of these", Open.class, "any other property"),
                refused("getter of another type than its property", Mixed.class, "Let both be of one type"),
                refused("`LongAdder`", LongAdder.class, "no constructor"),
                refused("`@JacksonInject`", Injected.class, "a mapper that has it"),
                refused("record of a sealed interface that forgets a subtype", OfForgetful.class, "do not name"),
                refused("two subtypes with one name", Twins.class, "Give"),
                refused("property of an interface that names no subtypes", Loose.class, "Name them with @JsonSubTypes"),
                refused("the same interface, told apart in one place only", Half.class, "Declare the subtype"),
                refused("class names in a property", ByProperty.class, "Use Id.NAME and @JsonSubTypes"),
                refused("`As.EXISTING_PROPERTY` that does not exist", Existing.class, "leave out As.EXISTING_PROPERTY"),
                refused("optional of an `OptionalInt`", new TypeRef<Optional<OptionalInt>>() {}, "an empty one"),
                refused("queue sorted by a comparator", new TypeRef<PriorityQueue<Point>>() {}, "a List"),
                refused("keys: record", new TypeRef<Map<Point, String>>() {}, "as the key, or a list of records"),
                refused(
                        "keys: record of one text, without `@JsonKey`",
                        new TypeRef<Map<Plain, String>>() {},
                        "written by toString()"),
                refused("optional of an optional", new TypeRef<Optional<Optional<String>>>() {}, "an empty one"),
                refused("sorted by a comparator", new TypeRef<TreeMap<Currency, String>>() {}, "Declare a Map"),
                refused("exception", IllegalStateException.class, "Record what it says"),
                refused("`Calendar`", Calendar.class, "Declare a ZonedDateTime"),
                refused("`java.sql.Timestamp`", Timestamp.class, "Declare an Instant"),
                refused("`java.sql.Date`", java.sql.Date.class, "Declare a LocalDate"),
                refused("`java.sql.Time`", Time.class, "Declare a LocalTime"),
                refused("`Pattern`", Pattern.class, "Record its text"),
                refused("`BitSet`, and what else Jackson does not know", BitSet.class, "Record what you need of it"),
                refused(
                        "any of these inside another",
                        new TypeRef<Box<Collection<BitSet>>>() {},
                        "element of content"));
    }

    private static List<Shape> tooLate() {
        List<Object> circle = new ArrayList<>();
        circle.add(circle);
        Map<@Nullable String, Integer> nullKey = new HashMap<>();
        nullKey.put(null, 1);
        Object deep = "x";
        for (int i = 0; i < 1_001; i++) {
            deep = List.of(deep);
        }
        return List.of(
                tooLate(
                        "longer than `maxPayloadChars`",
                        TypeRef.of(String.class),
                        "x".repeat(1_000_000),
                        "Store it elsewhere"),
                tooLate("list that holds itself", new TypeRef<List<Object>>() {}, circle, "nest"),
                tooLate("nested more than 1,000 deep", TypeRef.of(Object.class), deep, "nest"),
                tooLate("`null` as a key", new TypeRef<Map<@Nullable String, Integer>>() {}, nullKey, "Null key"));
    }
}
