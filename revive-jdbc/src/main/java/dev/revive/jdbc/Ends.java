// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import dev.revive.store.Message;
import dev.revive.store.Posting;
import dev.revive.store.Ties;
import dev.revive.workflow.WorkflowStatus;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Posts what the end of a workflow asks for, in the transaction that brings it. */
final class Ends {
    /**
     * Whom the end of a workflow concerns.
     *
     * @param epoch of its last run
     */
    record Known(Ties ties, long epoch) {
        static Known of(ResultSet row) throws SQLException {
            return new Known(
                    new Ties(Rows.instant(row.getLong(1)), WorkflowTable.parent(row, 3), row.getInt(5) == 1),
                    row.getLong(2));
        }
    }

    private Ends() {}

    static void post(Session session, Database database, List<Posting> postings) throws SQLException {
        if (!postings.isEmpty()) {
            List<@Nullable Object[]> rows = new ArrayList<>();
            postings.forEach(posting -> rows.add(OutboxTable.ofEnd(posting, database.storeId())));
            session.batch(database.sql().insertPosting, rows);
        }
    }

    /** Those of some workflows that are children of this one: their ids may have been taken anew. */
    static Set<String> children(Session session, Database database, String parentId, Collection<String> ids)
            throws SQLException {
        Set<String> children = new TreeSet<>();
        session.query(
                database.sql().parents,
                row -> parentId.equals(row.getString(2)) && children.add(row.getString(1)),
                database.dialect().textSet(session.connection(), ids));
        return children;
    }

    /**
     * Ends one that is in nobody's hands, its row locked.
     *
     * @param wakeSeq the counter, at least
     * @param end by what
     */
    static void terminate(Session session, Database database, String id, long wakeSeq, Message end)
            throws SQLException {
        Sql sql = database.sql();
        session.update(sql.terminate, wakeSeq, end.payload(), Rows.micros(end.sentAt()), id);
        Known known = session.first(sql.ties, Known::of, id);
        if (known != null) {
            post(
                    session,
                    database,
                    known.ties().atTheEnd(id, known.epoch(), WorkflowStatus.TERMINATED, null, end.sentAt()));
        }
    }
}
