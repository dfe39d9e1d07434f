// SPDX-License-Identifier: Apache-2.0
package dev.revive.benchmarks;

import java.sql.SQLException;

/** A library that runs workflows of so many equal steps, each answering what the effect answers. */
interface Contestant {
    /** What is asked of a step. A library that knows no difference does the same for both. */
    enum Steps {
        DEFAULT,
        IDEMPOTENT
    }

    String name();

    /** Everything that was set. */
    String configuration();

    /** Opens it on this database as a user would. */
    Running open(Database database, Effect effect) throws Exception;

    /** Opens it as the only process of this database, able to hold so many workflows in the middle of a step. */
    Running openForCrowd(Database database, Effect effect, int workflows) throws Exception;

    /** Opens it as the only process of this database, to go on with what a killed one left. */
    Running reopen(Database database, Effect effect) throws Exception;

    /** How many workflows it can hold in the middle of a step on this JVM. */
    int largestCrowd();

    /** The library at work. Safe for use by many threads. */
    interface Running extends AutoCloseable {
        /** Starts a workflow and waits for its result. */
        void call(String id, int steps, Steps kind) throws Exception;

        /** Starts a workflow; returns once that is durable. */
        void launch(String id, int steps) throws Exception;

        /** Starts a workflow that waits for a signal and then has the effect; returns once the start is durable. */
        void launchWaiting(String id, int number) throws Exception;

        /**
         * Starts a workflow that waits for news, and then so many times for a signal, with a step after each; returns once the start is durable.
         */
        void launchRounds(String id, int rounds) throws Exception;

        /** Starts a workflow that starts so many others, of one step each, and then waits for all of them; waits for its result. */
        void callParent(String id, int children) throws Exception;

        /** Sends a workflow the signal that it waits for; returns once that is durable. */
        void signal(String id) throws Exception;

        /** Sends a workflow news; returns once that is durable. */
        void tell(String id) throws Exception;

        @Override
        void close();
    }

    /** The library in a process that runs nothing. */
    interface Sender extends AutoCloseable {
        /** Sends a workflow the signal that it waits for; returns once that is durable. */
        void signal(String id) throws Exception;

        @Override
        void close();
    }

    /** Opens it on this database as a user would who only signals, on connections of its own. */
    Sender openSender(Database database) throws Exception;

    /** How many workflows wait for a signal, by the database; those that do nothing else for it. */
    long waiting(Database database) throws SQLException;

    /** How many workflows have finished, by the database. */
    long finished(Database database) throws SQLException;
}
