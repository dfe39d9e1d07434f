// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

import java.sql.Connection;
import org.jspecify.annotations.Nullable;

/**
 * The SQL of a transaction of the application's, run by {@code revive.transact}.
 *
 * @param <T> the type of what it answers
 * @param <X> what it throws; {@link RuntimeException} where it throws nothing that has to be declared
 */
@FunctionalInterface
public interface UnitOfWork<T extends @Nullable Object, X extends Exception> {
    /**
     * Runs SQL. It may be run again, after a rollback that the database asked for.
     *
     * @param connection open, inside a transaction that is Revive's: commit, close and auto-commit are refused, savepoints are free, and after a
     *     rollback of the whole it must end with an exception
     * @return what the caller is to have, once all is committed; it may be null
     * @throws X to roll everything back
     */
    T run(Connection connection) throws X;
}
