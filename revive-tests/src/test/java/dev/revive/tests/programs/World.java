// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.programs;

import dev.revive.Revive;
import dev.revive.store.WorkflowStore;
import dev.revive.tests.support.LentStore;
import dev.revive.workflow.AwakeableCompletedException;
import dev.revive.workflow.CompletionNotDeliveredException;
import dev.revive.workflow.CompletionNotDeliveredException.Reason;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Who completes the awakeables of random programs: from outside, by an engine that runs nothing and never crashes. */
final class World implements AutoCloseable {
    private static final int TRIES = 2_000;

    /** What an awakeable is completed with. */
    record Completion(String id, String value, boolean isFailure) {
        Completion otherwise() {
            return new Completion(id, value + " otherwise", isFailure);
        }
    }

    private final Revive client;
    private final ScheduledExecutorService later = Executors.newSingleThreadScheduledExecutor();
    private final Queue<Throwable> troubles = new ConcurrentLinkedQueue<>();

    World(WorkflowStore store) {
        this.client = Revive.with(new LentStore(store)).lanes(1).start();
    }

    void complete(Completion completion) {
        if (completion.isFailure()) {
            client.fail(completion.id(), completion.value());
        } else {
            client.complete(completion.id(), completion.value());
        }
    }

    /** Whether it was completed otherwise before. */
    boolean isRefused(Completion completion) {
        try {
            complete(completion);
            return false;
        } catch (AwakeableCompletedException e) {
            return true;
        }
    }

    /** @param isRetried whether a workflow that has ended will live again: who calls back then tries again, as they do */
    void completeLater(Completion completion, boolean isRetried) {
        completeLater(completion, isRetried ? TRIES : 1);
    }

    private void completeLater(Completion completion, int tries) {
        later.schedule(
                () -> {
                    try {
                        complete(completion);
                    } catch (CompletionNotDeliveredException e) {
                        if (e.reason() != Reason.ENDED) {
                            troubles.add(e);
                        } else if (tries > 1) {
                            completeLater(completion, tries - 1);
                        }
                    } catch (Throwable e) {
                        troubles.add(e);
                    }
                },
                tries % 3,
                TimeUnit.MILLISECONDS);
    }

    /** What must not happen, and did. */
    Queue<Throwable> troubles() {
        return troubles;
    }

    @Override
    public void close() {
        later.shutdownNow();
        client.close();
    }
}
