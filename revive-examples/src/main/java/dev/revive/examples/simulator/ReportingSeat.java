// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.simulator;

import dev.revive.store.Answer;
import dev.revive.store.Claim;
import dev.revive.store.ExecutorSeat;
import dev.revive.store.FencedException;
import dev.revive.store.ForwardingLane;
import dev.revive.store.ForwardingSeat;
import dev.revive.store.Operation;
import dev.revive.store.StepRecord;
import dev.revive.store.StepStore;
import dev.revive.store.WorkflowRecord;
import dev.revive.store.WorkflowType;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A seat that reports what its lanes write, and what they are refused. */
final class ReportingSeat extends ForwardingSeat {
    private static final Duration PATIENCE = Duration.ofSeconds(25);

    private final Reporter reporter;
    private final List<StepStore> lanes;

    ReportingSeat(ExecutorSeat seat, Reporter reporter) {
        super(seat);
        this.reporter = reporter;
        this.lanes = seat.lanes().stream()
                .<StepStore>map(lane -> new ReportingLane(lane, reporter))
                .toList();
    }

    @Override
    public boolean renew() {
        boolean isRenewed = super.renew();
        if (!isRenewed) {
            letEffectsGoFirst();
            reporter.leaseLost(executorId());
        }
        return isRenewed;
    }

    @Override
    public Claim claim(Set<WorkflowType> known, int limit, int suspects) {
        try {
            return super.claim(known, limit, suspects);
        } catch (FencedException e) {
            letEffectsGoFirst();
            throw e;
        }
    }

    /**
     * Before the executor learns that it is over, lets the effects that are under way come to their end. It would forget what it had not written yet;
     * an outcome that comes before that is refused by its fence. Which of the two comes first is chance, and both keep the late write out; here the
     * fence is shown, for it holds even where no clock is to be trusted.
     */
    private void letEffectsGoFirst() {
        reporter.awaitSettled(PATIENCE);
    }

    @Override
    public List<StepStore> lanes() {
        return lanes;
    }

    private static final class ReportingLane extends ForwardingLane {
        private final Reporter reporter;

        /** A batch that a workflow's own thread has tried is the lane's to write again, and is fenced off a second time. */
        private final Set<Operation> fenced = ConcurrentHashMap.newKeySet();

        ReportingLane(StepStore lane, Reporter reporter) {
            super(lane);
            this.reporter = reporter;
        }

        @Override
        public List<Answer> write(List<Operation> batch) {
            List<Answer> answers;
            try {
                answers = super.write(batch);
            } catch (FencedException e) {
                batch.stream().filter(fenced::add).forEach(reporter::refused);
                throw e;
            }
            for (int i = 0; i < answers.size(); i++) {
                if (answers.get(i) == Answer.ACCEPTED) {
                    reporter.accepted(batch.get(i));
                } else {
                    reporter.refused(batch.get(i));
                }
            }
            return answers;
        }

        @Override
        public Map<String, List<StepRecord>> load(Collection<WorkflowRecord> claimed) {
            Map<String, List<StepRecord>> loaded = super.load(claimed);
            for (WorkflowRecord workflow : claimed) {
                List<StepRecord> journal = loaded.get(workflow.id());
                if (journal != null) {
                    reporter.runs(workflow.epoch(), journal);
                }
            }
            return loaded;
        }
    }
}
