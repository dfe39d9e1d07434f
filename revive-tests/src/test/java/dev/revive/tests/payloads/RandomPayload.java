// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.payloads;

import com.fasterxml.jackson.annotation.JsonKey;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonValue;
import java.io.File;
import java.lang.reflect.Array;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Currency;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A type of payload, and values of it, by chance. Two chances: one says what a value is, the other in which order its sets and maps have what has no
 * order.
 */
final class RandomPayload {
    private static final int DEEP = 4;
    private static final int MOST = 4;

    /** Makes a value; both chances are given. */
    private interface Maker {
        @Nullable
        Object make(Random what, Random order);
    }

    /**
     * A type and its values.
     *
     * @param isPlain whether its values have equals and hashCode, as an element of a set must
     * @param isComparable whether they have an order of their own
     * @param isNullAsWell whether null is read as null
     */
    private record Kind(Type type, Maker maker, boolean isPlain, boolean isComparable, boolean isNullAsWell) {
        @Nullable
        Object orNull(Random what, Random order) {
            Object value = maker.make(what, order);
            return isNullAsWell && what.nextInt(12) == 0 ? null : value;
        }
    }

    private record Parameterized(Class<?> raw, List<Type> arguments) implements ParameterizedType {
        @Override
        public Type[] getActualTypeArguments() {
            return arguments.toArray(new Type[0]);
        }

        @Override
        public Type getRawType() {
            return raw;
        }

        @Override
        public @Nullable Type getOwnerType() {
            return raw.getDeclaringClass();
        }

        @Override
        public String toString() {
            return raw.getSimpleName() + arguments;
        }
    }

    private record ArrayOf(Type element) implements GenericArrayType {
        @Override
        public Type getGenericComponentType() {
            return element;
        }

        @Override
        public String toString() {
            return element.getTypeName() + "[]";
        }
    }

    // ---- types of a program

    record Box<T extends @Nullable Object>(T content) {}

    record Pair<A extends @Nullable Object, B extends @Nullable Object>(A left, B right) {}

    record Tree<T extends @Nullable Object>(T label, List<Tree<T>> children) {}

    record Sku(@JsonKey @JsonValue String code) {}

    record Count(@JsonValue int count) {}

    record Defaults(String name, List<String> lines, int count) {
        Defaults {
            lines = lines == null ? List.of() : List.copyOf(lines);
        }

        Defaults(String name) {
            this(name, List.of(), 7);
        }
    }

    record Numbers(int i, long l, double d, float f, short s, byte b, char c, boolean z) {}

    record Maybes(Optional<String> text, OptionalInt i, OptionalLong l, OptionalDouble d) {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Some.class, name = "some"),
        @JsonSubTypes.Type(value = Several.class, name = "several"),
        @JsonSubTypes.Type(value = None.class, name = "none")
    })
    sealed interface Choice<T extends @Nullable Object> {}

    record Some<T extends @Nullable Object>(T value) implements Choice<T> {}

    record Several<T extends @Nullable Object>(
            Set<T> values, @Nullable Choice<T> next) implements Choice<T> {}

    record None<T extends @Nullable Object>() implements Choice<T> {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, include = JsonTypeInfo.As.WRAPPER_ARRAY)
    @JsonSubTypes({@JsonSubTypes.Type(Circle.class), @JsonSubTypes.Type(Unit.class)})
    sealed interface Wrapped {}

    record Circle(int radius) implements Wrapped {}

    enum Unit implements Wrapped {
        MILE,
        KILOMETRE
    }

    @JsonTypeInfo(use = JsonTypeInfo.Id.DEDUCTION)
    @JsonSubTypes({@JsonSubTypes.Type(Left.class), @JsonSubTypes.Type(Right.class)})
    sealed interface Deduced {}

    record Left(int left) implements Deduced {}

    record Right(@Nullable String right) implements Deduced {}

    enum Color {
        RED,
        GREEN {
            @Override
            public String toString() {
                return "like grass";
            }
        },
        BLUE
    }

    // ---- leaves

    private static final List<Kind> LEAVES = leaves();

    private static List<Kind> leaves() {
        List<Kind> all = new ArrayList<>();
        leaf(all, String.class, RandomPayload::text);
        leaf(all, String.class, RandomPayload::text);
        leaf(all, Integer.class, what -> what.nextBoolean() ? what.nextInt(5) : what.nextInt());
        leaf(all, Long.class, what -> what.nextLong() >> what.nextInt(64));
        leaf(all, Short.class, what -> (short) what.nextInt());
        leaf(all, Byte.class, what -> (byte) what.nextInt());
        leaf(all, Character.class, what -> (char) what.nextInt(65_536));
        leaf(all, Boolean.class, Random::nextBoolean);
        leaf(all, Double.class, RandomPayload::fraction);
        leaf(all, Float.class, what -> (float) fraction(what));
        leaf(all, BigInteger.class, what -> new BigInteger(what.nextInt(200), what).multiply(sign(what)));
        leaf(all, BigDecimal.class, RandomPayload::decimal);
        leaf(all, Color.class, what -> Color.values()[what.nextInt(3)]);
        leaf(all, DayOfWeek.class, what -> DayOfWeek.of(1 + what.nextInt(7)));
        leaf(all, UUID.class, what -> new UUID(what.nextLong(), what.nextLong()));
        leaf(all, URI.class, what -> URI.create("https://a.example/" + what.nextInt(9) + "?q=%20#x"));
        leaf(all, File.class, what -> new File("some/" + what.nextInt(9)));
        leaf(all, Path.class, what -> Path.of("some", Integer.toString(what.nextInt(9))));
        leaf(all, Instant.class, RandomPayload::instant);
        leaf(all, LocalDate.class, what -> local(what).toLocalDate());
        leaf(all, LocalTime.class, what -> local(what).toLocalTime());
        leaf(all, LocalDateTime.class, RandomPayload::local);
        leaf(all, OffsetDateTime.class, what -> local(what).atOffset(offset(what)));
        leaf(all, OffsetTime.class, what -> local(what).toLocalTime().atOffset(offset(what)));
        leaf(all, Duration.class, what -> Duration.ofSeconds(what.nextLong() >> what.nextInt(64), what.nextInt()));
        leaf(all, Year.class, what -> Year.of(local(what).getYear()));
        leaf(all, YearMonth.class, what -> YearMonth.from(local(what)));
        leaf(all, MonthDay.class, what -> MonthDay.from(local(what)));
        leaf(all, ZoneOffset.class, RandomPayload::offset);
        leaf(
                all,
                Date.class,
                what -> new Date(local(what).toInstant(ZoneOffset.UTC).toEpochMilli()));
        unordered(all, ZonedDateTime.class, what -> ZonedDateTime.of(local(what), zone(what)));
        unordered(all, ZoneId.class, RandomPayload::zone);
        unordered(all, Period.class, what -> Period.of(what.nextInt(9) - 4, what.nextInt(), -what.nextInt(40)));
        unordered(all, Currency.class, what -> Currency.getInstance(what.nextBoolean() ? "EUR" : "USD"));
        unordered(all, Locale.class, RandomPayload::locale);
        unordered(all, Sku.class, what -> new Sku(text(what)));
        unordered(all, Count.class, what -> new Count(what.nextInt()));
        unordered(all, Defaults.class, what -> new Defaults(text(what), List.of(text(what)), what.nextInt()));
        unordered(all, Numbers.class, RandomPayload::numbers);
        unordered(all, Maybes.class, RandomPayload::maybes);
        unordered(all, Wrapped.class, what -> what.nextBoolean() ? new Circle(what.nextInt(3)) : Unit.MILE);
        unordered(all, Deduced.class, what -> what.nextBoolean() ? new Left(what.nextInt(3)) : new Right(text(what)));
        all.add(new Kind(OptionalInt.class, (what, order) -> maybes(what).i(), true, false, false));
        all.add(new Kind(OptionalDouble.class, (what, order) -> maybes(what).d(), true, false, false));
        array(all, byte[].class, (what, length) -> bytes(what, length));
        array(all, int[].class, (what, length) -> what.ints(length).toArray());
        array(all, long[].class, (what, length) -> what.longs(length).toArray());
        array(
                all,
                double[].class,
                (what, length) ->
                        what.doubles(length).map(each -> fraction(what)).toArray());
        array(all, char[].class, (what, length) -> text(what).toCharArray());
        return all;
    }

    private static <T> void leaf(List<Kind> all, Class<T> type, Function<Random, T> maker) {
        all.add(new Kind(type, (what, order) -> maker.apply(what), true, true, true));
    }

    private static <T> void unordered(List<Kind> all, Class<T> type, Function<Random, T> maker) {
        all.add(new Kind(type, (what, order) -> maker.apply(what), true, false, true));
    }

    private static <T> void array(List<Kind> all, Class<T> type, BiFunction<Random, Integer, T> maker) {
        all.add(new Kind(type, (what, order) -> maker.apply(what, what.nextInt(MOST)), false, false, true));
    }

    private static byte[] bytes(Random what, int length) {
        byte[] bytes = new byte[length];
        what.nextBytes(bytes);
        return bytes;
    }

    private static BigInteger sign(Random what) {
        return what.nextBoolean() ? BigInteger.ONE : BigInteger.ONE.negate();
    }

    private static String text(Random what) {
        String[] odd = {
            "", "a", "b", "\u0000", "\uD83D\uDE80", "\uD800", "\uDC00", "\"", "\\", "\\ud800", "\n", " ", "1", "null"
        };
        StringBuilder text = new StringBuilder();
        for (int i = what.nextInt(4); i >= 0; i--) {
            text.append(odd[what.nextInt(odd.length)]);
        }
        return text.toString();
    }

    private static double fraction(Random what) {
        double[] odd = {0, -0.0, Double.NaN, Double.NEGATIVE_INFINITY, Double.MIN_VALUE, Double.MAX_VALUE, 1e300, 100};
        return what.nextBoolean() ? odd[what.nextInt(odd.length)] : what.nextGaussian();
    }

    private static BigDecimal decimal(Random what) {
        BigInteger digits = new BigInteger(what.nextInt(90), what).multiply(sign(what));
        return new BigDecimal(digits, what.nextInt(9) == 0 ? what.nextInt(4_000) - 2_000 : what.nextInt(20) - 10);
    }

    private static Instant instant(Random what) {
        Instant[] odd = {Instant.EPOCH, Instant.MAX, Instant.MIN, Instant.EPOCH.minusNanos(1)};
        return what.nextInt(3) == 0
                ? odd[what.nextInt(odd.length)]
                : Instant.ofEpochSecond(what.nextInt(), what.nextInt(1_000_000_000));
    }

    private static LocalDateTime local(Random what) {
        int[] years = {2026, 2024, 1969, 1900, 1582, 1, 0, -5, 9_999, 12_345, -12_345};
        return LocalDateTime.of(years[what.nextInt(years.length)], 1, 1, 0, 0)
                .plusSeconds(what.nextInt(31_000_000))
                .plusNanos(what.nextBoolean() ? 0 : what.nextInt(1_000_000_000));
    }

    private static ZoneOffset offset(Random what) {
        int[] odd = {0, 3_600, -3_600, 19_800, 64_800, -64_800, 3_601};
        return ZoneOffset.ofTotalSeconds(odd[what.nextInt(odd.length)]);
    }

    private static ZoneId zone(Random what) {
        String[] odd = {
            "Europe/Berlin",
            "UTC",
            "Z",
            "GMT",
            "GMT0",
            "UT",
            "GMT+2",
            "UTC-03:30",
            "+05:30",
            "America/St_Johns",
            "Etc/GMT+3"
        };
        return ZoneId.of(odd[what.nextInt(odd.length)]);
    }

    private static Locale locale(Random what) {
        String[] odd = {"", "de", "de-DE", "zh-Hant-TW", "sr-Latn", "es-419", "no", "he-IL"};
        return Locale.forLanguageTag(odd[what.nextInt(odd.length)]);
    }

    private static Numbers numbers(Random what) {
        return new Numbers(
                what.nextInt(),
                what.nextLong(),
                fraction(what),
                (float) fraction(what),
                (short) what.nextInt(),
                (byte) what.nextInt(),
                (char) what.nextInt(),
                what.nextBoolean());
    }

    private static Maybes maybes(Random what) {
        return new Maybes(
                what.nextBoolean() ? Optional.empty() : Optional.of(text(what)),
                what.nextBoolean() ? OptionalInt.empty() : OptionalInt.of(what.nextInt()),
                what.nextBoolean() ? OptionalLong.empty() : OptionalLong.of(what.nextLong()),
                what.nextBoolean() ? OptionalDouble.empty() : OptionalDouble.of(fraction(what)));
    }

    // ---- composed

    private final Kind kind;

    /** One by chance. */
    RandomPayload(Random chance) {
        this.kind = kind(chance, DEEP);
    }

    Type type() {
        return kind.type();
    }

    /** A value: the same of the same {@code what}, but for the order of what has none. */
    @Nullable
    Object value(Random what, Random order) {
        return kind.maker().make(what, order);
    }

    private static Kind kind(Random chance, int depth) {
        if (depth == 0 || chance.nextInt(4) == 0) {
            return LEAVES.get(chance.nextInt(LEAVES.size()));
        }
        Kind one = kind(chance, depth - 1);
        return switch (chance.nextInt(16)) {
            case 0, 1 -> collection(chance.nextBoolean() ? List.class : Collection.class, one);
            case 2, 3 -> set(one, chance, depth);
            case 4 -> sortedSet(one, chance, depth);
            case 5, 6 -> map(key(chance), one);
            case 7 -> sortedMap(one, chance, depth);
            case 8 -> optional(one);
            case 9 -> array(one);
            case 10 -> entry(key(chance), one);
            case 11 -> box(one);
            case 12 -> pair(one, kind(chance, depth - 1));
            case 13 -> tree(one);
            default -> choice(one, chance, depth);
        };
    }

    private static Kind plain(Kind one, Random chance, int depth) {
        return one.isPlain() ? one : plain(kind(chance, depth - 1), chance, depth);
    }

    private static Kind comparable(Random chance) {
        Kind leaf = LEAVES.get(chance.nextInt(LEAVES.size()));
        return leaf.isComparable() ? leaf : comparable(chance);
    }

    /** Whether it can be one, the serializer says. */
    private static Kind key(Random chance) {
        Kind leaf = LEAVES.get(chance.nextInt(LEAVES.size()));
        return leaf.isPlain() ? leaf : key(chance);
    }

    private static Type of(Class<?> raw, Type... arguments) {
        return new Parameterized(raw, List.of(arguments));
    }

    private static List<@Nullable Object> several(Kind one, Random what, Random order) {
        List<@Nullable Object> elements = new ArrayList<>();
        for (int i = what.nextInt(MOST); i > 0; i--) {
            elements.add(one.orNull(what, order));
        }
        return elements;
    }

    private static Kind collection(Class<?> raw, Kind one) {
        return new Kind(of(raw, one.type()), (what, order) -> several(one, what, order), one.isPlain(), false, true);
    }

    private static Kind set(Kind first, Random chance, int depth) {
        Kind one = plain(first, chance, depth);
        return new Kind(
                of(Set.class, one.type()),
                (what, order) -> {
                    List<@Nullable Object> elements = several(one, what, order);
                    Collections.shuffle(elements, order);
                    boolean isOfJdk = order.nextBoolean() && !elements.contains(null);
                    return isOfJdk
                            ? Set.copyOf(elements)
                            : new LinkedHashSet<>(elements); // that has the process's salt
                },
                true,
                false,
                true);
    }

    private static Kind sortedSet(Kind first, Random chance, int depth) {
        Kind one = first.isComparable() ? first : comparable(chance);
        return new Kind(
                of(depth % 2 == 0 ? SortedSet.class : TreeSet.class, one.type()),
                (what, order) -> new TreeSet<>(present(one, what, order)),
                true,
                false,
                true);
    }

    private static List<Object> present(Kind one, Random what, Random order) {
        List<Object> elements = new ArrayList<>();
        for (int i = what.nextInt(MOST); i > 0; i--) {
            elements.add(made(one, what, order));
        }
        return elements;
    }

    private static Object made(Kind one, Random what, Random order) {
        Object value = one.maker().make(what, order);
        if (value == null) {
            throw new AssertionError("Only orNull makes nulls.");
        }
        return value;
    }

    private static Kind map(Kind key, Kind one) {
        return new Kind(
                of(Map.class, key.type(), one.type()),
                (what, order) -> {
                    Map<Object, @Nullable Object> sorted = entries(key, one, what, order);
                    List<Object> keys = new ArrayList<>(sorted.keySet());
                    Collections.shuffle(keys, order);
                    Map<Object, @Nullable Object> map = new LinkedHashMap<>();
                    keys.forEach(each -> map.put(each, sorted.get(each)));
                    return map;
                },
                one.isPlain(),
                false,
                true);
    }

    private static Map<Object, @Nullable Object> entries(Kind key, Kind one, Random what, Random order) {
        Map<Object, @Nullable Object> map = new LinkedHashMap<>();
        present(key, what, order).forEach(each -> map.put(each, one.orNull(what, order)));
        return map;
    }

    private static Kind sortedMap(Kind one, Random chance, int depth) {
        Kind key = comparable(chance);
        return new Kind(
                of(depth % 2 == 0 ? SortedMap.class : TreeMap.class, key.type(), one.type()),
                (what, order) -> new TreeMap<>(entries(key, one, what, order)),
                one.isPlain(),
                false,
                true);
    }

    private static Kind optional(Kind one) {
        return new Kind(
                of(Optional.class, one.type()),
                (what, order) -> Optional.ofNullable(one.orNull(what, order)),
                one.isPlain(),
                false,
                false);
    }

    private static Kind array(Kind one) {
        Class<?> raw = raw(one.type());
        Type type = one.type() instanceof Class<?> ? raw.arrayType() : new ArrayOf(one.type());
        return new Kind(
                type,
                (what, order) -> several(one, what, order).toArray(length -> arrayOf(raw, length)),
                false,
                false,
                true);
    }

    private static Class<?> raw(Type type) {
        return type instanceof Class<?> plain
                ? plain
                : type instanceof ArrayOf array ? raw(array.element()).arrayType() : ((Parameterized) type).raw();
    }

    private static Object[] arrayOf(Class<?> element, int length) {
        return (Object[]) Array.newInstance(element, length);
    }

    private static Kind entry(Kind key, Kind one) {
        return new Kind(
                of(Map.Entry.class, key.type(), one.type()),
                (what, order) -> Map.entry(made(key, what, order), made(one, what, order)),
                one.isPlain(),
                false,
                true);
    }

    private static Kind box(Kind one) {
        return new Kind(
                of(Box.class, one.type()),
                (what, order) -> new Box<@Nullable Object>(one.orNull(what, order)),
                one.isPlain(),
                false,
                true);
    }

    private static Kind pair(Kind one, Kind other) {
        return new Kind(
                of(Pair.class, one.type(), other.type()),
                (what, order) -> new Pair<@Nullable Object, @Nullable Object>(
                        one.orNull(what, order), other.orNull(what, order)),
                one.isPlain() && other.isPlain(),
                false,
                true);
    }

    private static Kind tree(Kind one) {
        return new Kind(
                of(Tree.class, one.type()), (what, order) -> tree(one, what, order), one.isPlain(), false, true);
    }

    private static Tree<@Nullable Object> tree(Kind one, Random what, Random order) {
        List<Tree<@Nullable Object>> children = new ArrayList<>();
        for (int i = what.nextInt(3); i > 1; i--) {
            children.add(tree(one, what, order));
        }
        return new Tree<>(one.orNull(what, order), children);
    }

    private static Kind choice(Kind first, Random chance, int depth) {
        Kind one = plain(first, chance, depth);
        return new Kind(of(Choice.class, one.type()), (what, order) -> choice(one, what, order), true, false, true);
    }

    private static Choice<@Nullable Object> choice(Kind one, Random what, Random order) {
        return switch (what.nextInt(4)) {
            case 0 -> new None<>();
            case 1 -> {
                List<@Nullable Object> elements = several(one, what, order);
                Choice<@Nullable Object> next = what.nextBoolean() ? null : choice(one, what, order);
                Collections.shuffle(elements, order);
                yield new Several<>(new LinkedHashSet<>(elements), next);
            }
            default -> new Some<>(one.orNull(what, order));
        };
    }

    // ---- compared

    /** Whether they are the same to the last digit, in the same order. */
    static boolean isSame(@Nullable Object one, @Nullable Object other) {
        if (one == null || other == null) {
            return one == other;
        }
        if (one.getClass().isArray()) {
            return one.getClass() == other.getClass() && isSame(elements(one), elements(other));
        }
        if (one instanceof Collection<?> these && other instanceof Collection<?> those) {
            return one instanceof Set<?> == other instanceof Set<?> && areSame(these, those);
        }
        if (one instanceof Map<?, ?> these && other instanceof Map<?, ?> those) {
            return areSame(these.keySet(), those.keySet()) && areSame(these.values(), those.values());
        }
        if (one instanceof Map.Entry<?, ?> this1 && other instanceof Map.Entry<?, ?> that) {
            return isSame(this1.getKey(), that.getKey()) && isSame(this1.getValue(), that.getValue());
        }
        if (one instanceof Optional<?> this1 && other instanceof Optional<?> that) {
            return isSame(this1.orElse(null), that.orElse(null));
        }
        if (one instanceof Record && one.getClass() == other.getClass()) {
            return areSame(components(one), components(other));
        }
        return one.equals(other);
    }

    private static boolean areSame(Collection<?> these, Collection<?> those) {
        List<?> left = new ArrayList<>(these);
        List<?> right = new ArrayList<>(those);
        boolean areSame = left.size() == right.size();
        for (int i = 0; areSame && i < left.size(); i++) {
            areSame = isSame(left.get(i), right.get(i));
        }
        return areSame;
    }

    /** A text that two values of a type share if they are the same but for the order of what has none, and for zeros that a number does not need. */
    static String normal(@Nullable Object value) {
        if (value == null || value instanceof Optional<?> empty && empty.isEmpty()) {
            return "null";
        }
        if (value.getClass().isArray()) {
            return normal(elements(value));
        }
        if (value instanceof Collection<?> several) {
            Stream<String> elements = several.stream().map(RandomPayload::normal);
            return (value instanceof Set ? elements.sorted() : elements)
                    .toList()
                    .toString();
        }
        if (value instanceof Map<?, ?> map) {
            return map.entrySet().stream()
                    .map(RandomPayload::normal)
                    .sorted()
                    .toList()
                    .toString();
        }
        if (value instanceof Map.Entry<?, ?> entry) {
            return quoted(String.valueOf(entry.getKey())) + "=" + normal(entry.getValue());
        }
        if (value instanceof Optional<?> present) {
            return normal(present.get());
        }
        if (value instanceof Record) {
            return value.getClass().getSimpleName()
                    + components(value).stream().map(RandomPayload::normal).toList();
        }
        return quoted(value instanceof Number number ? normal(number) : value.toString());
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    private static String normal(Number number) {
        String text = number.toString();
        boolean isFinite = text.chars().anyMatch(Character::isDigit);
        return isFinite ? new BigDecimal(text).stripTrailingZeros().toString() : text;
    }

    private static List<@Nullable Object> elements(Object array) {
        List<@Nullable Object> elements = new ArrayList<>();
        for (int i = 0; i < Array.getLength(array); i++) {
            elements.add(Array.get(array, i));
        }
        return elements;
    }

    private static List<@Nullable Object> components(Object value) {
        return Arrays.stream(value.getClass().getRecordComponents())
                .map(component -> {
                    try {
                        component.getAccessor().setAccessible(true);
                        return component.getAccessor().invoke(value);
                    } catch (ReflectiveOperationException e) {
                        throw new AssertionError(e);
                    }
                })
                .collect(ArrayList::new, ArrayList::add, ArrayList::addAll);
    }
}
