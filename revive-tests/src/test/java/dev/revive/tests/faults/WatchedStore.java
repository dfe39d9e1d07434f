// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.faults;

import dev.revive.store.Answer;
import dev.revive.store.Claim;
import dev.revive.store.ExecutorRecord;
import dev.revive.store.ExecutorSeat;
import dev.revive.store.ExecutorSettings;
import dev.revive.store.FencedException;
import dev.revive.store.Hint;
import dev.revive.store.Operation;
import dev.revive.store.PastLife;
import dev.revive.store.ReadLimit;
import dev.revive.store.Retry;
import dev.revive.store.StepPage;
import dev.revive.store.StepRecord;
import dev.revive.store.StepStore;
import dev.revive.store.StoreUnavailableException;
import dev.revive.store.WorkflowCounts;
import dev.revive.store.WorkflowExcerpt;
import dev.revive.store.WorkflowFilter;
import dev.revive.store.WorkflowRecord;
import dev.revive.store.WorkflowStore;
import dev.revive.store.WorkflowSummary;
import dev.revive.store.WorkflowType;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * A store, and a {@link Watch} at its door. Changes nothing of what passes.
 *
 * @param store the real one
 * @param watch sees what passes
 * @param lostConnection whether the calling thread's last call did not even reach the database
 */
record WatchedStore(WorkflowStore store, Watch watch, BooleanSupplier lostConnection) implements WorkflowStore {
    @Override
    public ExecutorSeat seat(ExecutorSettings settings) {
        long before = System.nanoTime();
        ExecutorSeat seat = store.seat(settings);
        watch.renewed(seat.executorId(), before, settings.lease());
        return new Seat(seat, settings.lease());
    }

    @Override
    public Optional<WorkflowRecord> find(String workflowId) {
        return store.find(workflowId);
    }

    @Override
    public List<WorkflowRecord> find(Collection<String> workflowIds) {
        return store.find(workflowIds);
    }

    @Override
    public List<WorkflowRecord> list(WorkflowFilter filter) {
        return store.list(filter);
    }

    @Override
    public List<StepRecord> steps(String workflowId) {
        return store.steps(workflowId);
    }

    @Override
    public List<WorkflowSummary> summaries(WorkflowFilter filter) {
        return store.summaries(filter);
    }

    @Override
    public WorkflowCounts counts(String idPrefix, int atMost) {
        return store.counts(idPrefix, atMost);
    }

    @Override
    public Optional<WorkflowExcerpt> excerpt(String workflowId, int chars) {
        return store.excerpt(workflowId, chars);
    }

    @Override
    public StepPage stepPage(String workflowId, String afterScope, int afterSequence, ReadLimit limit) {
        return store.stepPage(workflowId, afterScope, afterSequence, limit);
    }

    @Override
    public Optional<StepRecord> step(String workflowId, String scope, int sequence) {
        return store.step(workflowId, scope, sequence);
    }

    @Override
    public List<PastLife> pastLives(String workflowId, int chars) {
        return store.pastLives(workflowId, chars);
    }

    @Override
    public Optional<String> fingerprint(String workflowId) {
        return store.fingerprint(workflowId);
    }

    @Override
    public List<ExecutorRecord> executors() {
        return store.executors();
    }

    @Override
    public boolean resume(String workflowId) {
        return store.resume(workflowId);
    }

    @Override
    public boolean wake(String workflowId) {
        return store.wake(workflowId);
    }

    @Override
    public boolean decide(StepRecord zombie, StepRecord decision) {
        return store.decide(zombie, decision);
    }

    @Override
    public boolean retry(Retry retry) {
        return store.retry(retry);
    }

    @Override
    public void close() {
        store.close();
    }

    private final class Seat implements ExecutorSeat {
        private final ExecutorSeat seat;
        private final Duration lease;
        private final List<StepStore> lanes;

        Seat(ExecutorSeat seat, Duration lease) {
            this.seat = seat;
            this.lease = lease;
            this.lanes = seat.lanes().stream().<StepStore>map(Lane::new).toList();
        }

        @Override
        public String executorId() {
            return seat.executorId();
        }

        @Override
        public List<StepStore> lanes() {
            return lanes;
        }

        @Override
        public boolean isShared() {
            return seat.isShared();
        }

        @Override
        public Claim claim(Set<WorkflowType> known, int limit, int suspects) {
            Claim claim = seat.claim(known, limit, suspects);
            noted(claim.workflows());
            return claim;
        }

        @Override
        public List<WorkflowRecord> reclaim(Collection<String> held, int limit) {
            return noted(seat.reclaim(held, limit));
        }

        private List<WorkflowRecord> noted(List<WorkflowRecord> claimed) {
            claimed.forEach(workflow -> watch.claimed(workflow, executorId()));
            return claimed;
        }

        @Override
        public void listen(Consumer<Hint> hints) {
            seat.listen(hints);
        }

        @Override
        public boolean isListening() {
            return seat.isListening();
        }

        @Override
        public boolean renew() {
            long sent = System.nanoTime();
            boolean renewed = seat.renew();
            if (renewed) {
                watch.renewed(executorId(), sent, lease);
            }
            return renewed;
        }

        @Override
        public Optional<Instant> clock() {
            return seat.clock();
        }

        @Override
        public int sweep() {
            int orphans = seat.sweep();
            if (orphans > 0) {
                watch.diary().write('O', orphans);
            }
            return orphans;
        }

        @Override
        public void close() {
            seat.close();
        }

        @Override
        public void abandon() {
            seat.abandon();
        }

        private final class Lane implements StepStore {
            private final StepStore lane;

            Lane(StepStore lane) {
                this.lane = lane;
            }

            @Override
            public List<Answer> write(List<Operation> batch) {
                try {
                    List<Answer> answers = lane.write(batch);
                    for (int i = 0; i < answers.size(); i++) {
                        note(batch.get(i), answers.get(i), System.nanoTime());
                    }
                    return answers;
                } catch (FencedException e) {
                    watch.diary().write('R', batch.size(), "fenced");
                    throw e;
                } catch (StoreUnavailableException e) {
                    noteUnknown(batch.size(), "batch");
                    throw e;
                }
            }

            private void noteUnknown(int operations, String what) {
                if (!lostConnection.getAsBoolean()) {
                    watch.diary().write('U', operations, what);
                }
            }

            private void note(Operation operation, Answer answer, long nanos) {
                if (answer != Answer.ACCEPTED) {
                    boolean isUnload = operation instanceof Operation.Release;
                    if (answer == Answer.REFUSED && !isUnload) {
                        watch.diary().write('R', 1, operation.getClass().getSimpleName());
                    }
                } else if (operation instanceof Operation.Create create) {
                    if (create.start() == Operation.Create.Start.CLAIMED) {
                        watch.created(create.workflowId(), executorId());
                    }
                } else if (operation instanceof Operation.Checkpoint checkpoint) {
                    StepRecord step = checkpoint.step();
                    watch.settled(step.workflowId(), step.epoch(), step.key().scope(), nanos);
                } else if (operation instanceof Operation.Finish finish) {
                    watch.gone(finish.workflowId(), finish.epoch());
                } else if (operation instanceof Operation.Release release) {
                    watch.gone(release.workflowId(), release.epoch());
                }
            }

            @Override
            public boolean toleratesInterrupts() {
                return lane.toleratesInterrupts();
            }

            @Override
            public Map<String, List<StepRecord>> load(Collection<WorkflowRecord> claimed) {
                return lane.load(claimed);
            }

            @Override
            public Answer transact(Transaction work) {
                try {
                    Answer answer = lane.transact(work);
                    if (answer == Answer.REFUSED) {
                        watch.diary().write('R', 1, "transaction");
                    }
                    return answer;
                } catch (FencedException e) {
                    watch.diary().write('R', 1, "transaction fenced");
                    throw e;
                } catch (StoreUnavailableException e) {
                    noteUnknown(1, "transaction");
                    throw e;
                }
            }
        }
    }
}
