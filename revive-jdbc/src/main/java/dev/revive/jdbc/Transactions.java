// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import java.util.Optional;

/** Reads and write transactions, wherever their connection comes from. */
interface Transactions {
    /** A read in a transaction of its own. */
    <T> T read(Database.Work<T> work);

    /** A write transaction, run again a bounded number of times if the database rolls it back in favour of others. */
    <T> T write(Database.Work<T> work);

    /** A write transaction that is not run again: nothing if the database rolled it back in favour of others. */
    <T> Optional<T> tryToWrite(Database.Work<T> work);
}
