// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Many rows in one statement. Some drivers send a JDBC batch row by row and wait for each answer, and options in the user's URL decide whether they
 * count what they changed; the answer to one statement is always counted.
 */
final class ManyRows {
    /** Powers of two up to here, so that there are few texts to prepare. */
    private static final int MOST = 128;

    /** Half of the smallest packet that servers take by default, should each of them need four bytes. */
    private static final long MOST_CHARS = 2_000_000;

    private ManyRows() {}

    /**
     * Inserts rows.
     *
     * @param statement for one row, ending with {@code VALUES (...)}
     * @return whether all of them were counted
     */
    static boolean insert(Session session, String statement, List<@Nullable Object[]> rows) throws SQLException {
        int values = statement.lastIndexOf("VALUES ") + "VALUES ".length();
        int from = 0;
        while (from < rows.size()) {
            List<@Nullable Object[]> some = rows.subList(from, from + some(rows, from));
            List<@Nullable Object> parameters = new ArrayList<>();
            some.forEach(row -> parameters.addAll(Arrays.asList(row)));
            String many = statement + (", " + statement.substring(values)).repeat(some.size() - 1);
            if (session.update(many, parameters.toArray()) != some.size()) {
                return false;
            }
            from += some.size();
        }
        return true;
    }

    /**
     * Updates rows.
     *
     * @param statement whose one parameter is a JSON array of the rows
     * @return whether all of them were counted
     */
    static boolean update(Session session, String statement, List<@Nullable Object[]> rows) throws SQLException {
        int from = 0;
        while (from < rows.size()) {
            List<@Nullable Object[]> some = rows.subList(from, from + some(rows, from));
            if (session.update(statement, JsonArrays.ofRows(some)) != some.size()) {
                return false;
            }
            from += some.size();
        }
        return true;
    }

    private static int some(List<@Nullable Object[]> rows, int from) {
        int size = Integer.highestOneBit(Math.min(MOST, rows.size() - from));
        while (size > 1 && chars(rows.subList(from, from + size)) > MOST_CHARS) {
            size /= 2;
        }
        return size;
    }

    private static long chars(List<@Nullable Object[]> rows) {
        long chars = 0;
        for (@Nullable Object[] row : rows) {
            for (Object value : row) {
                chars += value instanceof String text ? text.length() : 0;
            }
        }
        return chars;
    }
}
