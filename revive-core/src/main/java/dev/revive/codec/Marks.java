// SPDX-License-Identifier: Apache-2.0
package dev.revive.codec;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.util.JsonGeneratorDelegate;
import com.fasterxml.jackson.databind.JsonSerializable;
import java.io.IOException;
import java.util.BitSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Remembers, while a value is written, what the text cannot tell: which arrays are sets, whose order means nothing, and which objects have
 * properties rather than entries, so that one which is null says no more than one which is missing. Arrays and objects are counted as they begin.
 */
final class Marks extends JsonGeneratorDelegate {
    private final BitSet sets = new BitSet();
    private final BitSet beans = new BitSet();
    private int begun;
    private boolean hasRawText;

    Marks(JsonGenerator json) {
        super(json, false); // or a value inside would be written past this
    }

    boolean isSet(int index) {
        return sets.get(index);
    }

    boolean isBean(int index) {
        return beans.get(index);
    }

    /** Whether they belong to a text with so many arrays and objects: text that the user's code wrote itself is not counted. */
    boolean areOf(int arraysAndObjects) {
        return !hasRawText && begun == arraysAndObjects;
    }

    private void array(@Nullable Object value) {
        sets.set(begun++, value instanceof Set);
    }

    private void object(@Nullable Object value) {
        boolean hasEntries = value instanceof Map || value instanceof Map.Entry || value instanceof JsonSerializable;
        beans.set(begun++, value != null && !hasEntries);
    }

    @Override
    public void writeStartArray() throws IOException {
        array(null);
        super.writeStartArray();
    }

    @Override
    @Deprecated
    public void writeStartArray(int size) throws IOException {
        array(null);
        super.writeStartArray(size);
    }

    @Override
    public void writeStartArray(@Nullable Object value) throws IOException {
        array(value);
        super.writeStartArray(value);
    }

    @Override
    public void writeStartArray(@Nullable Object value, int size) throws IOException {
        array(value);
        super.writeStartArray(value, size);
    }

    @Override
    public void writeArray(int[] array, int offset, int length) throws IOException {
        array(null);
        super.writeArray(array, offset, length);
    }

    @Override
    public void writeArray(long[] array, int offset, int length) throws IOException {
        array(null);
        super.writeArray(array, offset, length);
    }

    @Override
    public void writeArray(double[] array, int offset, int length) throws IOException {
        array(null);
        super.writeArray(array, offset, length);
    }

    @Override
    public void writeArray(String[] array, int offset, int length) throws IOException {
        array(null);
        super.writeArray(array, offset, length);
    }

    @Override
    public void writeStartObject() throws IOException {
        object(null);
        super.writeStartObject();
    }

    @Override
    public void writeStartObject(@Nullable Object value) throws IOException {
        object(value);
        super.writeStartObject(value);
    }

    @Override
    public void writeStartObject(@Nullable Object value, int size) throws IOException {
        object(value);
        super.writeStartObject(value, size);
    }

    @Override
    public void writeRaw(String text) throws IOException {
        hasRawText = true;
        super.writeRaw(text);
    }

    @Override
    public void writeRaw(String text, int offset, int length) throws IOException {
        hasRawText = true;
        super.writeRaw(text, offset, length);
    }

    @Override
    public void writeRaw(SerializableString text) throws IOException {
        hasRawText = true;
        super.writeRaw(text);
    }

    @Override
    public void writeRaw(char[] text, int offset, int length) throws IOException {
        hasRawText = true;
        super.writeRaw(text, offset, length);
    }

    @Override
    public void writeRaw(char c) throws IOException {
        hasRawText = true;
        super.writeRaw(c);
    }

    @Override
    public void writeRawValue(String text) throws IOException {
        hasRawText = true;
        super.writeRawValue(text);
    }

    @Override
    public void writeRawValue(String text, int offset, int length) throws IOException {
        hasRawText = true;
        super.writeRawValue(text, offset, length);
    }

    @Override
    public void writeRawValue(char[] text, int offset, int length) throws IOException {
        hasRawText = true;
        super.writeRawValue(text, offset, length);
    }
}
