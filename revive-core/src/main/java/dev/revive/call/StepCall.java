// SPDX-License-Identifier: Apache-2.0
package dev.revive.call;

import dev.revive.codec.Documents;
import dev.revive.crash.CrashPoint;
import dev.revive.journal.Call;
import dev.revive.run.Attentions;
import dev.revive.run.EffectThreads;
import dev.revive.run.Run;
import dev.revive.run.Scope;
import dev.revive.store.StepDetail;
import dev.revive.store.StepDraft;
import dev.revive.store.StepKey;
import dev.revive.store.StepRecord;
import dev.revive.thread.Nanos;
import dev.revive.thread.Unwind;
import dev.revive.workflow.Failure;
import dev.revive.workflow.OnZombie;
import dev.revive.workflow.Printable;
import dev.revive.workflow.Reconciliation;
import dev.revive.workflow.Resolution;
import dev.revive.workflow.SerializationException;
import dev.revive.workflow.Step;
import dev.revive.workflow.StepAttempt;
import dev.revive.workflow.StepOptions;
import dev.revive.workflow.StepOutcomeUnknownException;
import dev.revive.workflow.StepStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * One call of {@code step()}, from whatever is recorded of it to its outcome.
 *
 * <pre>
 * STARTED(epoch, attempt) --> effect --> COMPLETED | FAILED          BACKOFF(attempt, next_at) --> STARTED(attempt + 1)
 *       durable first                    submitted at once
 * </pre>
 *
 * A crash before STARTED is durable leaves nothing: the effect has not begun. A crash after it leaves a zombie: the effect may have happened,
 * and the step's options say what to do. A crash after the outcome is durable leaves the outcome, and the effect is never run again.
 */
final class StepCall<T extends @Nullable Object> {
    private static final Logger log = LoggerFactory.getLogger(StepCall.class);

    /** Attempts that have not returned although interrupted, beside which another may begin. */
    private static final int MOST_OVERDUE = 3;

    private static final int MANY_FAILURES = 10;

    private static final Duration FOR_EVER = Duration.ofNanos(Nanos.LONGEST);

    private final Scope scope;
    private final Run run;
    private final Call call;
    private final Step<T> step;
    private final StepOptions options;
    private final Outcomes<T> outcomes;
    private final @Nullable String undoes;

    private int attempt = 1;
    private int zombies;
    private @Nullable Resolution resolution;
    private boolean isRecovered;
    private final List<BooleanSupplier> stillRunning = new ArrayList<>();
    private boolean isOverdueTold;
    private boolean isNew = true;
    private boolean isOfPastLife;
    private @Nullable Failure lastFailure;
    private boolean isInDoubt;
    private @Nullable StepRecord outcome;
    private Instant firstStartedAt = Instant.EPOCH;
    private Instant startedAt = Instant.EPOCH;

    /** @param undoes the position of the step that this one undoes, or null */
    StepCall(Scope scope, Call call, Step<T> step, @Nullable String undoes) {
        this.undoes = undoes;
        this.scope = scope;
        this.run = scope.run();
        this.call = call;
        this.step = step;
        this.options = step.options();
        this.outcomes = new Outcomes<>(scope, step.type());
    }

    /** It may have happened though this run has not let it begin: then a cancellation leaves that open. */
    @Nullable
    T run() {
        try {
            return go();
        } catch (Unwind e) {
            boolean isUnknown = isInDoubt || resolution == Resolution.RAN_AGAIN;
            throw e == Unwind.CANCEL && isUnknown ? Unwind.CANCEL_IN_DOUBT : e;
        }
    }

    private @Nullable T go() {
        StepRecord recorded = call.recorded() == null ? ofPastLife() : call.recorded();
        if (recorded != null && recorded.status().isFinal()) {
            outcome = recorded;
            return outcomes.replay(recorded);
        }
        outcomes.check(call.key());
        if (recorded == null) {
            isInDoubt = mayHaveBegun();
            return attempts();
        }
        adopt(recorded);
        if (recorded.status() == StepStatus.BACKOFF) {
            lastFailure = recorded.failure() == null ? null : Documents.failure(recorded.failure());
            if (isTimeUp()) {
                return fail(timeIsUp());
            }
            awaitBackoff(recorded.nextAt() == null ? recorded.recordedAt() : recorded.nextAt());
            return attempts();
        }
        return resolveZombie();
    }

    /** Of an idempotent step nothing is recorded before it has happened. */
    private boolean mayHaveBegun() {
        return !options.recordFirstStart() && run.epoch() > 1 && !scope.isBeyondEarlierRuns();
    }

    private boolean mayHaveBegunAgain(StepRecord recorded) {
        return !options.recordFirstStart()
                && recorded.status() == StepStatus.BACKOFF
                && recorded.failure() != null
                && recorded.epoch() < run.epoch();
    }

    /**
     * What it goes on from if a retry has set it aside. Its outcome stands only if it must not happen twice; else it is asked again, as the failed
     * call is.
     */
    private @Nullable StepRecord ofPastLife() {
        StepRecord past = run.past(call);
        boolean hasBegun =
                past != null && (past.status() != StepStatus.CANCELLED || past.resolution() == Resolution.GIVEN_UP);
        if (past == null || !hasBegun) {
            return null;
        }
        boolean mayHappenTwice = options.onZombie() == OnZombie.RUN_AGAIN || step.reconciler() != null;
        return past.status() == StepStatus.COMPLETED && !mayHappenTwice
                ? run.takeOver(past)
                : past.askedAgain(isKnownToHaveFailed(past), run.tools().now());
    }

    private static boolean isKnownToHaveFailed(StepRecord past) {
        return past.status() == StepStatus.BACKOFF
                || (past.status() == StepStatus.FAILED
                        && Documents.failure(Objects.requireNonNull(past.failure()))
                                        .kind()
                                == Failure.Kind.THROWN);
    }

    private void adopt(StepRecord recorded) {
        isNew = call.recorded() == null;
        isOfPastLife = recorded.isOfPastLife();
        attempt = recorded.attempt();
        zombies = recorded.zombies();
        isInDoubt = StepDetail.of(recorded).isInDoubt() || mayHaveBegunAgain(recorded);
        resolution = recorded.resolution();
        isRecovered = zombies > 0 || resolution != null;
        firstStartedAt = recorded.firstStartedAt();
        startedAt = recorded.startedAt();
    }

    // ---- what a saga asks

    /** What can be asked of a step that was asked for, whatever became of it. */
    static final class Noted<T extends @Nullable Object> {
        private @Nullable StepCall<T> call;
        private @Nullable Run run;
        private @Nullable StepKey place;

        void at(Run itsRun, StepKey itsPlace) {
            run = itsRun;
            place = itsPlace;
        }

        StepCall<T> take(StepCall<T> made) {
            call = made;
            return made;
        }

        String position() {
            return Objects.requireNonNull(place, "where it was asked for").position();
        }

        String idempotencyKey() {
            return Attempt.idempotencyKey(
                    Objects.requireNonNull(run, "run"), Objects.requireNonNull(place, "where it was asked for"));
        }

        /** Of one that has failed. */
        boolean mayHaveHappened() {
            return Objects.requireNonNull(call, "a step that has begun").mayHaveHappened();
        }
    }

    /** Of one that has failed: whether an attempt may have had its effect all the same. Told by its row alone, so that every run answers the same. */
    private boolean mayHaveHappened() {
        StepRecord failed = Objects.requireNonNull(outcome, "outcome");
        Failure why = Documents.failure(Objects.requireNonNull(failed.failure(), "failure"));
        return why.kind() != Failure.Kind.THROWN
                || failed.zombies() > 0
                || StepDetail.of(failed).isInDoubt();
    }

    // ---- zombies

    private T resolveZombie() {
        if (!isOfPastLife) {
            zombies++;
            log.info(
                    "{} step {} was cut off in attempt {}, and nobody knows whether it happened",
                    Printable.of(run.id()),
                    Printable.of(call.key()),
                    attempt);
        }
        isRecovered = true;
        if (step.reconciler() != null) {
            return reconcile();
        }
        if (options.onZombie() == OnZombie.RUN_AGAIN && !scope.isCancelAsked()) {
            return runAgain(Resolution.RAN_AGAIN);
        }
        return giveUp("an earlier run died after it began");
    }

    private T runAgain(Resolution why) {
        if (isTimeUp()) {
            resolution = Resolution.GIVEN_UP;
            return fail(timeIsUp());
        }
        resolution = why;
        attempt++;
        return attempts();
    }

    private boolean isTimeUp() {
        return isTimeUpAfter(Duration.ZERO);
    }

    private boolean isTimeUpAfter(Duration wait) {
        Duration total = options.totalTimeout();
        return total != null && !run.tools().exactNow().plus(wait).isBefore(deadline(total));
    }

    /** When all attempts together have had their time; a hundred years are as good as for ever, and can be counted. */
    private Instant deadline(Duration total) {
        return firstStartedAt.plusNanos(Nanos.of(total));
    }

    private Failure timeIsUp() {
        return new Failure(
                Failure.Kind.TIMED_OUT,
                TimeoutException.class.getName(),
                "The step's total time of %s was up before %s attempt could begin."
                        .formatted(options.totalTimeout(), lastFailure == null && zombies == 0 ? "an" : "another"),
                List.of(),
                lastFailure);
    }

    private T reconcile() {
        Reconciliation<T> found = ask();
        return found instanceof Reconciliation.DidNotHappen<T> ? runAgain(Resolution.FOUND_UNDONE) : resolve(found);
    }

    private T resolve(Reconciliation<T> found) {
        if (found instanceof Reconciliation.Happened<T> happened) {
            resolution = Resolution.FOUND_DONE;
            return complete(happened.value());
        }
        return giveUp("an attempt began, and the reconciler could not tell whether it happened");
    }

    /** Asks until it gets an answer or has asked as often as the step may fail. The asking is not recorded: it may be done again at any time. */
    private Reconciliation<T> ask() {
        for (int asked = 1; ; asked++) {
            run.awaitDurable();
            Attempt<Reconciliation<T>> asking =
                    Attempt.inline(run, Objects.requireNonNull(step.reconciler())::reconcile, stepAttempt(attempt + 1));
            if (asking.isCutOff()) {
                throw Unwind.RUN; // the next run asks again: what an interrupted one found out may be wrong
            }
            Throwable thrown = asking.thrown();
            if (thrown == null) {
                Reconciliation<T> found = asking.value();
                return found == null ? Reconciliation.unknown() : found;
            }
            run.requireFailure(thrown, false);
            run.check();
            Optional<Duration> delay =
                    options.retry().delayAfter(asked, thrown, run.tools().chance());
            if (delay.isEmpty()) {
                return Reconciliation.unknown();
            }
            run.waiting().awaitAwake(scope::isCancelAsked, run.tools().now().plus(delay.get()));
            run.check();
            if (scope.isCancelAsked()) {
                return Reconciliation.unknown();
            }
        }
    }

    /**
     * The effect may or may not have happened, and must not be tried again. If a person had its workflow retried, one is asked rather than the step
     * failed again: that would lead round in a circle.
     */
    private T giveUp(String why) {
        if (scope.isCancelAsked()) {
            throw Unwind.CANCEL_IN_DOUBT;
        }
        if (options.onZombie() == OnZombie.ASK || isOfPastLife) {
            if (isNew) {
                record(state().started()); // to be decided about
            }
            throw run.needsAttention(Attentions.undecidedZombie(run.id(), call.key(), why));
        }
        resolution = Resolution.GIVEN_UP;
        return fail(new Failure(
                Failure.Kind.OUTCOME_UNKNOWN,
                StepOutcomeUnknownException.class.getName(),
                "It may or may not have happened: " + why,
                List.of(),
                null));
    }

    // ---- attempts

    private T attempts() {
        while (true) {
            awaitOneThatReturns();
            scope.leaveIfCancelAsked();
            if (!isNew && isTimeUp()) {
                return fail(timeIsUp());
            }
            begin();
            Duration limit = timeLeft();
            if (limit != null && limit.compareTo(Duration.ZERO) <= 0) {
                return fail(timeIsUp());
            }
            Attempt<T> ended = attempt(limit);
            run.crashAt(CrashPoint.AFTER_EFFECT, call.key(), attempt);
            Throwable thrown = ended.thrown();
            if (thrown == null) {
                return complete(ended.value());
            }
            run.requireFailure(thrown, ended.isCutOff());
            if (ended.isCancelled()) {
                throw Unwind.CANCEL_IN_DOUBT;
            }
            if (ended.isTimeout() && step.reconciler() != null) {
                Reconciliation<T> found = ask(); // while STARTED is what is recorded: a crash here asks again
                if (!(found instanceof Reconciliation.DidNotHappen<T>)) {
                    return resolve(found);
                }
            } else if (ended.isTimeout() && options.onZombie() != OnZombie.RUN_AGAIN) {
                return giveUp("it was interrupted when its time was up");
            }
            Failure failure = Failure.of(ended.isTimeout() ? Failure.Kind.TIMED_OUT : Failure.Kind.THROWN, thrown);
            Optional<Duration> delay = options.retry()
                    .delayAfter(attempt - zombies, thrown, run.tools().chance());
            if (delay.isEmpty()) {
                return fail(failure);
            }
            lastFailure = failure;
            if (isTimeUpAfter(delay.get())) {
                return fail(timeIsUp());
            }
            if (ended.isTimeout()) {
                isRecovered = true;
                isInDoubt |= step.reconciler() == null;
                resolution = step.reconciler() == null ? Resolution.RAN_AGAIN : Resolution.FOUND_UNDONE;
            }
            stillRunning.add(ended.isStillRunning());
            backOff(failure, delay.get());
        }
    }

    /** Everything that must hold before the effect begins. */
    private void begin() {
        if (run.isWatched()) {
            run.awaitDurable(); // makes the crash point exact
        }
        run.crashAt(CrashPoint.BEFORE_STARTED, call.key(), attempt);
        run.check();
        startedAt = run.tools().now();
        firstStartedAt = isNew ? startedAt : firstStartedAt;
        if (options.recordFirstStart()) {
            record(state().started());
        }
        orTakeBack(() -> {
            run.awaitDurable();
            return true;
        });
        run.crashAt(CrashPoint.BEFORE_EFFECT, call.key(), attempt);
    }

    private Attempt<T> attempt(@Nullable Duration limit) {
        StepAttempt now = stepAttempt(attempt);
        boolean isInline = limit == null
                && !(scope.isRace() && options.interruptedOnCancel()); // a join does not wait for what hangs
        Duration atMost = limit == null ? FOR_EVER : limit;
        return orTakeBack(() -> isInline
                ? Attempt.inline(run, step.body(), now, this::beginEffect, effect -> {})
                : new TimedAttempt<T>(run, step.body(), now, this::beginEffect).run(atMost, options.timeoutGrace()));
    }

    private EffectThreads.Effect beginEffect() {
        BooleanSupplier isToStop = options.interruptedOnCancel() ? scope::isCancelAsked : () -> false;
        return run.beginEffect(scope::leaveIfCancelAsked, isToStop);
    }

    /**
     * A run that ends between STARTED and the effect knows that the effect has not begun. It says so, or a graceful stop would leave a zombie
     * behind; the attempt counts as cut off, so it uses up none of those that may fail.
     */
    private <R> R orTakeBack(Supplier<R> lastWait) {
        try {
            return lastWait.get();
        } catch (Unwind e) {
            boolean isCancelled = e == Unwind.CANCEL; // which is recorded, and says as much
            if (options.recordFirstStart() && run.mayRecord() && !isCancelled) {
                zombies++;
                record(state().backoff(null, run.tools().now()));
            }
            throw e;
        }
    }

    private StepAttempt stepAttempt(int number) {
        return Attempt.described(run, call, number, isRecovered, isStillRunning());
    }

    private boolean isStillRunning() {
        return howManyStillRun() > 0;
    }

    private int howManyStillRun() {
        stillRunning.removeIf(each -> !each.getAsBoolean());
        return stillRunning.size();
    }

    /** An effect that hangs is not to take thread after thread, each of which hangs like the one before. */
    private void awaitOneThatReturns() {
        if (howManyStillRun() < MOST_OVERDUE) {
            return;
        }
        if (!isOverdueTold) {
            isOverdueTold = true;
            log.warn(
                    "{} {} attempts at step {} have not returned although interrupted; another begins when one of them has",
                    Printable.of(run.id()),
                    MOST_OVERDUE,
                    Printable.of(call.key()));
        }
        Duration total = options.totalTimeout();
        Instant until = total == null ? run.tools().exactNow().plusNanos(Nanos.LONGEST) : deadline(total);
        run.waiting().awaitAwake(() -> scope.isCancelAsked() || howManyStillRun() < MOST_OVERDUE, until);
        run.check();
        scope.leaveIfCancelAsked();
    }

    /** The bound on this attempt: its own, or what is left of the whole. */
    private @Nullable Duration timeLeft() {
        Duration attemptLimit = options.attemptTimeout();
        if (options.totalTimeout() == null) {
            return attemptLimit;
        }
        Duration left = Duration.between(run.tools().exactNow(), deadline(options.totalTimeout()));
        return attemptLimit == null || attemptLimit.compareTo(left) > 0 ? left : attemptLimit;
    }

    private void backOff(Failure failure, Duration delay) {
        tell(failure, delay);
        Thread.interrupted(); // an interrupt that the failed attempt left is not the next one's
        Instant next = run.tools().now().plus(delay).truncatedTo(ChronoUnit.MICROS);
        record(state().backoff(Documents.write(failure), next));
        run.check();
        awaitBackoff(next);
    }

    /** Of the first few nobody need hear; of one that goes on and on somebody should. */
    private void tell(Failure failure, Duration delay) {
        int failures = attempt - zombies;
        log.atLevel(failures % MANY_FAILURES == 0 ? Level.INFO : Level.DEBUG)
                .log(
                        "{} step {} has failed {} times and is tried again in {}: {}",
                        Printable.of(run.id()),
                        Printable.of(call.key()),
                        failures,
                        delay,
                        Printable.of(failure.summary()));
    }

    private void awaitBackoff(Instant next) {
        if (isStillRunning()) {
            run.waiting()
                    .awaitAwake(scope::isCancelAsked, next); // an effect is in flight: not the time to leave memory
            run.check();
            scope.leaveIfCancelAsked();
        } else {
            scope.awaitUntil(next);
        }
        attempt++;
    }

    // ---- outcomes

    private T complete(@Nullable Object value) {
        Outcomes.Encoded<T> encoded;
        try {
            encoded = outcomes.encode(value);
        } catch (SerializationException e) {
            return fail(Failure.of(Failure.Kind.NOT_SERIALIZABLE, e));
        }
        isInDoubt = false; // known by now
        scope.passed(record(state().completed(encoded.json())));
        return encoded.value();
    }

    private T fail(Failure failure) {
        scope.passed(record(state().failed(Documents.write(failure))));
        throw outcomes.exception(call.key(), failure);
    }

    private StepDraft state() {
        return StepRecord.of(run.id(), call.key(), call.kind(), run.epoch())
                .attempt(attempt)
                .zombies(zombies)
                .resolution(resolution)
                .detail(new StepDetail(undoes, isInDoubt).toJson())
                .firstStartedAt(firstStartedAt)
                .startedAt(startedAt)
                .recordedAt(run.tools().now());
    }

    private StepRecord record(StepRecord record) {
        outcome = record;
        scope.record(record, isNew);
        isNew = false;
        return record;
    }
}
