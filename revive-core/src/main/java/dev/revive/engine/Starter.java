// SPDX-License-Identifier: Apache-2.0
package dev.revive.engine;

import dev.revive.client.Client;
import dev.revive.codec.Payloads;
import dev.revive.run.CreateReceipt;
import dev.revive.run.Registry;
import dev.revive.run.Run;
import dev.revive.run.Tools;
import dev.revive.store.Answer;
import dev.revive.store.Letter;
import dev.revive.store.MessageKind;
import dev.revive.store.NewWorkflow;
import dev.revive.store.Operation;
import dev.revive.store.StoreException;
import dev.revive.store.WorkflowRecord;
import dev.revive.thread.Nanos;
import dev.revive.thread.Unwind;
import dev.revive.workflow.EngineStoppedException;
import dev.revive.workflow.Signal;
import dev.revive.workflow.SignalOptions;
import dev.revive.workflow.StartOptions;
import dev.revive.workflow.StartOutcomeUnknownException;
import dev.revive.workflow.UnknownWorkflowException;
import dev.revive.workflow.WaitInterruptedException;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowConflictException;
import dev.revive.workflow.WorkflowHandle;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Starts workflows: each runs at once where there is room for it, while its row is on its way to the store, or waits there to be claimed.
 */
final class Starter {
    /** Who runs here now. */
    interface Host {
        /** The present executor: it may be replaced at any time. */
        Executor executor();

        Registry registry();

        Tools tools();

        /**
         * Refuses what may not be started any more.
         *
         * @throws EngineStoppedException if it has stopped
         */
        void requireRunning();
    }

    private final Host host;
    private final Client client;
    private final Duration patience;
    private final AtomicLong lastStart = new AtomicLong(Long.MIN_VALUE);

    /** @param patience how long a start waits for a store that does not answer */
    Starter(Host host, Client client, Duration patience) {
        this.host = host;
        this.client = client;
        this.patience = patience;
    }

    /** Starts it, or finds the one that was started under this id before. */
    <I extends @Nullable Object, O extends @Nullable Object> WorkflowHandle<O> start(
            Workflow<I, O> workflow, String id, I input, StartOptions options) {
        host.tools().userThreads().requireStepOrOutside("start(" + workflow + ")");
        NewWorkflow fresh = fresh(workflow, id, input, options);
        Type type = workflow.input().type();
        long deadline = Nanos.after(patience);
        CreateReceipt receipt = create(fresh, deadline);
        if (receipt.answer().join() == Answer.EXISTS) {
            requireSame(fresh, type, options, deadline);
        }
        return client.handle(workflow, id, receipt.ending());
    }

    /**
     * Sends a signal to a workflow, and starts it first if it is not there. Left due: its row and the signal are one transaction, which is not the lane's.
     */
    <I extends @Nullable Object, O extends @Nullable Object, T> WorkflowHandle<O> startAndSignal(
            Workflow<I, O> workflow,
            String id,
            I input,
            StartOptions options,
            Signal<T> signal,
            T value,
            SignalOptions how) {
        host.tools().userThreads().requireStepOrOutside("startAndSignal(" + workflow + ")");
        NewWorkflow fresh = fresh(workflow, id, input, options);
        String payload =
                host.tools().payloads().encodeInput(value, signal.type().type());
        client.send(
                new Letter(id, MessageKind.SIGNAL, signal.name(), client.key(how), payload, fresh.createdAt(), fresh));
        return client.handle(workflow, id, new AtomicReference<>());
    }

    /** What is to be started, if it can be. */
    <I extends @Nullable Object> NewWorkflow fresh(Workflow<I, ?> workflow, String id, I input, StartOptions options) {
        host.requireRunning();
        if (!options.runsElsewhere() && host.registry().find(Registry.typeOf(workflow)) == null) {
            throw new UnknownWorkflowException(
                    id,
                    "No code is registered here for workflow %s. Register it before start(), or pass StartOptions.defaults().runElsewhere() if another process runs it."
                            .formatted(workflow));
        }
        Type type = workflow.input().type();
        Payloads payloads = host.tools().payloads();
        String json = payloads.encodeInput(input, type);
        Instant now = uniqueNow();
        Duration timeout = options.timeout();
        return new NewWorkflow(
                id,
                Registry.typeOf(workflow),
                json,
                payloads.inputHash(input, type),
                now,
                timeout == null ? null : now.plusNanos(Nanos.of(timeout)).truncatedTo(ChronoUnit.MICROS),
                null);
    }

    /**
     * Returns once it is known whether it exists. What an executor that has since died was asked to write may be there, and claimed by the next: only the first runs
     * it at once. The next would find the row in its own name, at the epoch of a start, and take it for what it wrote itself.
     */
    private CreateReceipt create(NewWorkflow fresh, long deadline) {
        for (boolean isFirst = true; ; isFirst = false) {
            Executor current = host.executor();
            Run run = isFirst ? current.admit(fresh) : null;
            CreateReceipt receipt = receipt(current, run);
            try {
                boolean isDue = submit(current, run, fresh, receipt, deadline);
                receipt.answer().get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                if (isDue) {
                    current.wakeClaimer();
                }
                return receipt;
            } catch (Unwind | ExecutionException e) {
                Throwable why = e instanceof ExecutionException ? e.getCause() : e;
                if (why != null && why.getClass() == StoreException.class) {
                    throw (StoreException) why;
                }
                host.requireRunning();
                awaitNext(current, deadline, fresh.id());
            } catch (TimeoutException e) {
                throw startUnknown(fresh.id());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new WaitInterruptedException(
                        "Interrupted while workflow %s was being started; it may have been. Call again with the same id."
                                .formatted(fresh.id()),
                        e);
            }
        }
    }

    /** Who cannot hear of it does not begin. */
    private static CreateReceipt receipt(Executor current, @Nullable Run run) {
        try {
            return new CreateReceipt(run);
        } catch (Throwable e) {
            if (run != null) {
                current.retire(run, null);
            }
            throw e;
        }
    }

    /** Whether it waits to be claimed, rather than running here at once. */
    private boolean submit(Executor current, @Nullable Run run, NewWorkflow fresh, CreateReceipt receipt, long deadline)
            throws InterruptedException, TimeoutException {
        if (run == null) {
            Operation.Create due = new Operation.Create(fresh, Operation.Create.Start.DUE, null);
            current.lane(fresh.id()).submit(due, receipt, () -> {}, deadline);
            return true;
        }
        try {
            run.create(new Operation.Create(fresh, Operation.Create.Start.CLAIMED, null), receipt, deadline);
        } catch (Throwable e) {
            current.retire(run, null);
            throw e;
        }
        current.begin(run);
        return false;
    }

    /** The executor was replaced under our hands: the next one may take it. */
    private void awaitNext(Executor former, long deadline, String id) throws WaitInterruptedException {
        while (host.executor() == former) {
            host.requireRunning();
            if (deadline - System.nanoTime() <= 0) {
                throw startUnknown(id);
            }
            try {
                TimeUnit.MILLISECONDS.sleep(10);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new WaitInterruptedException("Interrupted while starting workflow " + id + ".", e);
            }
        }
    }

    private static StartOutcomeUnknownException startUnknown(String id) {
        return new StartOutcomeUnknownException(
                id,
                "The store did not answer in time: workflow %s may or may not have been started. Call again with the same id; that is safe."
                        .formatted(id));
    }

    private void requireSame(NewWorkflow fresh, Type type, StartOptions options, long deadline) {
        WorkflowRecord existing;
        try {
            existing = client.find(fresh.id(), deadline);
        } catch (TimeoutException e) {
            throw startUnknown(fresh.id());
        }
        if (!existing.type().equals(fresh.type())) {
            throw new WorkflowConflictException(
                    fresh.id(),
                    "Id %s belongs to a workflow %s; %s needs an id of its own."
                            .formatted(fresh.id(), existing.type(), fresh.type()));
        }
        if (!existing.inputHash().equals(fresh.inputHash())
                && !host.tools().payloads().isSameInput(existing.input(), fresh.input(), type)) {
            throw new WorkflowConflictException(
                    fresh.id(),
                    "Workflow %s was started before with another input. The id is the idempotency key: use a new id for new work, or the same input."
                            .formatted(fresh.id()));
        }
        if (options.ifExists() == StartOptions.IfExists.FAIL) {
            throw new WorkflowConflictException(
                    fresh.id(), "Workflow %s exists already, and the caller wanted a new one.".formatted(fresh.id()));
        }
    }

    /** Whether what is there was started as this is to be. Where the type is not known here, or cannot be read, by the input's hash. */
    boolean isSame(WorkflowRecord existing, NewWorkflow fresh) {
        if (!existing.type().equals(fresh.type())) {
            return false;
        }
        Registry.Registration<?, ?> code = host.registry().find(fresh.type());
        return existing.inputHash().equals(fresh.inputHash())
                || (code != null
                        && isSameInput(existing, fresh, code.workflow().input().type()));
    }

    private boolean isSameInput(WorkflowRecord existing, NewWorkflow fresh, Type type) {
        try {
            return host.tools().payloads().isSameInput(existing.input(), fresh.input(), type);
        } catch (RuntimeException | LinkageError e) {
            return false;
        }
    }

    /** A stamp that no other start of this engine has: it is how a start that is written again knows its own row. */
    private Instant uniqueNow() {
        long now = ChronoUnit.MICROS.between(Instant.EPOCH, host.tools().now());
        return Instant.EPOCH.plus(lastStart.updateAndGet(last -> Math.max(now, last + 1)), ChronoUnit.MICROS);
    }
}
