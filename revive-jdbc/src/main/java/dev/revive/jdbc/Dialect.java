// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import dev.revive.store.StoreException;
import java.sql.Connection;
import java.sql.SQLException;

/** All that differs from database to database. One implementation each; H2's today. */
interface Dialect {
    /** What an {@link SQLException} says about the transaction that met it. */
    enum Trouble {
        /** A key is taken. */
        CONFLICT,
        /** Rolled back by the database in favour of others: the same transaction may well succeed when it is run again. */
        RETRY,
        /** The statement or one of its values is wrong, and will be next time. */
        REFUSED,
        /** Anything else: nobody knows what happened. */
        UNAVAILABLE
    }

    /** The dialect for a database, or a clear error. */
    static Dialect of(Connection connection, Durability durability) throws SQLException {
        String product = connection.getMetaData().getDatabaseProductName();
        if (product.equals("H2")) {
            return new H2Dialect(durability);
        }
        throw new StoreException("Revive cannot use the database \"%s\". Supported is: H2.".formatted(product), null);
    }

    /** The folder of its migrations, beside this class. */
    String folder();

    /** The database's clock in microseconds since 1970, plus one parameter that is added to it. */
    String nowMicros();

    /** Refuses, with a message that says what to do, a database that would not keep Revive's promises. */
    void check(Connection connection) throws SQLException;

    /** How many lanes are of any use. */
    int lanes(int asked);

    /** Whether write transactions must follow one another, whoever runs them. */
    boolean hasOneWriter();

    /** Whether user code that uses a connection must run on a thread that nobody can interrupt. */
    boolean needsOwnThreadForBodies();

    /** What to do after a commit before it may be acknowledged. */
    void makeDurable(Connection connection) throws SQLException;

    /** Marks a transaction, right after its begin, such that {@link #isStillIn} can tell later whether it was committed in between. */
    Object mark(Session session, Sql sql, String executorId) throws SQLException;

    /** Whether the session is still in the marked transaction; removes the mark. */
    boolean isStillIn(Session session, Sql sql, Object mark) throws SQLException;

    Trouble trouble(SQLException e);
}
