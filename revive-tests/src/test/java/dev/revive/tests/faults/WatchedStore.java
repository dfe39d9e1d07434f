// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.faults;

import dev.revive.store.Answer;
import dev.revive.store.Claim;
import dev.revive.store.ExecutorSeat;
import dev.revive.store.ExecutorSettings;
import dev.revive.store.FencedException;
import dev.revive.store.ForwardingLane;
import dev.revive.store.ForwardingSeat;
import dev.revive.store.ForwardingStore;
import dev.revive.store.Operation;
import dev.revive.store.StepRecord;
import dev.revive.store.StepStore;
import dev.revive.store.StoreUnavailableException;
import dev.revive.store.WorkflowRecord;
import dev.revive.store.WorkflowStore;
import dev.revive.store.WorkflowType;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** A store, and a {@link Watch} at its door. Changes nothing of what passes. */
final class WatchedStore extends ForwardingStore {
    private final Watch watch;
    private final BooleanSupplier lostConnection;

    /**
     * A store with a watch.
     *
     * @param store the real one
     * @param watch sees what passes
     * @param lostConnection whether the calling thread's last call did not even reach the database
     */
    WatchedStore(WorkflowStore store, Watch watch, BooleanSupplier lostConnection) {
        super(store);
        this.watch = watch;
        this.lostConnection = lostConnection;
    }

    @Override
    public ExecutorSeat seat(ExecutorSettings settings) {
        long before = System.nanoTime();
        ExecutorSeat seat = super.seat(settings);
        watch.renewed(seat.executorId(), before, settings.lease());
        return new Seat(seat, settings.lease());
    }

    private final class Seat extends ForwardingSeat {
        private final Duration lease;
        private final List<StepStore> lanes;

        Seat(ExecutorSeat seat, Duration lease) {
            super(seat);
            this.lease = lease;
            this.lanes = seat.lanes().stream().<StepStore>map(Lane::new).toList();
        }

        @Override
        public List<StepStore> lanes() {
            return lanes;
        }

        @Override
        public Claim claim(Set<WorkflowType> known, int limit, int suspects) {
            Claim claim = super.claim(known, limit, suspects);
            noted(claim.workflows());
            return claim;
        }

        @Override
        public List<WorkflowRecord> reclaim(Collection<String> held, int limit) {
            return noted(super.reclaim(held, limit));
        }

        private List<WorkflowRecord> noted(List<WorkflowRecord> claimed) {
            claimed.forEach(workflow -> watch.claimed(workflow, executorId()));
            return claimed;
        }

        @Override
        public boolean renew() {
            long sent = System.nanoTime();
            boolean renewed = super.renew();
            if (renewed) {
                watch.renewed(executorId(), sent, lease);
            }
            return renewed;
        }

        @Override
        public int sweep() {
            int orphans = super.sweep();
            if (orphans > 0) {
                watch.diary().write('O', orphans);
            }
            return orphans;
        }

        private final class Lane extends ForwardingLane {
            Lane(StepStore lane) {
                super(lane);
            }

            @Override
            public List<Answer> write(List<Operation> batch) {
                try {
                    List<Answer> answers = super.write(batch);
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
            public Answer transact(Transaction work) {
                try {
                    Answer answer = super.transact(work);
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
