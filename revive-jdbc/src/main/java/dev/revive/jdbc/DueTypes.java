// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import dev.revive.store.WorkflowSummary;
import dev.revive.store.WorkflowType;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Goes through the types that are due, one search of the claim index each, however many workflows sleep. */
final class DueTypes {
    private static final int MOST = 100;

    private final Session session;
    private final Sql sql;

    DueTypes(Session session, Sql sql) {
        this.session = session;
        this.sql = sql;
    }

    /** Of each type that is not known the workflow that has been due longest, if it was due at that time by the database's clock. */
    List<WorkflowSummary> unknown(Set<WorkflowType> known, long clockOffset) throws SQLException {
        List<WorkflowSummary> found = new ArrayList<>();
        int types = 0;
        for (WorkflowType type = after(new WorkflowType("", 0)); type != null && types < MOST; type = after(type)) {
            types++;
            WorkflowSummary oldest = known.contains(type)
                    ? null
                    : session.first(sql.oldestDue, Rows::summary, type.name(), type.version(), clockOffset);
            if (oldest != null) {
                found.add(oldest);
            }
        }
        return found;
    }

    private @Nullable WorkflowType after(WorkflowType type) throws SQLException {
        WorkflowType next = session.first(sql.nextDueVersion, DueTypes::type, type.name(), type.version());
        return next != null ? next : session.first(sql.nextDueName, DueTypes::type, type.name());
    }

    private static WorkflowType type(ResultSet row) throws SQLException {
        return new WorkflowType(row.getString(1), row.getInt(2));
    }
}
