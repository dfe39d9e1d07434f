// SPDX-License-Identifier: Apache-2.0
package dev.revive.call;

import dev.revive.codec.Documents;
import dev.revive.crash.CrashPoint;
import dev.revive.journal.Call;
import dev.revive.run.EffectThreads;
import dev.revive.run.Run;
import dev.revive.run.Scope;
import dev.revive.store.Answer;
import dev.revive.store.FencedException;
import dev.revive.store.StepDraft;
import dev.revive.store.StepRecord;
import dev.revive.store.StepStore;
import dev.revive.store.StoreException;
import dev.revive.store.StoreUnavailableException;
import dev.revive.store.TransactionBodyException;
import dev.revive.thread.Unwind;
import dev.revive.thread.UserThreads;
import dev.revive.workflow.Failure;
import dev.revive.workflow.SerializationException;
import dev.revive.workflow.StepStatus;
import dev.revive.workflow.TransactionBody;
import dev.revive.workflow.TypeRef;
import java.sql.Connection;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One call of {@code transaction()}. Its rows and its checkpoint are committed together or not at all, so there is no STARTED row and it cannot
 * become a zombie. Whatever came before it is durable first, or a crash could keep the rows and lose what led to them.
 */
final class TransactionCall<T extends @Nullable Object> {
    private final Scope scope;
    private final Run run;
    private final Call call;
    private final TransactionBody<? extends T> body;
    private final Outcomes<T> outcomes;

    TransactionCall(Scope scope, Call call, TypeRef<T> type, TransactionBody<? extends T> body) {
        this.scope = scope;
        this.run = scope.run();
        this.call = call;
        this.body = body;
        this.outcomes = new Outcomes<>(scope, type);
    }

    @Nullable
    T run() {
        StepRecord recorded = call.recorded() == null ? committedInPastLife() : call.recorded();
        if (recorded != null) {
            return outcomes.replay(recorded);
        }
        outcomes.check(call.key());
        run.awaitDurable();
        run.crashAt(CrashPoint.BEFORE_STARTED, call.key(), 1);
        run.check();
        scope.leaveIfCancelAsked();
        Attempt attempt = new Attempt();
        EffectThreads.Effect effect = run.beginEffect();
        try {
            return commit(attempt, effect);
        } finally {
            effect.end();
        }
    }

    /** Its rows are there: though a retry has set it aside, it is not committed a second time. */
    private @Nullable StepRecord committedInPastLife() {
        StepRecord past = run.past(call);
        return past != null && past.status() == StepStatus.COMPLETED ? run.takeOver(past) : null;
    }

    private T commit(Attempt attempt, EffectThreads.Effect effect) {
        Answer answer;
        try {
            answer = run.lane().store().transact(attempt);
        } catch (TransactionBodyException e) {
            return rolledBack(e.getCause() == null ? e : e.getCause(), effect);
        } catch (FencedException e) {
            run.drop(Run.Drop.SUPERSEDED);
            throw Unwind.RUN;
        } catch (StoreUnavailableException e) {
            throw run.unavailable(call.key(), e, attempt.hasBegun() && !effect.isCutOff());
        } catch (StoreException e) {
            return rolledBack(e, effect); // refused for good
        } catch (Unwind e) {
            throw e;
        } catch (Error e) {
            return rolledBack(e, effect);
        }
        if (answer == Answer.LOCKED) {
            throw run.unavailable(call.key(), lockedOut(), false);
        }
        if (answer != Answer.ACCEPTED) {
            run.drop(Run.Drop.SUPERSEDED);
            throw Unwind.RUN;
        }
        scope.passed(attempt.record());
        run.gotOn();
        run.crashAt(CrashPoint.AFTER_OUTCOME, call.key(), 1);
        return attempt.encoded().value();
    }

    private static StoreUnavailableException lockedOut() {
        return new StoreUnavailableException(
                "Somebody keeps its workflow's row locked; all of it was rolled back.", null);
    }

    /** Nothing of it happened; that is recorded as any failure is. */
    private T rolledBack(Throwable thrown, EffectThreads.Effect effect) {
        run.requireFailure(thrown, effect.isCutOff());
        Failure.Kind kind =
                thrown instanceof SerializationException ? Failure.Kind.NOT_SERIALIZABLE : Failure.Kind.THROWN;
        Failure failure = Failure.of(kind, thrown);
        StepRecord record = state(run.tools().now()).failed(Documents.write(failure));
        run.checkpoint(record, true);
        scope.passed(record);
        throw outcomes.exception(call.key(), failure);
    }

    private StepDraft state(Instant startedAt) {
        return StepRecord.of(run.id(), call.key(), call.kind(), run.epoch())
                .at(startedAt)
                .recordedAt(run.tools().now());
    }

    private final class Attempt implements StepStore.Transaction {
        private Outcomes.@Nullable Encoded<T> encoded;
        private @Nullable StepRecord record;
        private volatile boolean hasBegun;

        @Override
        public String workflowId() {
            return run.id();
        }

        @Override
        public StepRecord run(Connection connection) throws Exception {
            hasBegun = true;
            Instant startedAt = run.tools().now();
            run.crashAt(CrashPoint.BEFORE_EFFECT, call.key(), 1);
            run.check();
            Outcomes.Encoded<T> result = outcomes.encode(runBody(connection));
            encoded = result;
            run.crashAt(CrashPoint.AFTER_EFFECT, call.key(), 1);
            if (!run.mayRecord()) {
                throw Unwind.RUN;
            }
            StepRecord completed = state(startedAt).completed(result.json());
            record = completed;
            return completed;
        }

        /** To start another workflow in here would wait for the very lock that this body holds. */
        private @Nullable Object runBody(Connection connection) throws Exception {
            UserThreads.Mark outer = run.tools().userThreads().enterTransaction();
            try {
                return body.run(connection);
            } finally {
                run.tools().userThreads().restore(outer);
            }
        }

        boolean hasBegun() {
            return hasBegun;
        }

        Outcomes.Encoded<T> encoded() {
            return Objects.requireNonNull(encoded, "encoded");
        }

        StepRecord record() {
            return Objects.requireNonNull(record, "record");
        }
    }
}
