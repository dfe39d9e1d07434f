// SPDX-License-Identifier: Apache-2.0
package dev.revive.client;

import dev.revive.codec.Documents;
import dev.revive.store.StepRecord;
import dev.revive.store.WorkflowRecord;
import dev.revive.thread.Nanos;
import dev.revive.thread.UserThreads;
import dev.revive.workflow.Attention;
import dev.revive.workflow.EngineStoppedException;
import dev.revive.workflow.Failure;
import dev.revive.workflow.ResultTimeoutException;
import dev.revive.workflow.ReviveException;
import dev.revive.workflow.StepInfo;
import dev.revive.workflow.TypeRef;
import dev.revive.workflow.UnknownWorkflowException;
import dev.revive.workflow.WaitInterruptedException;
import dev.revive.workflow.WorkflowCancelledException;
import dev.revive.workflow.WorkflowFailedException;
import dev.revive.workflow.WorkflowHandle;
import dev.revive.workflow.WorkflowNeedsAttentionException;
import dev.revive.workflow.WorkflowStatus;
import dev.revive.workflow.WorkflowTerminatedException;
import dev.revive.workflow.WorkflowTimedOutException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A handle over the store: it knows an id, and asks. It need not ask how a run ended that began and ended here, as short ones have when they are
 * asked for.
 */
final class StoredHandle<O extends @Nullable Object> implements WorkflowHandle<O> {
    private final Client client;
    private final String id;
    private final TypeRef<O> output;
    private final AtomicReference<@Nullable Ending> known;

    /** @param known where the end will stand if it is one that happens here and stays */
    StoredHandle(Client client, String id, TypeRef<O> output, AtomicReference<@Nullable Ending> known) {
        this.client = client;
        this.id = id;
        this.output = output;
        this.known = known;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public WorkflowStatus status() {
        client.host().userThreads().requireStepOrOutside("status()");
        return client.find(id).status();
    }

    @Override
    public List<StepInfo> steps() {
        client.host().userThreads().requireStepOrOutside("steps()");
        return client.steps(id).stream().map(StoredHandle::info).toList();
    }

    private static StepInfo info(StepRecord row) {
        String failure = row.failure();
        return new StepInfo(
                row.key().stepId(),
                row.key().sequence(),
                row.key().scope(),
                row.key().name(),
                row.kind(),
                row.status(),
                row.attempt(),
                row.zombies(),
                row.resolution(),
                row.output(),
                failure == null ? null : Documents.failure(failure),
                row.startedAt(),
                row.recordedAt());
    }

    @Override
    public Optional<Attention> attention() {
        client.host().userThreads().requireStepOrOutside("attention()");
        return Optional.ofNullable(client.find(id).attention()).map(Documents::attention);
    }

    @Override
    public O result() {
        return result(Duration.ofDays(36_500));
    }

    @Override
    public O result(Duration timeout) {
        Objects.requireNonNull(timeout, "timeout");
        if (client.host().userThreads().isInStep()) {
            return outcome(Ending.of(client.find(id)).orElseThrow(() -> UserThreads.waiting("result()")));
        }
        client.host().userThreads().requireOutside("result()");
        try {
            return outcome(timeout.isNegative() || timeout.isZero() ? now(timeout) : ending(timeout));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new WaitInterruptedException(
                    "Interrupted while waiting for workflow %s. It goes on; ask again.".formatted(id), e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof EngineStoppedException
                    ? client.host().stopped()
                    : new ReviveException("Cannot wait for workflow " + id, e.getCause());
        }
    }

    /** Waits for the store's answer, and for nothing else. */
    private Ending now(Duration timeout) {
        Ending end = known.get();
        if (end != null) {
            return end;
        }
        WorkflowRecord row = client.look(id).orElseThrow(() -> notFinished(timeout, false));
        requireHope(row);
        return Ending.of(row).orElseThrow(() -> notFinished(timeout, row.status() == WorkflowStatus.PAUSED));
    }

    /** What is told may be of a run before the last: who is told an end that something can follow looks at the row. */
    private Ending ending(Duration timeout) throws InterruptedException, ExecutionException {
        long deadline = Nanos.after(timeout);
        while (true) {
            try (Endings.Expectation expectation = client.endings().expect(id)) {
                try {
                    Optional<Ending> found = found(deadline);
                    found.ifPresent(expectation::tell);
                    Ending told = expectation.await(deadline);
                    if (found.isPresent() || told.isForGood()) {
                        return told;
                    }
                } catch (TimeoutException e) {
                    throw notFinished(
                            timeout, expectation.isPaused() && !client.host().holds(id));
                }
            }
        }
    }

    private ResultTimeoutException notFinished(Duration timeout, boolean isPaused) {
        String what = isPaused
                ? "Workflow %s has not finished within %s: it was paused when it was last looked at. It goes on once somebody resumes it, with workflow(id).resume()."
                : "Workflow %s has not finished within %s. It goes on; ask again.";
        return new ResultTimeoutException(id, what.formatted(id, timeout));
    }

    private Optional<Ending> found(long deadline) throws TimeoutException {
        Ending end = known.get();
        if (end != null) {
            return Optional.of(end);
        }
        if (client.host().holds(id)) {
            return Optional.empty();
        }
        WorkflowRecord row = client.find(id, deadline);
        requireHope(row);
        client.tellPaused(row);
        return Ending.of(row);
    }

    /** Waiting for what nobody can ever run would hang for ever. */
    private void requireHope(WorkflowRecord row) {
        boolean isUnfinished = Ending.of(row).isEmpty();
        if (isUnfinished && !client.host().mayBeRun(row.type())) {
            throw new UnknownWorkflowException(
                    id,
                    "Workflow %s is a %s, for which no code is registered, and no other process can open this store. Register the code and start again."
                            .formatted(id, row.type()));
        }
    }

    private WorkflowFailedException failed(String content) {
        Failure failure = Documents.failure(content);
        return Documents.isTimedOut(content)
                ? new WorkflowTimedOutException(id, failure)
                : new WorkflowFailedException(id, failure);
    }

    private static @Nullable String reason(@Nullable String content) {
        return Documents.failure(Objects.requireNonNull(content)).message();
    }

    @SuppressWarnings({"unchecked", "NullAway"}) // decoded as the output's own type; null is a result like any other
    private O outcome(Ending ending) {
        String content = ending.content();
        return switch (ending.status()) {
            case COMPLETED -> (O) client.host().payloads().decode(Objects.requireNonNull(content), output.type());
            case FAILED -> throw failed(Objects.requireNonNull(content));
            case NEEDS_ATTENTION ->
                throw new WorkflowNeedsAttentionException(id, Documents.attention(Objects.requireNonNull(content)));
            case CANCELLED -> throw new WorkflowCancelledException(id, reason(content));
            case TERMINATED -> throw new WorkflowTerminatedException(id, reason(content));
            case DUE, RUNNING, PAUSED, UNKNOWN -> throw new IllegalStateException(ending.status() + " is no end.");
        };
    }
}
