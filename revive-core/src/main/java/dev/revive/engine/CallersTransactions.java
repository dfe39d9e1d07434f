// SPDX-License-Identifier: Apache-2.0
package dev.revive.engine;

import dev.revive.client.Client;
import dev.revive.codec.Payloads;
import dev.revive.store.HostTransaction;
import dev.revive.store.Letter;
import dev.revive.store.MessageKind;
import dev.revive.store.NewWorkflow;
import dev.revive.store.Posting;
import dev.revive.store.SameStart;
import dev.revive.store.StoreLockedException;
import dev.revive.store.StoreUnavailableException;
import dev.revive.store.TransactionBodyException;
import dev.revive.store.Undelivered;
import dev.revive.store.WorkflowRecord;
import dev.revive.store.WorkflowStore;
import dev.revive.thread.Headroom;
import dev.revive.thread.UserThreads;
import dev.revive.workflow.Outbox;
import dev.revive.workflow.Signal;
import dev.revive.workflow.SignalNotDeliveredException;
import dev.revive.workflow.SignalOptions;
import dev.revive.workflow.StartOptions;
import dev.revive.workflow.TransactionOutcomeUnknownException;
import dev.revive.workflow.UnitOfWork;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowConflictException;
import dev.revive.workflow.WorkflowId;
import java.sql.Connection;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What is asked for in transactions of the application's own, and transactions that are run for it. */
final class CallersTransactions {
    private final WorkflowStore store;
    private final Client client;
    private final Starter starter;

    CallersTransactions(WorkflowStore store, Client client, Starter starter) {
        this.store = store;
        this.client = client;
        this.starter = starter;
    }

    Outbox in(Connection connection) {
        return new InTransaction(connection);
    }

    <T extends @Nullable Object, X extends Exception> T transact(UnitOfWork<T, X> unit) throws X {
        UserThreads userThreads = client.host().userThreads();
        userThreads.requireStepOrOutside("transact(...)");
        Headroom.require();
        client.host().requireRunning();
        Unit<T> work = new Unit<>(unit, starter::isSame, userThreads);
        try {
            store.transact(work);
        } catch (TransactionBodyException e) {
            @SuppressWarnings("unchecked") // as the unit threw it: nothing else that is declared can be in there
            X thrown = (X) (e.getCause() instanceof Exception cause ? cause : e);
            throw thrown;
        } catch (StoreLockedException e) {
            throw e; // and all is rolled back
        } catch (StoreUnavailableException e) {
            throw new TransactionOutcomeUnknownException(
                    "The store did not say whether this transaction was committed: all of it may be there, or nothing. "
                            + e.getMessage(),
                    e);
        }
        client.host().wakeClaimer();
        return work.answer();
    }

    /** In one transaction, whose connection this is. */
    private final class InTransaction implements Outbox {
        private final Connection connection;

        InTransaction(Connection connection) {
            this.connection = connection;
        }

        @Override
        public <I extends @Nullable Object> void start(
                Workflow<I, ?> workflow, String id, I input, StartOptions options) {
            Objects.requireNonNull(workflow, "workflow");
            Objects.requireNonNull(options, "options");
            requirePlace("start(" + workflow + ")");
            NewWorkflow fresh = starter.fresh(workflow, WorkflowId.valid(id), input, options);
            post(Posting.of(fresh, options.ifExists() == StartOptions.IfExists.FAIL));
        }

        @Override
        public <T> void signal(String id, Signal<T> signal, T value, SignalOptions options) {
            requirePlace("signal(" + signal + ")");
            post(Posting.of(letter(WorkflowId.valid(id), signal, value, options, null)));
        }

        @Override
        public <I extends @Nullable Object, T> void startAndSignal(
                Workflow<I, ?> workflow,
                String id,
                I input,
                StartOptions options,
                Signal<T> signal,
                T value,
                SignalOptions how) {
            Objects.requireNonNull(workflow, "workflow");
            Objects.requireNonNull(options, "options");
            requirePlace("startAndSignal(" + workflow + ")");
            String valid = WorkflowId.valid(id);
            post(Posting.of(letter(valid, signal, value, how, starter.fresh(workflow, valid, input, options))));
        }

        private void requirePlace(String what) {
            client.host().userThreads().requireTransactionStepOrOutside(what);
            client.host().requireRunning();
        }

        private <T> Letter letter(
                String id, Signal<T> signal, T value, SignalOptions options, @Nullable NewWorkflow start) {
            Objects.requireNonNull(signal, "signal");
            Payloads.requireValue(value);
            Objects.requireNonNull(options, "options");
            String payload =
                    client.host().payloads().encodeInput(value, signal.type().type());
            return new Letter(
                    id,
                    MessageKind.SIGNAL,
                    signal.name(),
                    client.key(options),
                    payload,
                    client.host().now(),
                    start);
        }

        private void post(Posting posting) {
            store.post(connection, posting);
            client.host().expectDelivery(); // it may be committed soon
        }
    }

    /** One that is run for the application. */
    private static final class Unit<T extends @Nullable Object> implements HostTransaction {
        private final UnitOfWork<T, ?> unit;
        private final SameStart same;
        private final UserThreads userThreads;
        private volatile @Nullable Object answer;

        Unit(UnitOfWork<T, ?> unit, SameStart same, UserThreads userThreads) {
            this.unit = unit;
            this.same = same;
            this.userThreads = userThreads;
        }

        @Override
        public void run(Connection connection) throws Exception {
            UserThreads.Mark outer = userThreads.enterTransaction();
            try {
                answer = unit.run(connection);
            } finally {
                userThreads.restore(outer);
            }
        }

        @Override
        public boolean isSame(WorkflowRecord existing, NewWorkflow start) {
            return same.isSame(existing, start);
        }

        @Override
        public RuntimeException refusal(Undelivered what) {
            Posting posting = what.posting();
            Letter letter = posting.letter();
            if (letter == null || what.reason() == Undelivered.Reason.CONFLICT) {
                return new WorkflowConflictException(
                        posting.workflowId(),
                        "Id %s is taken: by another workflow, version or input, or it was to be new. The transaction was rolled back."
                                .formatted(posting.workflowId()));
            }
            return new SignalNotDeliveredException(
                    posting.workflowId(),
                    letter.name(),
                    what.reason() == Undelivered.Reason.ENDED
                            ? SignalNotDeliveredException.Reason.ENDED
                            : SignalNotDeliveredException.Reason.NOT_FOUND);
        }

        @SuppressWarnings({"unchecked", "NullAway"}) // as the unit has answered
        T answer() {
            return (T) answer;
        }
    }
}
