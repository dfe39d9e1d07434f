// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Columns of a table, and how the value of each is got from a record and put into one: what statements, batches and readers are made from. By their
 * places: a driver that looks for names takes as long for that as for the rest.
 *
 * @param <R> a row, complete
 * @param <D> a row that is being read
 */
final class Fields<R, D> {
    /** The value of a column. */
    interface Value<R> {
        @Nullable
        Object of(R row);
    }

    /** Reads the value of a column at a place of a row. */
    interface Reader<D> {
        void read(D draft, ResultSet row, int place) throws SQLException;
    }

    private record Field<R, D>(Value<R> value, Reader<D> reader) {}

    private final List<Field<R, D>> fields = new ArrayList<>();
    private Columns columns = Columns.none();

    Fields<R, D> and(String name, ColumnType type, Value<R> value, Reader<D> reader) {
        columns = columns.and(name, type);
        fields.add(new Field<>(value, reader));
        return this;
    }

    Columns columns() {
        return columns;
    }

    /** As parameters. */
    @Nullable
    Object[] values(R row) {
        @Nullable Object[] values = new @Nullable Object[fields.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = fields.get(i).value().of(row);
        }
        return values;
    }

    /** Those that begin at a place. */
    void read(D draft, ResultSet row, int first) throws SQLException {
        int place = first;
        for (Field<R, D> field : fields) {
            field.reader().read(draft, row, place++);
        }
    }
}
