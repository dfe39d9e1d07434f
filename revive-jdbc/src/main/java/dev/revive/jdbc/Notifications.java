// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/** What a database has to tell its other clients something. Sent to those who listen, after the commit; who does not listen misses it. */
interface Notifications {
    /** Sends a text: parameters are the channel and the text. */
    String send();

    /** Begins to listen on a channel, on a connection that commits each statement. */
    void listen(Connection connection, String channel) throws SQLException;

    /**
     * Whether nothing can be heard on this connection, since it is a pooler's that gives the server's session to somebody else between two
     * statements: to listen would leave a session that listens to others.
     *
     * @param others opens another connection
     */
    boolean isDeaf(Connection connection, HeldConnection.Source others) throws SQLException;

    /** Waits for texts, but not longer than this; empty if none came. Sends nothing to the server. */
    List<String> await(Connection connection, Duration patience) throws SQLException;

    /** Whether an error says that there is no listening here, and never will be. */
    boolean isRefusal(SQLException e);
}
