// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import dev.revive.store.ExecutorSeat;
import dev.revive.store.ReadLimit;
import dev.revive.store.WorkflowFilter;
import dev.revive.workflow.WorkflowStatus;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The statements. {@code ${prefix}} is the tables' prefix; {@code ${now}} the database's clock, with one parameter that is added to it.
 *
 * <p>Locks are taken in one order everywhere: executor, fence, workflow, step.
 */
final class Sql {
    /** As {@link Rows#summary} reads them. */
    private static final String SUMMARY_COLUMNS =
            "id, name, version, status, epoch, executor_id, due_at, wake_seq, strikes, created_at, finished_at";

    private static final String STEPS_BEHIND =
            " FROM ${prefix}step s WHERE s.workflow_id = ? AND (s.scope > ? OR (s.scope = ? AND s.sequence > ?))"
                    + " ORDER BY s.scope, s.sequence LIMIT ";

    /** What another workflow left behind that once had the id is no past of this one. Where nobody noted whose it is, it was this one's. */
    private static final String ITS_LIFE = "COALESCE(l.created_at, w.created_at) = w.created_at";

    private static final String OF_THE_PAST =
            " FROM ${prefix}workflow w JOIN ${prefix}past_life l ON l.workflow_id = w.id"
                    + " JOIN ${prefix}past_step s ON s.workflow_id = l.workflow_id AND s.life = l.epoch WHERE w.id = ? AND "
                    + ITS_LIFE;

    private static final String PAST_STEPS = OF_THE_PAST + " ORDER BY s.life DESC, s.scope, s.sequence LIMIT ";

    private static final String PAST_LIVES =
            " FROM ${prefix}workflow w JOIN ${prefix}past_life l ON l.workflow_id = w.id WHERE w.id = ? AND " + ITS_LIFE
                    + " ORDER BY l.epoch DESC LIMIT ";

    /** Parameter: none. The run that ends is the row's own epoch: one strike if it recorded an outcome, else one more than before. */
    private static final String STRIKES = """
            CASE WHEN EXISTS (SELECT 1 FROM ${prefix}step s
                               WHERE s.workflow_id = ${prefix}workflow.id AND s.epoch = ${prefix}workflow.epoch
                                 AND s.status IN ('COMPLETED', 'FAILED', 'CANCELLED'))
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
    final String readClock;

    final String renewLease;

    /** Who is there, and whose lease has lapsed. */
    final String executors;

    final String allExecutors;

    /** Nothing if its lease was renewed meanwhile. */
    final String lockIfLapsed;

    final String declareDead;

    /** What is in an executor's hands. Without locks: a scan that takes them would wait for those who write what it only passes. */
    final String runBy;

    /** Those of some workflows that are in an executor's hands and that nobody has locked; holds them until the transaction ends. */
    final String lockRunBy;

    /** Releases what a dead executor was running. */
    final String orphan;

    /** The same for many at once, where a batch is one statement. They are found by their ids: the index of claims holds all that run. */
    final String orphanAll;

    final String giveBackAll;

    /** Releases what is still in the hands of an executor that leaves. */
    final String giveBack;

    // ---- writing

    final String insertWorkflow;
    final String insertStep;

    /** The rule of {@code StepRecord.maySucceed}, in the statement that writes. */
    final String succeedStep;

    /** For a writer that has looked. */
    final String replaceStep;

    final String finish;

    /** What the workflow waits for is the last that is set. */
    final String release;

    final String states;

    // ---- writing many rows at once; columns in the order of the parameters for one

    final String succeedSteps;
    final String finishAll;

    /** Without strikes. */
    final String releaseAll;

    // ---- claiming

    /** Those of some due workflows that nobody else is taking; holds them until the transaction ends. */
    final String lockDue;

    /** The same and {@link #take} in one statement; nothing at all if the fence is gone, one row of nulls if there is nothing to take. */
    final String takeDue;

    final String take;
    final String heldBy;

    // ---- types that are due, one after the other

    final String nextDueVersion;
    final String nextDueName;
    final String oldestDue;

    // ---- reading

    final String load;
    final String findWorkflow;
    final String findWorkflows;
    final String lockWorkflow;
    final String lockWorkflowNow;
    final String lockFree;
    final String steps;
    final String stepAt;
    final String pastStepsAt;
    final String resume;
    final String wake;

    // ---- inboxes

    /** Those of some workflows whose rows nobody else has locked; holds them until the transaction ends. */
    final String lockFreeReceivers;

    /** Does not wait: who sends to others must not wait for the row of this one. */
    final String lockReceiverNow;

    final String existing;
    final String messageKey;
    final String messageKeys;
    final String insertMessage;

    /** Raises the counter, and makes it due if it waits for that. */
    final String tell;

    /** The same for many, where a batch is one statement. */
    final String tellAll;

    /** Of one that was left to people. */
    final String lift;

    /** Parameters: the counter, at least; the reason; when; a workflow. */
    final String terminate;

    /** Parameters: the counter, at least; a workflow. */
    final String pause;

    /** What people want of some workflows. */
    final String intents;

    /** All that people wanted is over, but for a cancellation that a call ended with. */
    final String withdraw;

    /** Nobody wants it paused any more, up to a place in its inbox. */
    final String unpause;

    final String counters;

    /** What some workflows have not received. */
    final String unreadOf;

    /** The same for one, behind a position. */
    final String unreadOfOne;

    final String unread;

    /** Once. */
    final String receive;

    /** To the inbox. */
    final String giveBackMessage;

    final String messages;
    final String messageByKey;

    // ---- the outbox

    final String insertPosting;

    /** Whom the end of a workflow concerns. */
    final String ties;

    /** Calls that have started children, behind a place. */
    final String children;

    /** Which of some workflows are there, and whose children they are. */
    final String parents;

    /** How far something that takes long has come. */
    final String notePosting;

    /** Which store a row of the outbox may be for. */
    final String storeId;

    /** Of those who deliver, one at a time; holds it until the transaction ends. */
    final String lockRelay;

    /** How many characters of each would be read; but for some workflows. */
    final String postedLengths;

    /** In their order, but for some workflows. */
    final String posted;

    final String postedAt;

    /** Parameters: from one position to another. */
    final String stillPosted;

    /** Which of some workflows are to be started. */
    final String postedStarts;

    /** Where they stand. */
    final String postedStartsAt;

    final String deletePosting;
    final String refusePosting;

    /** What stands behind a start, from the same connection. Looked for first: a search that locks would wait for what others have inserted, and not committed. */
    final String postedBehind;

    final String undelivered;

    /** The same, of each text only so many characters. */
    final String undeliveredCut;

    final String discardPosting;
    final String deliverAgain;

    /** What a start is compared with. */
    final String startFacts;

    // ---- another life for what has failed

    final String insertPastLife;

    /** Parameters: a workflow, and when it was started. */
    final String deleteOthersLives;

    /** Parameter: a workflow, twice. */
    final String deleteStepsOfNoLife;

    /** While the workflow still has the epoch at which it failed. */
    final String copyToPast;

    final String deleteStep;
    /** When its last life began; nothing if it had one only. Parameters: a workflow, and when it was started. */
    final String lastRetry;

    /** Parameters: the clock's, twice; when its last life began; a workflow, and its epoch. */
    final String retry;

    final String setAside;

    /** Of what people were left with: whose time is up. Parameters for each of two: the clock's, and how many. */
    final String overdue;

    // ---- reading, for people

    final String fingerprint;
    final String seats;

    Sql(String prefix, Dialect dialect) {
        this.prefix = prefix;
        this.dialect = dialect;

        lockFence = text("SELECT lane FROM ${prefix}fence WHERE executor_id = ? AND lane = ? FOR UPDATE");
        insertFence = text("INSERT INTO ${prefix}fence (executor_id, lane) VALUES (?, ?)");
        deleteFence = text("DELETE FROM ${prefix}fence WHERE executor_id = ? AND lane = ?");
        deleteFences = text("DELETE FROM ${prefix}fence WHERE executor_id = ?");
        insertExecutor = text("""
                INSERT INTO ${prefix}executor (id, name, version, types, alive, started_at, heartbeat_at, lease_until)
                VALUES (?, ?, ?, ?, TRUE, ${now}, ${now}, ${now} + ?)""");
        deleteExecutor = text("DELETE FROM ${prefix}executor WHERE id = ?");
        isExecutorAlive = text("SELECT id FROM ${prefix}executor WHERE id = ? AND alive");
        readClock = text("SELECT ${now}");
        renewLease = text("""
                UPDATE ${prefix}executor SET lease_until = ${now} + ?, heartbeat_at = ${now}
                 WHERE id = ? AND alive AND lease_until > ${now}""");
        executors = text("""
                SELECT id, CASE WHEN NOT alive OR lease_until <= ${now} THEN 1 ELSE 0 END AS is_lapsed
                  FROM ${prefix}executor ORDER BY id""");
        allExecutors = text("""
                SELECT id FROM ${prefix}executor
                 UNION SELECT executor_id FROM ${prefix}workflow WHERE status = 'RUNNING'
                 ORDER BY 1""");
        lockIfLapsed = text("""
                SELECT id FROM ${prefix}executor
                 WHERE id = ? AND (NOT alive OR lease_until <= ${now}) FOR UPDATE""");
        declareDead = text("UPDATE ${prefix}executor SET alive = FALSE WHERE id = ?");
        runBy = text("SELECT id FROM ${prefix}workflow WHERE status = 'RUNNING' AND executor_id = ? ORDER BY id");
        lockRunBy = text("""
                SELECT w.id FROM ${byIds} AND w.status = 'RUNNING' AND w.executor_id = ?
                 ORDER BY w.id ${lockingFree}""");
        orphan = text("""
                UPDATE ${prefix}workflow SET status = 'DUE', executor_id = NULL, due_at = ${now}, strikes = ${strikes}
                 WHERE id = ? AND status = 'RUNNING' AND executor_id = ?""");
        giveBack = text("""
                UPDATE ${prefix}workflow SET status = 'DUE', executor_id = NULL, due_at = ${now}
                 WHERE id = ? AND status = 'RUNNING' AND executor_id = ?""");
        orphanAll = byIds(orphan);
        giveBackAll = byIds(giveBack);

        insertWorkflow = text("""
                INSERT INTO ${prefix}workflow (${workflowWritten}, due_at)
                VALUES (${workflowValues}, CASE WHEN ? THEN ${now} END)""");
        insertStep = text("""
                INSERT INTO ${prefix}step (${stepInserted})
                VALUES (${stepValues})""");
        replaceStep = text("""
                UPDATE ${prefix}step
                   SET ${stepState}
                 WHERE workflow_id = ? AND step_id = ? AND sequence = ?""");
        succeedStep = replaceStep + """

                   AND status NOT IN ('COMPLETED', 'FAILED', 'CANCELLED')
                   AND (epoch < ? OR (epoch = ? AND (attempt < ? OR (attempt = ?
                        AND ((status = 'STARTED' AND ?) OR (status = 'DECIDED' AND ?))))))""";
        finish = text("""
                UPDATE ${prefix}workflow
                   SET status = ?, output = ?, failure = ?, attention = ?, executor_id = NULL, due_at = NULL, finished_at = ?
                 WHERE id = ? AND status = 'RUNNING' AND executor_id = ? AND epoch = ?""");
        release = text("""
                UPDATE ${prefix}workflow
                   SET status = 'DUE', executor_id = NULL, due_at = CASE WHEN ? THEN ${now} + ? END,
                       strikes = CASE WHEN ? THEN ${strikes} ELSE strikes END, waits_for = ?
                 WHERE id = ? AND status = 'RUNNING' AND executor_id = ? AND epoch = ? AND (? OR wake_seq = ?)""");
        states = text("SELECT w.id, w.status, w.executor_id, w.epoch, w.wake_seq FROM ${byIds}");

        succeedSteps = dialect.updatesManyRows() ? text("""
                UPDATE %s STRAIGHT_JOIN ${prefix}step s FORCE INDEX (PRIMARY)
                    ON s.workflow_id = r.workflow_id AND s.step_id = r.step_id AND s.sequence = r.sequence
                   SET ${stepStateOfRow}
                 WHERE s.status NOT IN ('COMPLETED', 'FAILED', 'CANCELLED')
                   AND (s.epoch < r.epoch OR (s.epoch = r.epoch AND (s.attempt < r.attempt
                        OR (s.attempt = r.attempt AND ((s.status = 'STARTED' AND r.status <> 'STARTED')
                            OR (s.status = 'DECIDED' AND r.status IN ('COMPLETED', 'FAILED', 'CANCELLED')))))))""".formatted(dialect.rows(StepTable.STATE_AND_KEY))) : "";
        finishAll = dialect.updatesManyRows() ? text("""
                UPDATE %s STRAIGHT_JOIN ${prefix}workflow w FORCE INDEX (PRIMARY) ON w.id = r.id
                   SET w.status = r.status, w.output = r.output, w.failure = r.failure, w.attention = r.attention,
                       w.executor_id = NULL, w.due_at = NULL, w.finished_at = r.finished_at
                 WHERE w.status = 'RUNNING' AND w.executor_id = r.executor_id AND w.epoch = r.epoch""".formatted(dialect.rows(WorkflowTable.FINISHED))) : "";
        releaseAll = dialect.updatesManyRows() ? text("""
                UPDATE %s STRAIGHT_JOIN ${prefix}workflow w FORCE INDEX (PRIMARY) ON w.id = r.id
                   SET w.status = 'DUE', w.executor_id = NULL, w.waits_for = r.waits_for,
                       w.due_at = CASE WHEN r.is_timed THEN ${clock} + r.clock_offset + r.delay END
                 WHERE w.status = 'RUNNING' AND w.executor_id = r.executor_id AND w.epoch = r.epoch
                   AND (r.in_any_case OR w.wake_seq = r.wake_seq)""".formatted(dialect.rows(WorkflowTable.RELEASED))) : "";

        lockDue = text("""
                SELECT ${w} FROM ${byIds} AND w.status = 'DUE' AND w.due_at <= ${now}
                 ORDER BY w.due_at, w.id ${lockingFree}""");
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
                    RETURNING ${w})
                SELECT taken.* FROM fence LEFT JOIN taken ON TRUE""");
        take = text("""
                UPDATE ${prefix}workflow SET status = 'RUNNING', executor_id = ?, epoch = epoch + 1, due_at = NULL
                 WHERE id = ? AND status = ? AND epoch = ?""");
        heldBy = text("""
                SELECT ${workflow} FROM ${prefix}workflow
                 WHERE status = 'RUNNING' AND executor_id = ? AND NOT ${anyId}
                 ORDER BY id LIMIT ?""");

        nextDueVersion = text("""
                SELECT name, version FROM ${prefix}workflow WHERE status = 'DUE' AND name = ? AND version > ?
                 ORDER BY status, name, version LIMIT 1""");
        nextDueName = text("""
                SELECT name, version FROM ${prefix}workflow WHERE status = 'DUE' AND name > ?
                 ORDER BY status, name, version LIMIT 1""");
        oldestDue = text("SELECT " + SUMMARY_COLUMNS + " " + """
                FROM ${prefix}workflow WHERE status = 'DUE' AND name = ? AND version = ? AND due_at <= ${statementNow}
                 ORDER BY status, name, version, due_at LIMIT 1""");

        load = text("""
                SELECT ${step}, w.id, w.epoch
                  FROM ${byIdsWithSteps}"""); // sorted here: a database that sorts 100,000 rows first writes them all to a temporary file
        findWorkflow = text("SELECT ${workflow} FROM ${prefix}workflow WHERE id = ?");
        findWorkflows = text("SELECT ${w} FROM ${byIds}");
        lockWorkflow = text("SELECT ${workflow} FROM ${prefix}workflow WHERE id = ? FOR UPDATE");
        lockWorkflowNow = lockWorkflow + " NOWAIT";
        lockFree = text("SELECT w.id FROM ${byIds} ORDER BY w.id ${lockingFree}");
        steps = text("SELECT ${step} FROM ${prefix}step s WHERE s.workflow_id = ? ORDER BY s.scope, s.sequence");
        stepAt = text("SELECT ${step} FROM ${prefix}step s WHERE s.workflow_id = ? AND s.scope = ? AND s.sequence = ?");
        pastStepsAt = text(
                "SELECT ${step}" + OF_THE_PAST + " AND s.scope = ? AND s.sequence = ? ORDER BY s.life DESC LIMIT 100");
        resume = text("""
                UPDATE ${prefix}workflow
                   SET status = 'DUE', due_at = ${now}, wake_seq = wake_seq + 1, strikes = 0, attention = NULL
                 WHERE id = ? AND status IN ('NEEDS_ATTENTION', 'PAUSED')""");
        wake = text("""
                UPDATE ${prefix}workflow
                   SET wake_seq = wake_seq + 1,
                       due_at = CASE WHEN status = 'DUE' THEN LEAST(COALESCE(due_at, ${now}), ${now}) END
                 WHERE id = ? AND status IN ('DUE', 'RUNNING')""");

        lockFreeReceivers = text("""
                SELECT w.id, w.status, w.wake_seq, w.waits_for FROM ${byIds} ORDER BY w.id ${lockingFree}""");
        lockReceiverNow = text("""
                SELECT id, status, wake_seq, waits_for FROM ${prefix}workflow WHERE id = ? FOR UPDATE NOWAIT""");
        existing = text("SELECT w.id FROM ${byIds}");
        messageKey =
                text("SELECT workflow_id, message_key FROM ${prefix}message WHERE workflow_id = ? AND message_key = ?");
        messageKeys = text("SELECT m.workflow_id, m.message_key FROM "
                + dialect.byPairs("${prefix}message", "workflow_id", "message_key"));
        insertMessage = text("""
                INSERT INTO ${prefix}message (${message})
                VALUES (${messageValues})""");
        tell = text("""
                UPDATE ${prefix}workflow
                   SET wake_seq = ?,
                       due_at = CASE WHEN status = 'DUE' AND ? THEN LEAST(COALESCE(due_at, ${now}), ${now}) ELSE due_at END
                 WHERE id = ?""");
        tellAll = text("""
                UPDATE ${prefix}workflow w
                   SET wake_seq = r.wake_seq,
                       due_at = CASE WHEN w.status = 'DUE' AND r.is_awaited
                                     THEN LEAST(COALESCE(w.due_at, ${clock} + r.clock_offset), ${clock} + r.clock_offset) ELSE w.due_at END
                  FROM %s WHERE w.id = r.id""".formatted(WorkflowTable.TOLD.ofArrays("r")));
        lift = text("""
                UPDATE ${prefix}workflow
                   SET status = 'DUE', due_at = ${now}, wake_seq = ?, strikes = 0, attention = NULL
                 WHERE id = ?""");
        terminate = text("""
                UPDATE ${prefix}workflow
                   SET status = 'TERMINATED', due_at = NULL, wake_seq = GREATEST(wake_seq, ?), failure = ?, attention = NULL, finished_at = ?
                 WHERE id = ?""");
        pause = text("""
                UPDATE ${prefix}workflow SET status = 'PAUSED', due_at = NULL, wake_seq = GREATEST(wake_seq, ?) WHERE id = ?""");
        intents = text("""
                SELECT ${message} FROM ${prefix}message
                 WHERE ${anyWorkflowId} AND received_at IS NULL AND kind IN ('CANCEL', 'TERMINATE', 'PAUSE')
                 ORDER BY workflow_id, position""");
        withdraw = text("""
                UPDATE ${prefix}message SET received_at = ${now}, payload = NULL
                 WHERE workflow_id = ? AND received_at IS NULL
                   AND (kind IN ('TERMINATE', 'PAUSE')
                        OR (kind = 'CANCEL' AND NOT EXISTS (SELECT 1 FROM ${prefix}step WHERE workflow_id = ? AND status = 'CANCELLED')))""");
        unpause = text("""
                UPDATE ${prefix}message SET received_at = ${now}, payload = NULL
                 WHERE workflow_id = ? AND kind = 'PAUSE' AND received_at IS NULL AND position <= ?""");
        counters = text("SELECT w.id, w.wake_seq FROM ${byIds}");
        unreadOf = text("SELECT ${m} FROM ${byIdsWithUnread}");
        unreadOfOne = text("""
                SELECT ${message} FROM ${prefix}message WHERE workflow_id = ? AND position > ? AND received_at IS NULL""");
        unread = text("""
                SELECT position FROM ${prefix}message WHERE workflow_id = ? AND position = ? AND received_at IS NULL""");
        receive = text("""
                UPDATE ${prefix}message SET received_at = ?, payload = NULL
                 WHERE workflow_id = ? AND position = ? AND received_at IS NULL""");
        giveBackMessage = text("""
                UPDATE ${prefix}message SET received_at = NULL, payload = ? WHERE workflow_id = ? AND position = ?""");
        messages = text("""
                SELECT workflow_id, position, kind, name, message_key, SUBSTRING(payload, 1, ?), sent_at, received_at
                  FROM ${prefix}message WHERE workflow_id = ? AND received_at IS NULL
                 ORDER BY CASE WHEN kind IN ('COMPLETION', 'FAILURE', 'RESULT', 'END') THEN 1 ELSE 0 END, position LIMIT ?""");
        messageByKey = text("SELECT ${message} FROM ${prefix}message WHERE workflow_id = ? AND message_key = ?");

        insertPosting = text("""
                INSERT INTO ${prefix}outbox (${postingInserted})
                VALUES (${postingValues})""");
        ties = text("""
                SELECT created_at, epoch, parent_id, parent_call,
                       CASE WHEN EXISTS (SELECT 1 FROM ${prefix}step s WHERE s.workflow_id = w.id AND s.kind = 'CHILD') THEN 1 ELSE 0 END
                  FROM ${prefix}workflow w WHERE id = ?""");
        children = text("""
                SELECT ${step} FROM ${prefix}step s
                 WHERE s.workflow_id = ? AND s.kind = 'CHILD' AND (s.scope > ? OR (s.scope = ? AND s.sequence > ?))
                 ORDER BY s.scope, s.sequence LIMIT ?""");
        parents = text("SELECT w.id, w.parent_id, w.parent_call FROM ${byIds}");
        notePosting = text("UPDATE ${prefix}outbox SET payload = ? WHERE position = ?");
        storeId = text("SELECT store_id FROM ${prefix}outbox_relay WHERE id = 1");
        lockRelay = text("SELECT id FROM ${prefix}outbox_relay WHERE id = 1 FOR UPDATE SKIP LOCKED");
        postedLengths = text("""
                SELECT COALESCE(CHAR_LENGTH(input), 0) + COALESCE(CHAR_LENGTH(payload), 0) FROM ${prefix}outbox
                 WHERE problem IS NULL AND NOT ${anyWorkflowId} ORDER BY position LIMIT ?""");
        posted = text("""
                SELECT position, problem, connection_id, ${posting} FROM ${prefix}outbox
                 WHERE problem IS NULL AND NOT ${anyWorkflowId} ORDER BY position LIMIT ?""");
        postedAt = text("SELECT position, problem, connection_id, ${posting} FROM ${prefix}outbox WHERE position = ?");
        stillPosted =
                text("SELECT position FROM ${prefix}outbox WHERE problem IS NULL AND position >= ? AND position <= ?");
        postedStartsAt = text("""
                SELECT position FROM ${prefix}outbox WHERE ${anyWorkflowId} AND problem IS NULL AND name IS NOT NULL""");
        postedStarts = text("""
                SELECT workflow_id FROM ${prefix}outbox WHERE ${anyWorkflowId} AND problem IS NULL AND name IS NOT NULL""");
        deletePosting = text("DELETE FROM ${prefix}outbox WHERE position = ?");
        refusePosting = text("UPDATE ${prefix}outbox SET problem = ? WHERE position = ?");
        postedBehind = text("""
                SELECT position FROM ${prefix}outbox
                 WHERE workflow_id = ? AND connection_id = ? AND position > ? AND problem IS NULL""");
        undelivered = text("""
                SELECT position, problem, connection_id, ${posting} FROM ${prefix}outbox WHERE problem IS NOT NULL ORDER BY position LIMIT ?""");
        undeliveredCut = text("""
                SELECT position, problem, connection_id, ${postingCut} FROM ${prefix}outbox WHERE problem IS NOT NULL ORDER BY position LIMIT ?""");
        discardPosting = text("DELETE FROM ${prefix}outbox WHERE position = ? AND problem IS NOT NULL");
        deliverAgain = text("UPDATE ${prefix}outbox SET problem = NULL WHERE position = ? AND problem IS NOT NULL");
        startFacts = text("SELECT w.id, w.name, w.version, w.input_hash FROM ${byIds}");

        insertPastLife = text("""
                INSERT INTO ${prefix}past_life (workflow_id, created_at, epoch, failure, finished_at, retried_at)
                VALUES (?, ?, ?, ?, ?, ${now})""");
        deleteOthersLives = text("DELETE FROM ${prefix}past_life WHERE workflow_id = ? AND created_at <> ?");
        deleteStepsOfNoLife = text("""
                DELETE FROM ${prefix}past_step
                 WHERE workflow_id = ? AND life NOT IN (SELECT epoch FROM ${prefix}past_life WHERE workflow_id = ?)""");
        copyToPast = text("""
                INSERT INTO ${prefix}past_step (life, ${stepInserted})
                SELECT w.epoch, ${stepCopied}
                  FROM ${prefix}step s JOIN ${prefix}workflow w ON w.id = s.workflow_id
                 WHERE s.workflow_id = ? AND s.step_id = ? AND s.sequence = ?""");
        deleteStep = text("DELETE FROM ${prefix}step WHERE workflow_id = ? AND step_id = ? AND sequence = ?");
        lastRetry = text("SELECT MAX(retried_at) FROM ${prefix}past_life WHERE workflow_id = ? AND created_at = ?");
        retry = text("""
                UPDATE ${prefix}workflow
                   SET status = 'DUE', due_at = ${now}, epoch = epoch + 1, wake_seq = wake_seq + 1, strikes = 0, failure = NULL,
                       finished_at = NULL, deadline_at = ${now} + (deadline_at - ?)
                 WHERE id = ? AND status = 'FAILED' AND epoch = ?""");

        overdue = Stream.of("PAUSED", "NEEDS_ATTENTION")
                .map(status -> text("""
                        SELECT * FROM (
                        SELECT ${workflow} FROM ${prefix}workflow
                         WHERE status = '%s' AND deadline_at <= ${now} AND NOT EXISTS (
                               SELECT 1 FROM ${prefix}message m
                                WHERE m.workflow_id = ${prefix}workflow.id AND m.received_at IS NULL AND m.kind = 'CANCEL')
                         LIMIT ?) AS %s""".formatted(status, status.toLowerCase(Locale.ROOT))))
                .collect(Collectors.joining(" UNION ALL\n"));

        setAside =
                text("SELECT ${step} FROM ${byIdsWithPastSteps} AND " + ITS_LIFE + " ORDER BY s.workflow_id, s.life");

        fingerprint = text("""
                SELECT w.status, w.executor_id, w.epoch, w.due_at, w.wake_seq, w.strikes,
                       s.steps, s.stamps, s.epochs, s.attempts, s.statuses, s.pauses
                  FROM ${prefix}workflow w,
                       (SELECT COUNT(*) AS steps, SUM(recorded_at) AS stamps, SUM(epoch) AS epochs, SUM(attempt) AS attempts,
                               SUM(CHAR_LENGTH(status)) AS statuses, SUM(next_at) AS pauses
                          FROM ${prefix}step WHERE workflow_id = ?) AS s
                 WHERE w.id = ?""");
        seats = text("""
                SELECT id, name, version, alive, started_at, heartbeat_at, lease_until, ${now} AS seen_at, types
                  FROM ${prefix}executor ORDER BY started_at, id LIMIT 1000""");
    }

    /**
     * What has not completed, by name and status, up to a limit of each status. The limit is no parameter: PostgreSQL plans for a tenth of the table
     * then, and sorts all of it.
     */
    String countApart(int atMost) {
        return Arrays.stream(WorkflowStatus.values())
                .filter(Counting::isCountedApart)
                .map(status -> text("""
                        SELECT name, status, COUNT(*) FROM (
                        SELECT name, status FROM ${prefix}workflow WHERE status = '%s' LIMIT %s) AS counted GROUP BY name, status""".formatted(status, Integer.toString(atMost))))
                .collect(Collectors.joining(" UNION ALL\n"));
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

    /** A page of workflows with all that is in their rows. */
    String list(WorkflowFilter filter) {
        return page("${workflow}", filter);
    }

    /** A page of workflows without their payloads. */
    String summaries(WorkflowFilter filter) {
        return page(SUMMARY_COLUMNS, filter);
    }

    /**
     * A filter that lets completed ones through is kept from the indexes of statuses, which would read and sort them all: nearly every row fits, so going
     * along the ids is quick. The others are rare. The statuses are no parameters: PostgreSQL has to see which of its indexes holds them.
     */
    private String page(String columns, WorkflowFilter filter) {
        return text("SELECT " + columns + " FROM ${prefix}workflow WHERE id > ?"
                + withPrefix(filter.idPrefix())
                + (filter.name() != null ? " AND name = ?" : "")
                + withStatus(filter.statuses())
                + (filter.executorId() != null ? " AND executor_id = ?" : "")
                + " ORDER BY id LIMIT ?");
    }

    private static String withStatus(Set<WorkflowStatus> statuses) {
        if (statuses.isEmpty()) {
            return "";
        }
        String column = statuses.contains(WorkflowStatus.COMPLETED) ? "CONCAT(status, '')" : "status";
        return statuses.stream()
                .sorted()
                .map(status -> "'" + status + "'")
                .collect(Collectors.joining(", ", " AND " + column + " IN (", ")"));
    }

    /** How many of each name and status there are among the first so many; the limit as in {@link #countApart}. */
    String countFirst(String idPrefix, int atMost) {
        return text("SELECT name, status, COUNT(*) FROM (SELECT name, status FROM ${prefix}workflow WHERE id > ''"
                + withPrefix(idPrefix)
                + " ORDER BY id LIMIT " + atMost + ") AS first_ones GROUP BY name, status");
    }

    /**
     * A prefix is a range of the primary key. Where the end of the range cannot be told it is a pattern, on an expression: MariaDB searches an
     * index for a pattern as if no character came after U+FFFF.
     */
    private static String withPrefix(String prefix) {
        if (prefix.isEmpty()) {
            return "";
        }
        return " AND id >= ?" + (endOfPrefix(prefix) == null ? " AND CONCAT(id, '') LIKE ? ESCAPE '!'" : " AND id < ?");
    }

    /** The parameters for {@link #withPrefix}. */
    static List<Object> prefixParameters(String prefix) {
        if (prefix.isEmpty()) {
            return List.of();
        }
        String end = endOfPrefix(prefix);
        return List.of(prefix, end == null ? prefix.replaceAll("[!%_]", "!$0") + "%" : end);
    }

    /** The least text after all that have the prefix; null if that depends on the database's order. */
    private static @Nullable String endOfPrefix(String prefix) {
        char last = prefix.charAt(prefix.length() - 1);
        return last < ' ' || last >= '~' ? null : prefix.substring(0, prefix.length() - 1) + (char) (last + 1);
    }

    /** The recorded steps of a workflow that were kept aside, their outputs cut; how long those are; and of which life they were. */
    String pastSteps(int chars, int rows) {
        return text("SELECT " + excerpts(chars) + ", s.life" + PAST_STEPS + rows);
    }

    /** How many characters of each of them would be read. */
    String pastStepLengths(ReadLimit limit) {
        return text("SELECT " + lengths(limit) + PAST_STEPS + (limit.rows() + 1));
    }

    /** The past lives of a workflow, the latest first. */
    String pastLives(int rows) {
        return text("SELECT l.epoch, l.failure, l.finished_at, l.retried_at" + PAST_LIVES + rows);
    }

    String pastLifeLengths(ReadLimit limit) {
        return text("SELECT CHAR_LENGTH(l.failure)" + PAST_LIVES + (limit.rows() + 1));
    }

    /** Recorded steps of a workflow behind a place, their outputs cut; and how long those are. */
    String stepPage(int chars, int rows) {
        return text("SELECT " + excerpts(chars) + STEPS_BEHIND + rows);
    }

    /** How many characters of each of them would be read. */
    String stepLengths(ReadLimit limit) {
        return text("SELECT " + lengths(limit) + STEPS_BEHIND + (limit.rows() + 1));
    }

    private static String excerpts(int chars) {
        return StepTable.READ.cut("s.", Set.of("serialized_output"), chars) + ", CHAR_LENGTH(s.serialized_output)";
    }

    private static String lengths(ReadLimit limit) {
        return "LEAST(COALESCE(CHAR_LENGTH(s.serialized_output), 0), " + limit.chars()
                + ") + COALESCE(CHAR_LENGTH(s.failure), 0)";
    }

    /** A workflow, its input and output cut; and how long those are. */
    String excerpt(int chars) {
        return text("SELECT "
                + WorkflowTable.READ.cut("", Set.of("input", "output"), chars)
                + ", CHAR_LENGTH(input), CHAR_LENGTH(output) FROM ${prefix}workflow WHERE id = ?");
    }

    private String byIds(String ofOne) {
        return ofOne.replace("WHERE id = ? AND status = ", text("WHERE ${anyId} AND status || '' = "));
    }

    /** A statement with its placeholders filled in. */
    String text(String statement) {
        return statement
                .replace("${strikes}", STRIKES)
                .replace(
                        "${byIdsWithSteps}",
                        dialect.byIds("${prefix}workflow", "LEFT JOIN ${prefix}step s ON s.workflow_id = w.id"))
                .replace(
                        "${byIdsWithPastSteps}",
                        dialect.byIds(
                                "${prefix}workflow",
                                "JOIN ${prefix}past_life l ON l.workflow_id = w.id"
                                        + " JOIN ${prefix}past_step s ON s.workflow_id = l.workflow_id AND s.life = l.epoch"))
                .replace(
                        "${byIdsWithUnread}",
                        dialect.byIds(
                                "${prefix}workflow", dialect.joinOfEach("${prefix}message", "received_at IS NULL")))
                .replace("${byIds}", dialect.byIds("${prefix}workflow", ""))
                .replace("${lockingFree}", dialect.lockingFree())
                .replace("${message}", MessageTable.ROW.each("%s"))
                .replace("${m}", MessageTable.ROW.each("m.%s"))
                .replace("${messageValues}", MessageTable.ROW.parameters())
                .replace("${posting}", OutboxTable.ROW.each("%s"))
                .replace("${postingCut}", OutboxTable.ROW.each(OutboxTable::cut))
                .replace("${postingInserted}", OutboxTable.INSERTED.each("%s"))
                .replace("${postingValues}", OutboxTable.INSERTED.parameters())
                .replace("${anyWorkflowId}", dialect.isAnyOf("workflow_id"))
                .replace("${w}", WorkflowTable.READ.each("w.%s"))
                .replace("${workflow}", WorkflowTable.READ.each("%s"))
                .replace("${workflowWritten}", WorkflowTable.WRITTEN.each("%s"))
                .replace("${workflowValues}", WorkflowTable.WRITTEN.parameters())
                .replace("${step}", StepTable.READ.each("s.%s"))
                .replace("${stepInserted}", StepTable.INSERTED.each("%s"))
                .replace("${stepCopied}", StepTable.INSERTED.each("s.%s"))
                .replace("${stepValues}", StepTable.INSERTED.parameters())
                .replace("${stepState}", StepTable.STATE_COLUMNS.each("%s = ?"))
                .replace("${stepStateOfRow}", StepTable.STATE_COLUMNS.each("s.%s = r.%s"))
                .replace("${prefix}", prefix)
                .replace("${anyId}", dialect.isAnyOf("id"))
                .replace("${now}", "(${clock} + ?)")
                .replace("${statementNow}", "(${statementClock} + ?)")
                .replace("${statementClock}", dialect.statementClock())
                .replace("${clock}", dialect.clock());
    }
}
