// SPDX-License-Identifier: Apache-2.0
package dev.revive.lane;

import dev.revive.store.Answer;
import dev.revive.store.FencedException;
import dev.revive.store.Operation;
import dev.revive.store.StepStore;
import dev.revive.store.StoreException;
import dev.revive.store.StoreUnavailableException;
import dev.revive.thread.Unwind;
import dev.revive.workflow.Printable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what a {@link Lane} has taken, each batch as one commit, and tells the receipts. It keeps nothing between two batches; that there is one at
 * a time is the lane's affair.
 *
 * <p>What must hold: a batch whose outcome is unknown is written again before anything else is; nobody is told of an outcome before its commit.
 */
final class Committer {
    private static final Logger log = LoggerFactory.getLogger(Committer.class);
    private static final long FIRST_PAUSE_MILLIS = 10;
    private static final long LAST_PAUSE_MILLIS = 1_000;

    /** Whether there is somebody to write for. */
    interface Closing {
        /** Whether nothing more is to be told or written. */
        boolean isClosed();

        /** Waits so long, or until the closing; returns whether it is not closed. */
        boolean pause(long millis);
    }

    private final Outage outage = new Outage("a batch");
    private final StepStore store;
    private final Closing closing;

    Committer(StepStore store, Closing closing) {
        this.store = store;
        this.closing = closing;
    }

    /**
     * Tries to write a batch, and does not insist. What this throws, a receipt has thrown.
     *
     * @return what is to be written again before anything else, since it is not known what became of it, or it could not be written now; empty if all
     *     is known
     */
    List<Queued> tryOnce(List<Queued> entries) {
        List<Queued> valid;
        List<Answer> answers;
        try {
            valid = valid(entries);
            Batch batch = batch(valid);
            answers = valid.isEmpty() ? List.of() : batch.spread(store.write(List.copyOf(batch.rows())));
        } catch (RuntimeException | Error e) {
            log.debug("A batch of {} operations is left to the lane: {}", entries.size(), Printable.of(e));
            return entries;
        }
        return tell(valid, answers);
    }

    /**
     * Writes a batch until it is known what became of it. Whatever this throws ends the lane, and who has not been told of an outcome is told of the
     * end by the lane.
     *
     * @return what was not written, since somebody keeps a lock that its workflow needs: to be written again before anything else of that workflow is
     * @throws FencedException if another executor has taken over
     * @throws StoreUnavailableException if the lane was closed while the store did not answer
     */
    List<Queued> write(List<Queued> entries) {
        List<Queued> valid = valid(entries);
        if (valid.isEmpty()) {
            return valid;
        }
        Batch batch = batch(valid);
        List<Answer> answers;
        try {
            answers = batch.spread(insist(batch.rows()));
        } catch (FencedException | StoreUnavailableException e) {
            throw e;
        } catch (StoreException e) {
            return separate(valid, e);
        }
        return tell(valid, answers);
    }

    /** Without what may not be written any more, whose writers hear of it. */
    private static List<Queued> valid(List<Queued> entries) {
        List<Queued> valid = new ArrayList<>(entries.size());
        for (Queued entry : entries) {
            if (entry.isVoid()) {
                entry.lose(Unwind.RUN);
            } else {
                valid.add(entry);
            }
        }
        return valid;
    }

    private static Batch batch(List<Queued> entries) {
        return new Batch(entries.stream().map(Queued::operation).toList());
    }

    /** An unknown outcome is resolved by writing the same again, which is safe by construction. */
    private List<Answer> insist(Collection<Operation> rows) {
        List<Operation> batch = List.copyOf(rows);
        for (long pause = FIRST_PAUSE_MILLIS; ; pause = Math.min(LAST_PAUSE_MILLIS, pause * 2)) {
            try {
                return outage.ask(() -> store.write(batch));
            } catch (StoreUnavailableException e) {
                if (!closing.pause(pause)) {
                    throw e;
                }
            }
        }
    }

    /** One bad row must not block its neighbours: each workflow gets a transaction of its own, and only the bad one hears of it. */
    private List<Queued> separate(List<Queued> entries, StoreException why) {
        Map<String, List<Queued>> byWorkflow = new LinkedHashMap<>();
        for (Queued entry : entries) {
            byWorkflow
                    .computeIfAbsent(entry.operation().workflowId(), id -> new ArrayList<>())
                    .add(entry);
        }
        if (byWorkflow.size() == 1) {
            log.warn(
                    "{} has a row that the store refuses: {}",
                    Printable.of(entries.get(0).operation().workflowId()),
                    Printable.of(why));
            entries.forEach(entry -> entry.lose(why));
            return List.of();
        }
        List<Queued> locked = new ArrayList<>();
        byWorkflow.values().forEach(group -> locked.addAll(write(group)));
        return locked;
    }

    /** Answers what was not written, since it is locked. */
    private List<Queued> tell(List<Queued> entries, List<Answer> answers) {
        List<Queued> locked = new ArrayList<>();
        for (int i = 0; i < entries.size(); i++) {
            if (closing.isClosed()) {
                entries.get(i).lose(Unwind.RUN);
            } else if (answers.get(i) == Answer.LOCKED) {
                locked.add(entries.get(i));
            } else {
                entries.get(i).tell(answers.get(i));
            }
        }
        return locked;
    }
}
