// SPDX-License-Identifier: Apache-2.0
package dev.revive.call;

import dev.revive.codec.Documents;
import dev.revive.crash.CrashPoint;
import dev.revive.journal.Call;
import dev.revive.run.Run;
import dev.revive.run.Scope;
import dev.revive.store.StepDraft;
import dev.revive.store.StepRecord;
import dev.revive.thread.Nanos;
import dev.revive.workflow.Failure;
import dev.revive.workflow.Poll;
import dev.revive.workflow.PollTimedOutException;
import dev.revive.workflow.Printable;
import dev.revive.workflow.RetryPolicy;
import dev.revive.workflow.SerializationException;
import dev.revive.workflow.Step;
import dev.revive.workflow.StepStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * One call of {@code poll()}: one row, however often it looks.
 *
 * <pre>
 * look --> COMPLETED | FAILED, if the limit had passed before it          BACKOFF(attempt, what it saw, next_at) --> look(attempt + 1)
 * </pre>
 *
 * A look has no effect, so it is an attempt at an idempotent step: all that is earlier is durable before it, no STARTED row is written, and one that a
 * crash cut off leaves no trace and is done again. The look at the limit is the last; so what it saw is known to the run that ends the poll.
 */
final class PollCall<T extends @Nullable Object> {
    private static final Logger log = LoggerFactory.getLogger(PollCall.class);

    private static final int MANY_LOOKS = 10;

    /** Of what the last look saw, in the message; all of it is in the row. */
    private static final int MOST_TOLD = 200;

    private final Scope scope;
    private final Run run;
    private final Call call;
    private final Step<T> step;
    private final Poll<? super T> poll;
    private final Outcomes<T> outcomes;

    private int attempt = 1;
    private boolean isNew = true;
    private Instant firstStartedAt = Instant.EPOCH;
    private Instant startedAt = Instant.EPOCH;

    /**
     * A call of a scope.
     *
     * @param step the look, with its name and the type of what it sees
     */
    PollCall(Scope scope, Call call, Step<T> step, Poll<? super T> poll) {
        this.scope = scope;
        this.run = scope.run();
        this.call = call;
        this.step = step;
        this.poll = poll;
        this.outcomes = new Outcomes<>(scope, step.type());
    }

    /** What one look came to: it saw something or failed, and is the one that was waited for or is not. */
    private record Look<T extends @Nullable Object>(
            Outcomes.@Nullable Encoded<T> seen, @Nullable Throwable thrown, boolean isSought) {
        @Nullable
        String json() {
            return seen == null ? null : seen.json();
        }

        @Nullable
        Failure failure() {
            if (thrown == null) {
                return null;
            }
            boolean isUnwritten = thrown instanceof SerializationException;
            return Failure.of(isUnwritten ? Failure.Kind.NOT_SERIALIZABLE : Failure.Kind.THROWN, thrown);
        }
    }

    @Nullable
    T run() {
        StepRecord recorded = call.recorded();
        if (recorded != null && recorded.status() == StepStatus.FAILED) {
            throw ended(recorded);
        }
        if (recorded != null && recorded.status() == StepStatus.COMPLETED) {
            return outcomes.replay(recorded);
        }
        scope.leaveIfCancelAsked();
        outcomes.check(call.key());
        if (recorded != null) {
            goOn(recorded);
        }
        return looks();
    }

    private void goOn(StepRecord recorded) {
        isNew = false;
        attempt = recorded.attempt();
        firstStartedAt = recorded.firstStartedAt();
        awaitNext(recorded.nextAt() == null ? recorded.recordedAt() : recorded.nextAt());
    }

    private T looks() {
        while (true) {
            begin();
            boolean isLast = !startedAt.isBefore(deadline());
            Look<T> look = look();
            if (look.isSought()) {
                return complete(Objects.requireNonNull(look.seen()));
            }
            if (isLast) {
                throw fail(look);
            }
            pause(look);
        }
    }

    /** Everything that must hold before a look. */
    private void begin() {
        if (run.isWatched()) {
            run.awaitDurable(); // makes the crash point exact
        }
        run.crashAt(CrashPoint.BEFORE_STARTED, call.key(), attempt);
        run.check();
        run.awaitDurable();
        run.crashAt(CrashPoint.BEFORE_EFFECT, call.key(), attempt);
        startedAt = run.tools().now();
        firstStartedAt = isNew ? startedAt : firstStartedAt;
    }

    private Look<T> look() {
        Attempt<T> ended = Attempt.inline(run, step.body(), Attempt.described(run, call, attempt, false, false));
        run.crashAt(CrashPoint.AFTER_EFFECT, call.key(), attempt);
        Throwable thrown = ended.thrown();
        if (thrown == null) {
            try {
                Outcomes.Encoded<T> seen = outcomes.encode(ended.value());
                return new Look<>(seen, null, poll.until().test(seen.value()));
            } catch (Throwable e) { // user code, too
                thrown = e;
            }
        }
        run.requireFailure(thrown, ended.isCutOff());
        return new Look<>(null, thrown, false);
    }

    /** Until when looks may begin that are not the last. */
    private Instant deadline() {
        Duration limit = poll.limit();
        return limit == null
                ? Instant.MAX
                : firstStartedAt.plusNanos(Nanos.of(limit)).truncatedTo(ChronoUnit.MICROS);
    }

    // ---- the pause

    private void pause(Look<T> look) {
        Thread.interrupted(); // an interrupt that this look left is not the next one's
        Duration pause = pauseAfter(look.thrown());
        Failure failure = look.failure();
        if (failure != null) {
            tell(failure, pause);
        }
        Instant next = earlier(run.tools().now().plus(pause).truncatedTo(ChronoUnit.MICROS), deadline());
        record(state().output(look.json()).backoff(failure == null ? null : Documents.write(failure), next));
        run.check();
        awaitNext(next);
    }

    /** The poll's own, unless the exception asks for another. */
    private Duration pauseAfter(@Nullable Throwable thrown) {
        RetryPolicy pace = RetryPolicy.forever().fixedDelay(poll.pace()).jitter(0);
        return thrown == null
                ? poll.pace()
                : pace.delayAfter(1, thrown, run.tools().chance()).orElse(poll.pace());
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    /** Of a few nobody need hear; of one that goes on and on somebody should. */
    private void tell(Failure failure, Duration pause) {
        log.atLevel(attempt % MANY_LOOKS == 0 ? Level.INFO : Level.DEBUG)
                .log(
                        "{} poll {} failed at look {}, and looks again in {}: {}",
                        Printable.of(run.id()),
                        Printable.of(call.key()),
                        attempt,
                        pause,
                        Printable.of(failure.summary()));
    }

    /** By the clock, too: one that was set back goes more slowly than a wait is counted, and the look at the limit is the last. */
    private void awaitNext(Instant next) {
        do {
            scope.awaitUntil(next);
        } while (run.tools().exactNow().isBefore(next));
        attempt++;
    }

    // ---- outcomes

    private T complete(Outcomes.Encoded<T> seen) {
        scope.passed(record(state().completed(seen.json())));
        return seen.value();
    }

    private PollTimedOutException fail(Look<T> last) {
        Failure failure = new Failure(
                Failure.Kind.TIMED_OUT, PollTimedOutException.class.getName(), story(last), List.of(), last.failure());
        return ended(record(state().output(last.json()).failed(Documents.write(failure))));
    }

    private String story(Look<T> last) {
        String json = last.json();
        String what = json == null
                ? "threw " + Objects.requireNonNull(last.failure()).summary()
                : "saw " + (json.length() <= MOST_TOLD ? json : json.substring(0, MOST_TOLD) + "...");
        return "It did not see what it waits for within %s: look %d, the last, %s"
                .formatted(poll.limit(), attempt, what);
    }

    /** The same in the run where it happened and in every replay. */
    private PollTimedOutException ended(StepRecord failed) {
        scope.passed(failed);
        return new PollTimedOutException(
                run.id(),
                call.key().name(),
                call.key().position(),
                Documents.failure(Objects.requireNonNull(failed.failure())),
                failed.output() == null ? null : outcomes.value(failed));
    }

    private StepDraft state() {
        return StepRecord.of(run.id(), call.key(), call.kind(), run.epoch())
                .attempt(attempt)
                .firstStartedAt(firstStartedAt)
                .startedAt(startedAt)
                .recordedAt(run.tools().now());
    }

    private StepRecord record(StepRecord record) {
        scope.record(record, isNew);
        isNew = false;
        return record;
    }
}
