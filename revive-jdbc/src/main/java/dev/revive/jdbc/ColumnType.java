// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

/**
 * What is in a column, where rows are passed to a statement as its parameters.
 *
 * @param postgres PostgreSQL's name of it
 * @param mariaDb MariaDB's
 * @param javaType a value of it
 */
record ColumnType(String postgres, String mariaDb, Class<?> javaType) {
    static final ColumnType INTEGER = new ColumnType("int4", "INTEGER", Integer.class);
    static final ColumnType BIGINT = new ColumnType("int8", "BIGINT", Long.class);

    /** 1 and 0 where there is no such type. */
    static final ColumnType BOOLEAN = new ColumnType("bool", "INTEGER", Boolean.class);

    /** Text of any length. */
    static final ColumnType JSON = new ColumnType("text", "LONGTEXT", String.class);

    /** Text of so many characters at most. */
    static ColumnType text(int length) {
        return new ColumnType("text", "VARCHAR(" + length + ")", String.class);
    }

    boolean isText() {
        return javaType == String.class;
    }
}
