// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import dev.revive.store.Answer;
import dev.revive.store.Operation;
import dev.revive.store.Operation.Checkpoint;
import dev.revive.store.Operation.Create;
import dev.revive.store.Operation.Finish;
import dev.revive.store.Operation.Receive;
import dev.revive.store.Operation.Release;
import dev.revive.store.Operation.Send;
import dev.revive.store.Operation.StartChild;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A batch sorted into the tables of one statement, and the statement: only the parts that have rows. */
final class StatementBatch implements Operation.Visitor<Boolean, RuntimeException> {
    /** Written such that the claim index is of no use to it: a plan that was right while nothing ran would read all that runs, batch by batch. */
    private static final String RUNNING = "w.status || '' = 'RUNNING'";

    private static final String ADMITTED = """
            WITH fence AS MATERIALIZED (
                SELECT lane FROM ${prefix}fence WHERE executor_id = ? AND lane = ? FOR UPDATE),
            admitted AS MATERIALIZED (
                SELECT lane FROM fence WHERE TRUE""";
    private static final String IF_HELD = """

                   AND (SELECT COUNT(*) FROM ${rows} JOIN ${prefix}workflow w ON w.id = held.id
                         WHERE ${running} AND w.executor_id = ? AND w.epoch = held.epoch) = ?""";
    private static final String IF_NEW = """

                   AND NOT EXISTS (SELECT 1 FROM ${prefix}workflow w WHERE w.id = ANY(?))""";
    /** The same for the index of what is unread: a plan that was right while nothing was would read all that is, batch by batch. */
    private static final String UNREAD = "COALESCE(m.received_at, 0) = 0";

    private static final String CREATE = """
            INSERT INTO ${prefix}workflow (${workflowWritten}, due_at)
            SELECT ${created}, CASE WHEN c.is_due THEN ${clock} + c.clock_offset END
              FROM ${rows} WHERE EXISTS (SELECT 1 FROM admitted)
                ON CONFLICT (id) DO NOTHING""";
    private static final String INSERT_STEP = """
            INSERT INTO ${prefix}step (${stepInserted})
            SELECT f.* FROM ${rows} WHERE EXISTS (SELECT 1 FROM admitted)""";

    /** The rule of {@code StepRecord.maySucceed}, in the statement that writes. */
    private static final String SUCCEED_STEP = """
            INSERT INTO ${prefix}step AS s (${stepInserted})
            SELECT l.* FROM ${rows} WHERE EXISTS (SELECT 1 FROM admitted)
                ON CONFLICT (workflow_id, step_id, sequence) DO UPDATE
               SET ${excluded}
             WHERE s.status NOT IN ('COMPLETED', 'FAILED', 'CANCELLED')
               AND (s.epoch < excluded.epoch OR (s.epoch = excluded.epoch AND (s.attempt < excluded.attempt
                    OR (s.attempt = excluded.attempt AND ((s.status = 'STARTED' AND excluded.status <> 'STARTED')
                        OR (s.status = 'DECIDED' AND excluded.status IN ('COMPLETED', 'FAILED', 'CANCELLED')))))))""";

    private static final String RECEIVE = """
            UPDATE ${prefix}message m
               SET received_at = g.received_at, payload = NULL
              FROM ${rows}
             WHERE m.workflow_id = g.workflow_id AND m.position = g.position AND ${unread}
               AND EXISTS (SELECT 1 FROM admitted)""";

    private static final String FINISH = """
            UPDATE ${prefix}workflow w
               SET status = f.status, output = f.output, failure = f.failure, attention = f.attention, executor_id = NULL, due_at = NULL,
                   finished_at = f.finished_at
              FROM ${rows}
             WHERE w.id = f.id AND ${running} AND w.executor_id = f.executor_id AND w.epoch = f.epoch
               AND EXISTS (SELECT 1 FROM admitted)""";
    private static final String RELEASE = """
            UPDATE ${prefix}workflow w
               SET status = 'DUE', executor_id = NULL, waits_for = r.waits_for,
                   due_at = CASE WHEN r.is_timed THEN ${clock} + r.clock_offset + r.delay END
              FROM ${rows}
             WHERE w.id = r.id AND ${running} AND w.executor_id = r.executor_id AND w.epoch = r.epoch
               AND (r.in_any_case OR w.wake_seq = r.wake_seq) AND EXISTS (SELECT 1 FROM admitted)""";
    private static final String POST = """
            INSERT INTO ${prefix}outbox (${postingInserted})
            SELECT p.* FROM ${rows} WHERE EXISTS (SELECT 1 FROM admitted)""";
    private static final String ANSWER = """

            SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM fence) THEN 0
                        WHEN NOT EXISTS (SELECT 1 FROM admitted) THEN 1
                        WHEN ${counts} THEN 2
                        ELSE 1 / (SELECT 0 FROM fence) END${released}""";

    /** A workflow that something has woken up since is not released, and that is no reason to write nothing of the others. */
    private static final String RELEASED = ", (SELECT array_agg(id) FROM released)";

    private static final Columns HELD =
            Columns.none().and("id", ColumnType.text(255)).and("epoch", ColumnType.BIGINT);

    private record Part(String name, ParameterTable rows, String text) {}

    private final String executorId;

    private final ParameterTable held = new ParameterTable("held", HELD);
    private final ParameterTable created = new ParameterTable("c", WorkflowTable.INSERTED);
    private final ParameterTable fresh = new ParameterTable("f", StepTable.INSERTED);
    private final ParameterTable later = new ParameterTable("l", StepTable.INSERTED);
    private final ParameterTable received = new ParameterTable("g", MessageTable.RECEIVED);
    private final ParameterTable finished = new ParameterTable("f", WorkflowTable.FINISHED);
    private final ParameterTable posted = new ParameterTable("p", OutboxTable.INSERTED);
    private final ParameterTable released = new ParameterTable("r", WorkflowTable.RELEASED);
    private final List<Part> parts = List.of(
            new Part("created", created, CREATE),
            new Part("fresh", fresh, INSERT_STEP),
            new Part("later", later, SUCCEED_STEP),
            new Part("received", received, RECEIVE),
            new Part("finished", finished, FINISH),
            new Part("posted", posted, POST),
            new Part("released", released, RELEASE));
    private final List<String> createdIds = new ArrayList<>();
    private final Map<String, Long> epochs = new HashMap<>();
    private final Set<String> left = new HashSet<>();
    private final Database database;
    private final long clockOffset;

    StatementBatch(String executorId, Database database) {
        this.executorId = executorId;
        this.database = database;
        this.clockOffset = database.clockOffset();
    }

    /** Takes the next operation of the batch, unless it cannot be accepted after those before it, or needs to see their rows. */
    boolean add(Operation operation) {
        return operation.visit(this);
    }

    @Override
    public Boolean create(Create create) {
        String id = create.workflowId();
        boolean isRunning = create.start() == Create.Start.CLAIMED && create.end() == null;
        created.add(WorkflowTable.inserted(create, executorId, clockOffset));
        createdIds.add(id);
        return epochs.put(id, isRunning ? create.epoch() : 0L) == null;
    }

    @Override
    public Boolean checkpoint(Checkpoint checkpoint) {
        (checkpoint.isNew() ? fresh : later).add(StepTable.inserted(checkpoint.step()));
        return isHeld(checkpoint);
    }

    @Override
    public Boolean receive(Receive receive) {
        received.add(MessageTable.receiving(receive));
        return checkpoint(receive.checkpoint());
    }

    /** It locks the row of another workflow, and its outcome depends on that. */
    @Override
    public Boolean send(Send send) {
        return false;
    }

    @Override
    public Boolean startChild(StartChild start) {
        String child = start.child().id();
        created.add(WorkflowTable.inserted(start.create(), executorId, clockOffset));
        createdIds.add(child);
        boolean isFirst = epochs.put(child, 0L) == null;
        return checkpoint(start.checkpoint()) && isFirst;
    }

    @Override
    public Boolean finish(Finish finish) {
        finish.postings().forEach(posting -> posted.add(OutboxTable.ofEnd(posting, database.storeId())));
        finished.add(WorkflowTable.finishing(finish, executorId));
        return isHeld(finish) && leaves(finish) && finish.ifNoIntentAfter() == null;
    }

    @Override
    public Boolean release(Release release) {
        released.add(WorkflowTable.releasing(release, executorId, clockOffset));
        return isHeld(release) && leaves(release) && !release.strike();
    }

    private boolean leaves(Operation operation) {
        return left.add(operation.workflowId()) && !createdIds.contains(operation.workflowId());
    }

    private boolean isHeld(Operation operation) {
        String id = operation.workflowId();
        long epoch = operation.epoch();
        Long before = epochs.putIfAbsent(id, epoch);
        if (before == null) {
            held.add(id, epoch);
        }
        return (before == null || before == epoch) && !left.contains(id);
    }

    /** Tells statements of different text apart: for each of its tables whether it has no row, one, or more. */
    int form() {
        int form = digit(held);
        for (Part part : parts) {
            form = form * 3 + digit(part.rows());
        }
        return form;
    }

    private static int digit(ParameterTable rows) {
        return Math.min(rows.size(), 2);
    }

    private List<Part> filled() {
        return parts.stream().filter(part -> !part.rows().isEmpty()).toList();
    }

    /** Answers 0 if the fence is gone, 1 if the batch is not admitted, 2 if all of it is written; fails if not all of it could be. */
    String statement(Sql sql) {
        StringBuilder text = new StringBuilder(ADMITTED);
        if (!held.isEmpty()) {
            text.append(IF_HELD.replace("${rows}", held.table()));
        }
        if (!created.isEmpty()) {
            text.append(IF_NEW);
        }
        text.append(')');
        List<String> counts = new ArrayList<>();
        for (Part part : filled()) {
            boolean isCounted = isCounted(part);
            text.append(",\n%s AS (\n%s RETURNING %s)"
                    .formatted(
                            part.name(),
                            part.text().replace("${rows}", part.rows().table()),
                            isCounted ? "1" : "w.id"));
            if (isCounted) {
                counts.add("(SELECT COUNT(*) FROM %s) = ?".formatted(part.name()));
            }
        }
        text.append(ANSWER.replace("${counts}", counts.isEmpty() ? "TRUE" : String.join(" AND ", counts))
                .replace("${released}", released.isEmpty() ? "" : RELEASED));
        return sql.text(text.toString()
                .replace("${running}", RUNNING)
                .replace("${unread}", UNREAD)
                .replace("${created}", WorkflowTable.WRITTEN.each("c.%s"))
                .replace("${excluded}", StepTable.STATE_COLUMNS.each("%s = excluded.%s")));
    }

    @Nullable
    Object[] parameters(Connection connection, int lane) throws SQLException {
        List<@Nullable Object> parameters = new ArrayList<>(List.of(executorId, lane));
        if (!held.isEmpty()) {
            held.addTo(parameters, connection);
            parameters.addAll(List.of(executorId, held.size()));
        }
        if (!created.isEmpty()) {
            parameters.add(connection.createArrayOf("text", createdIds.toArray(new String[0])));
        }
        created.sort();
        for (Part part : filled()) {
            part.rows().addTo(parameters, connection);
        }
        for (Part part : filled()) {
            if (isCounted(part)) {
                parameters.add(part.rows().size());
            }
        }
        return parameters.toArray();
    }

    private boolean isCounted(Part part) {
        return part.rows() != released;
    }

    boolean hasReleases() {
        return !released.isEmpty();
    }

    /**
     * The answers to the operations of a batch that was written.
     *
     * @param ids of the workflows that were released
     */
    static List<Answer> answers(List<Operation> batch, Set<String> ids) {
        return batch.stream()
                .map(operation -> operation instanceof Release release && !ids.contains(release.workflowId())
                        ? Answer.REFUSED
                        : Answer.ACCEPTED)
                .toList();
    }
}
