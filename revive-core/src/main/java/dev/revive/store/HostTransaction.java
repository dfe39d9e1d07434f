// SPDX-License-Identifier: Apache-2.0
package dev.revive.store;

import java.sql.Connection;

/** What an application does in a transaction that the store begins and commits for it. */
public interface HostTransaction extends SameStart {
    /**
     * Runs the application's SQL. What it {@linkplain WorkflowStore#post posts} on this connection is done when it returns, in the same transaction.
     *
     * @param connection in a transaction; guarded against commit, rollback, close and auto-commit
     * @throws Exception whatever the application's code throws: all is rolled back
     */
    void run(Connection connection) throws Exception;

    /**
     * Why the transaction is rolled back, when something that it posted cannot be done.
     *
     * @param what it, and why not
     * @return what the caller is to be told
     */
    RuntimeException refusal(Undelivered what);
}
