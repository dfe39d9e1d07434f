// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import dev.revive.store.ExecutorSeat;
import java.util.Collections;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The statements. {@code ${prefix}} is the tables' prefix; {@code ${now}} the database's clock, with one parameter that is added to it.
 *
 * <p>Locks are taken in one order everywhere: executor, fence, workflow, step.
 */
final class Sql {
    private static final String WORKFLOW_COLUMNS = """
            id, name, version, status, input, input_hash, output, failure, attention, epoch, executor_id, due_at, wake_seq, strikes, \
            created_at, finished_at""";
    private static final String STEP_COLUMNS = """
            s.workflow_id, s.step_id, s.sequence, s.scope, s.name, s.kind, s.status, s.epoch, s.attempt, s.zombies, s.resolution, s.branches, \
            s.serialized_output, s.failure, s.first_started_at, s.started_at, s.recorded_at, s.next_at""";
    /** Parameter: none. The run that ends is the row's own epoch: one strike if it recorded an outcome, else one more than before. */
    private static final String STRIKES = """
            CASE WHEN EXISTS (SELECT 1 FROM ${prefix}step s
                               WHERE s.workflow_id = ${prefix}workflow.id AND s.epoch = ${prefix}workflow.epoch
                                 AND s.status IN ('COMPLETED', 'FAILED'))
                 THEN 1 ELSE strikes + 1 END""";

    private final String prefix;
    private final Dialect dialect;

    // ---- fences and executors

    /** The first statement of every write transaction. A take-over that is under way makes it wait, and then find nothing. */
    final String lockFence;

    final String insertFence;
    final String deleteFence;

    /** Waits for the write transactions that hold one, and lets none follow. */
    final String deleteFences;

    final String insertExecutor;
    final String deleteExecutor;
    final String isExecutorAlive;

    /** A lapsed lease is never renewed. */
    final String renewLease;

    /** Who is there, and whose lease has lapsed. */
    final String executors;

    final String allExecutors;

    /** Nothing if its lease was renewed meanwhile. */
    final String declareDeadIfLapsed;

    final String declareDead;

    /** Gives back what a dead executor was running. */
    final String orphan;

    /** Gives back what is still in the hands of an executor that leaves. */
    final String giveBack;

    // ---- writing

    final String insertWorkflow;
    final String insertStep;

    /** The rule of {@code StepRecord.maySucceed}, in the statement that writes. */
    final String succeedStep;

    /** For a writer that has looked. */
    final String replaceStep;

    final String finish;
    final String release;
    final String states;

    // ---- claiming

    /** Those of some due workflows that nobody else is taking; holds them until the transaction ends. */
    final String lockDue;

    /** The same and {@link #take} in one statement; nothing at all if the fence is gone, one row of nulls if there is nothing to take. */
    final String takeDue;

    final String take;
    final String heldBy;

    // ---- reading

    final String load;
    final String findWorkflow;
    final String findWorkflows;
    final String lockWorkflow;
    final String steps;
    final String stepAt;
    final String resume;
    final String wake;

    Sql(String prefix, Dialect dialect) {
        this.prefix = prefix;
        this.dialect = dialect;

        lockFence = text("SELECT lane FROM ${prefix}fence WHERE executor_id = ? AND lane = ? FOR UPDATE");
        insertFence = text("INSERT INTO ${prefix}fence (executor_id, lane) VALUES (?, ?)");
        deleteFence = text("DELETE FROM ${prefix}fence WHERE executor_id = ? AND lane = ?");
        deleteFences = text("DELETE FROM ${prefix}fence WHERE executor_id = ?");
        insertExecutor = text("""
                INSERT INTO ${prefix}executor (id, name, alive, started_at, lease_until)
                VALUES (?, ?, TRUE, ${now}, ${now} + ?)""");
        deleteExecutor = text("DELETE FROM ${prefix}executor WHERE id = ?");
        isExecutorAlive = text("SELECT id FROM ${prefix}executor WHERE id = ? AND alive");
        renewLease = text("""
                UPDATE ${prefix}executor SET lease_until = ${now} + ?
                 WHERE id = ? AND alive AND lease_until > ${now}""");
        executors = text("""
                SELECT id, CASE WHEN NOT alive OR lease_until <= ${now} THEN 1 ELSE 0 END AS is_lapsed
                  FROM ${prefix}executor ORDER BY id""");
        allExecutors = text("""
                SELECT id FROM ${prefix}executor
                 UNION SELECT executor_id FROM ${prefix}workflow WHERE status = 'RUNNING'
                 ORDER BY 1""");
        declareDeadIfLapsed = text("""
                UPDATE ${prefix}executor SET alive = FALSE
                 WHERE id = ? AND (NOT alive OR lease_until <= ${now})""");
        declareDead = text("UPDATE ${prefix}executor SET alive = FALSE WHERE id = ?");
        orphan = text("""
                UPDATE ${prefix}workflow SET status = 'DUE', executor_id = NULL, due_at = ${now}, strikes = ${strikes}
                 WHERE status = 'RUNNING' AND executor_id = ?""");
        giveBack = text("""
                UPDATE ${prefix}workflow SET status = 'DUE', executor_id = NULL, due_at = ${now}
                 WHERE status = 'RUNNING' AND executor_id = ?""");

        insertWorkflow = text("""
                INSERT INTO ${prefix}workflow (${workflow})
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, CASE WHEN ? THEN ${now} END, 0, 0, ?, ?)""");
        insertStep = text("""
                INSERT INTO ${prefix}step (workflow_id, step_id, sequence, scope, name, kind, status, epoch, attempt, zombies, resolution,
                                           branches, serialized_output, failure, first_started_at, started_at, recorded_at, next_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""");
        replaceStep = text("""
                UPDATE ${prefix}step
                   SET kind = ?, status = ?, epoch = ?, attempt = ?, zombies = ?, resolution = ?, branches = ?, serialized_output = ?,
                       failure = ?, first_started_at = ?, started_at = ?, recorded_at = ?, next_at = ?
                 WHERE workflow_id = ? AND step_id = ? AND sequence = ?""");
        succeedStep = replaceStep + """

                   AND status NOT IN ('COMPLETED', 'FAILED')
                   AND (epoch < ? OR (epoch = ? AND (attempt < ? OR (attempt = ? AND status = 'STARTED' AND ?))))""";
        finish = text("""
                UPDATE ${prefix}workflow
                   SET status = ?, output = ?, failure = ?, attention = ?, executor_id = NULL, due_at = NULL, finished_at = ?
                 WHERE id = ? AND status = 'RUNNING' AND executor_id = ? AND epoch = ?""");
        release = text("""
                UPDATE ${prefix}workflow
                   SET status = 'DUE', executor_id = NULL, due_at = CASE WHEN ? THEN ${now} + ? END,
                       strikes = CASE WHEN ? THEN ${strikes} ELSE strikes END
                 WHERE id = ? AND status = 'RUNNING' AND executor_id = ? AND epoch = ? AND (? OR wake_seq = ?)""");
        states = text("SELECT id, status, executor_id, epoch, wake_seq FROM ${prefix}workflow WHERE ${anyId}");

        lockDue = text("""
                SELECT ${workflow} FROM ${prefix}workflow
                 WHERE ${anyId} AND status = 'DUE' AND due_at <= ${now}
                 ORDER BY due_at, id FOR UPDATE SKIP LOCKED""");
        takeDue = text("""
                WITH fence AS MATERIALIZED (
                    SELECT lane FROM ${prefix}fence WHERE executor_id = ? AND lane = ? FOR UPDATE),
                free AS MATERIALIZED (
                    SELECT id FROM ${prefix}workflow
                     WHERE ${anyId} AND status || '' = 'DUE' AND due_at <= ${now} AND EXISTS (SELECT 1 FROM fence)
                     ORDER BY due_at, id FOR UPDATE SKIP LOCKED),
                taken AS (
                    UPDATE ${prefix}workflow w SET status = 'RUNNING', executor_id = ?, epoch = w.epoch + 1, due_at = NULL
                      FROM free WHERE w.id = free.id
                    RETURNING w.*)
                SELECT taken.* FROM fence LEFT JOIN taken ON TRUE""");
        take = text("""
                UPDATE ${prefix}workflow SET status = 'RUNNING', executor_id = ?, epoch = epoch + 1, due_at = NULL
                 WHERE id = ? AND status = ? AND epoch = ?""");
        heldBy = text("""
                SELECT ${workflow} FROM ${prefix}workflow
                 WHERE status = 'RUNNING' AND executor_id = ? AND NOT ${anyId}
                 ORDER BY id LIMIT ?""");

        load = text("""
                SELECT ${step}, w.id AS claimed_id, w.epoch AS claimed_epoch
                  FROM ${prefix}workflow w LEFT JOIN ${prefix}step s ON s.workflow_id = w.id
                 WHERE ${anyWorkflow}"""); // sorted here: a database that sorts 100,000 rows first writes them all to a temporary file
        findWorkflow = text("SELECT ${workflow} FROM ${prefix}workflow WHERE id = ?");
        findWorkflows = text("SELECT ${workflow} FROM ${prefix}workflow WHERE ${anyId}");
        lockWorkflow = text("SELECT ${workflow} FROM ${prefix}workflow WHERE id = ? FOR UPDATE");
        steps = text("SELECT ${step} FROM ${prefix}step s WHERE s.workflow_id = ? ORDER BY s.scope, s.sequence");
        stepAt = text("SELECT ${step} FROM ${prefix}step s WHERE s.workflow_id = ? AND s.scope = ? AND s.sequence = ?");
        resume = text("""
                UPDATE ${prefix}workflow
                   SET status = 'DUE', due_at = ${now}, wake_seq = wake_seq + 1, strikes = 0, attention = NULL
                 WHERE id = ? AND status = 'NEEDS_ATTENTION'""");
        wake = text("""
                UPDATE ${prefix}workflow
                   SET wake_seq = wake_seq + 1,
                       due_at = CASE WHEN status = 'DUE' THEN LEAST(COALESCE(due_at, ${now}), ${now}) END
                 WHERE id = ? AND status IN ('DUE', 'RUNNING')""");
    }

    /**
     * What is due of so many types, the oldest first: {@code due_in} is zero or less. And how soon something else will be: a row without an id,
     * its {@code due_in} null if nothing will. Nothing at all if the fence is gone. Each is one range of the claim index a type, however many
     * sleep: parameters are the clock's, name, version, the clock's and the limit for each type; the same with the limit 1 if a suspect is asked
     * for; the limit; name, version and the clock's for each; and the fence.
     */
    String dueIds(int types, boolean suspects) {
        String due = Stream.concat(
                        Collections.nCopies(types, ofOneType("strikes < " + ExecutorSeat.SUSPECT)).stream(),
                        Collections.nCopies(suspects ? types : 0, ofOneType("strikes >= " + ExecutorSeat.SUSPECT))
                                .stream())
                .collect(Collectors.joining(" UNION ALL\n"));
        String later = String.join(" UNION ALL\n", Collections.nCopies(types, text("""
                SELECT * FROM (
                SELECT due_at FROM ${prefix}workflow
                 WHERE status = 'DUE' AND name = ? AND version = ? AND due_at > ${statementNow}
                 ORDER BY status, name, version, due_at LIMIT 1) AS later_of_one_type""")));
        return text("""
                SELECT found.id, found.due_at - ${statementNow} AS due_in FROM ${prefix}fence f LEFT JOIN (
                SELECT * FROM (
                %s
                ORDER BY due_at LIMIT ?) AS due
                UNION ALL
                SELECT NULL, MIN(due_at) FROM (
                %s) AS later
                ) AS found ON 1 = 1 WHERE f.executor_id = ? AND f.lane = ?""".formatted(due, later));
    }

    private String ofOneType(String strikes) {
        return text("""
                SELECT * FROM (
                SELECT id, due_at FROM ${prefix}workflow
                 WHERE status = 'DUE' AND name = ? AND version = ? AND due_at <= ${statementNow} AND ${strikesCondition}
                 ORDER BY status, name, version, due_at LIMIT ?) AS of_one_type""".replace("${strikesCondition}", strikes));
    }

    /**
     * A page of workflows. A filter for final statuses is kept from the claim index, which would read and sort them all: nearly every row fits,
     * so going along the ids is quick.
     */
    String list(boolean byName, boolean byStatus, boolean byFinalStatus) {
        return text("SELECT ${workflow} FROM ${prefix}workflow WHERE id > ? AND id LIKE ? ESCAPE '!'"
                + (byName ? " AND name = ?" : "")
                + (byFinalStatus ? " AND ${anyStatusText}" : byStatus ? " AND ${anyStatus}" : "")
                + " ORDER BY id LIMIT ?");
    }

    /** A statement with its placeholders filled in. */
    String text(String statement) {
        return statement
                .replace("${strikes}", STRIKES)
                .replace("${workflow}", WORKFLOW_COLUMNS)
                .replace("${step}", STEP_COLUMNS)
                .replace("${prefix}", prefix)
                .replace("${anyId}", dialect.isAnyOf("id"))
                .replace("${anyWorkflow}", dialect.isAnyOf("w.id"))
                .replace("${anyStatus}", dialect.isAnyOf("status"))
                .replace("${anyStatusText}", dialect.isAnyOf("CONCAT(status, '')"))
                .replace("${now}", "(${clock} + ?)")
                .replace("${statementNow}", "(${statementClock} + ?)")
                .replace("${statementClock}", dialect.statementClock())
                .replace("${clock}", dialect.clock());
    }
}
