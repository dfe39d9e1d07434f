// SPDX-License-Identifier: Apache-2.0
package dev.revive.codec;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.KeyDeserializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdScalarSerializer;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.time.YearMonth;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashSet;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Types of the JDK that Jackson does not know by itself, or of which it loses something. A set keeps the order that it has in the text, so that a
 * workflow which goes through it does the same in every run.
 */
final class JdkTypes extends SimpleModule {
    private static final long serialVersionUID = 1L;

    JdkTypes() {
        super("revive-jdk-types");
        addAbstractTypeMapping(Set.class, LinkedHashSet.class);
        addText(File.class, File::getPath, File::new); // not made absolute: that is another in another process
        addText(Path.class, JdkTypes::text, JdkTypes::path);
        addText(InetAddress.class, InetAddress::getHostAddress, InetAddress::getByName); // digits, so nobody is asked
        addKeyDeserializer(YearMonth.class, new YearMonthKey());
        addNumber(
                OptionalInt.class,
                OptionalInt.empty(),
                (value, json) -> json.writeNumber(value.getAsInt()),
                json -> OptionalInt.of(json.getIntValue()));
        addNumber(
                OptionalLong.class,
                OptionalLong.empty(),
                (value, json) -> json.writeNumber(value.getAsLong()),
                json -> OptionalLong.of(json.getLongValue()));
        addNumber(
                OptionalDouble.class,
                OptionalDouble.empty(),
                (value, json) -> json.writeNumber(value.getAsDouble()), // NaN and infinity as text
                json -> OptionalDouble.of(json.getValueAsDouble(Double.NaN)));
    }

    /** As it is written: Jackson's own wants a plus sign where a year has five digits. */
    private static final class YearMonthKey extends KeyDeserializer {
        @Override
        public Object deserializeKey(String key, DeserializationContext context) {
            return YearMonth.parse(key, DateTimeFormatter.ofPattern("u-MM"));
        }
    }

    /** As it stands, so that a relative one stays relative; of another file system than the JVM's own, as its URI. */
    private static String text(Path path) {
        return path.getFileSystem().equals(FileSystems.getDefault())
                ? path.toString()
                : path.toUri().toString();
    }

    /** A path's text has no two slashes together, but a URI has: Jackson wrote these before, and they are in people's tables. */
    private static Path path(String text) {
        return text.contains("//") ? Path.of(URI.create(text)) : Path.of(text);
    }

    @Override
    public void setupModule(SetupContext context) {
        super.setupModule(context);
        Optionals.addTo(context);
    }

    private interface ToText<T> {
        String of(T value);
    }

    private interface FromText<T> {
        T of(String text) throws IOException;
    }

    private interface Write<T> {
        void write(T value, JsonGenerator json) throws IOException;
    }

    private interface Read<T> {
        T read(JsonParser json) throws IOException;
    }

    private <T> void addText(Class<T> type, ToText<T> write, FromText<T> read) {
        addSerializer(type, new Writer<>(type, null, (value, json) -> json.writeString(write.of(value))));
        addDeserializer(type, new Reader<>(type, null, json -> read.of(json.getText())));
    }

    private <T> void addNumber(Class<T> type, T empty, Write<T> write, Read<T> read) {
        addSerializer(type, new Writer<>(type, empty, write));
        addDeserializer(type, new Reader<>(type, empty, read));
    }

    @SuppressWarnings("serial") // a mapper is never serialized here
    private static final class Writer<T> extends StdScalarSerializer<T> {
        private final @Nullable T empty;
        private final Write<T> write;

        Writer(Class<T> type, @Nullable T empty, Write<T> write) {
            super(type);
            this.empty = empty;
            this.write = write;
        }

        @Override
        public boolean isEmpty(SerializerProvider provider, T value) {
            return value.equals(empty);
        }

        @Override
        public void serialize(T value, JsonGenerator json, SerializerProvider provider) throws IOException {
            if (value.equals(empty)) {
                json.writeNull();
            } else {
                write.write(value, json);
            }
        }
    }

    @SuppressWarnings("serial") // a mapper is never serialized here
    private static final class Reader<T> extends StdScalarDeserializer<T> {
        private final @Nullable T empty;
        private final Read<T> read;

        Reader(Class<T> type, @Nullable T empty, Read<T> read) {
            super(type);
            this.empty = empty;
            this.read = read;
        }

        @Override
        public T deserialize(JsonParser json, DeserializationContext context) throws IOException {
            return read.read(json);
        }

        @Override
        public @Nullable T getNullValue(DeserializationContext context) {
            return empty;
        }
    }
}
