// SPDX-License-Identifier: Apache-2.0
package dev.revive.call;

import dev.revive.codec.Documents;
import dev.revive.codec.Payloads;
import dev.revive.crash.CrashPoint;
import dev.revive.run.Attentions;
import dev.revive.run.Registry;
import dev.revive.run.Run;
import dev.revive.run.Scope;
import dev.revive.store.Operation;
import dev.revive.thread.Fatal;
import dev.revive.thread.Unwind;
import dev.revive.workflow.Attention;
import dev.revive.workflow.CancelledException;
import dev.revive.workflow.Failure;
import dev.revive.workflow.Printable;
import dev.revive.workflow.SerializationException;
import dev.revive.workflow.WorkflowStatus;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Calls a run's function and turns what became of it into the run's last operation: an end, a release, or nothing. */
public final class Execution {
    private static final Logger log = LoggerFactory.getLogger(Execution.class);

    /** After an error; it doubles with each strike. */
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

    /** With more of them the row does not say which: any message makes it look. */
    private static final int MANY_TOPICS = 50;

    private final Run run;

    public Execution(Run run) {
        this.run = run;
    }

    /** Runs the function on the calling thread, to its end or its unwinding, and submits what became of it. */
    public void execute() {
        try {
            conclude(end());
        } catch (Throwable e) {
            run.retire(); // claimed again, and replayed
            throw e;
        }
    }

    /** Releases a run for which there was no thread. */
    public void release() {
        run.drop(Run.Drop.STOPPED);
        conclude(null);
    }

    /** Leaves a run that was dropped before it began. */
    public void leave() {
        conclude(null);
    }

    /** Leaves a workflow to a person, without running it once more. */
    public void leaveToPerson(Attention why) {
        run.needsAttention(why);
        conclude(null);
    }

    private @Nullable Operation end() {
        run.waiting().begin();
        try {
            return callFunction();
        } catch (Unwind unwinding) {
            return null; // dropped: conclude() knows why
        } catch (Throwable thrown) {
            run.fail(thrown);
            return null;
        } finally {
            run.waiting().end();
            run.lane().leave();
        }
    }

    private @Nullable Operation callFunction() throws Throwable {
        if (run.hasOpenRace()) {
            lookAhead();
        }
        Scope root = new Scope(run, run.openScope(""));
        Throwable thrown = null;
        Object result = null;
        try {
            result = call(run.code(), root);
        } catch (Throwable e) {
            thrown = e;
        }
        Error unwinding = root.unwinding();
        if (unwinding != null && !unwinding.equals(thrown)) {
            reportSwallowed(thrown);
        }
        if (run.isDropped()) {
            throw Unwind.RUN;
        }
        if (unwinding != null && Fatal.isFatal(unwinding)) {
            throw unwinding;
        }
        if (thrown != null && (Fatal.isFatal(thrown) || thrown instanceof Unwind)) {
            throw thrown;
        }
        root.close();
        if (run.isWatched()) {
            run.awaitDurable(); // makes the crash point exact
        }
        run.crashAtCompletion(CrashPoint.BEFORE_COMPLETION);
        if (thrown != null && root.wasCancelled() && Causes.isCancellation(thrown)) {
            return cancelled(root, thrown);
        }
        return thrown == null
                ? completed(result)
                : failed(Failure.of(Failure.Kind.THROWN, thrown), Causes.of(run.id(), thrown));
    }

    /** Runs the function as far as it is recorded, so that it is known what may be decided by that alone. What it throws, it throws again in earnest. */
    private void lookAhead() {
        try {
            call(run.code(), Scope.ofLookAhead(run));
        } catch (Throwable thrown) {
            if (Fatal.isFatal(thrown)) {
                throw run.fail(thrown);
            }
        }
        run.check();
    }

    @SuppressWarnings({"unchecked", "NullAway"
    }) // decoded as the registration's own input type; null if the starter gave null
    private <I extends @Nullable Object, O extends @Nullable Object> @Nullable Object call(
            Registry.Registration<I, O> code, Scope root) throws Exception {
        I input;
        try {
            input = (I) run.tools()
                    .payloads()
                    .decode(
                            run.workflow().input(),
                            run.code().workflow().input().type());
        } catch (SerializationException e) {
            throw run.needsAttention(Attentions.unreadableInput(run.id(), e));
        }
        run.tools().userThreads().enter(root::isInStep);
        try {
            return code.function().run(new Context(root), input);
        } finally {
            run.tools().userThreads().leave();
        }
    }

    private void reportSwallowed(@Nullable Throwable thrown) {
        if (!(thrown instanceof Unwind)) {
            log.warn(
                    "{} its code caught the Error that unwinds a run ({}). The run ended all the same; catch Exception instead of Throwable.",
                    Printable.of(run.id()),
                    thrown == null ? "and returned" : "and threw " + Printable.of(thrown));
        }
    }

    private Operation completed(@Nullable Object result) {
        try {
            Payloads payloads = run.tools().payloads();
            Type type = run.code().workflow().output().type();
            String output = payloads.encode(result, type);
            payloads.decode(output, type); // or every caller would find out, when nothing can be done any more
            return finish(WorkflowStatus.COMPLETED, output);
        } catch (SerializationException e) {
            return failed(Failure.of(Failure.Kind.NOT_SERIALIZABLE, e), Set.of());
        }
    }

    private Operation cancelled(Scope root, Throwable thrown) {
        Failure why = Documents.failure(root.why());
        boolean isWrapped = !(thrown instanceof CancelledException);
        Failure left = Failure.of(Failure.Kind.THROWN, thrown);
        boolean isTimeout = why.kind() == Failure.Kind.TIMED_OUT;
        return finish(
                isTimeout ? WorkflowStatus.FAILED : WorkflowStatus.CANCELLED,
                Documents.write(new Failure(
                        why.kind(),
                        why.type(),
                        why.message(),
                        isWrapped ? List.of() : left.trace(),
                        isWrapped ? left : left.cause())));
    }

    private Operation failed(Failure failure, Set<String> causes) {
        return finish(WorkflowStatus.FAILED, Documents.write(failure, causes));
    }

    private Operation.Finish finish(WorkflowStatus status, @Nullable String content) {
        return Operation.Finish.of(
                        run.id(), run.epoch(), status, content, run.tools().now())
                .with(run.ties());
    }

    /** Refused if people want something else by now: then it is claimed again, and hears of it. */
    private Operation.Finish leftToPeople(WorkflowStatus status, @Nullable String content) {
        return finish(status, content).ifNoIntentAfter(run.mailbox().loaded());
    }

    /** Submits the run's last operation, if there is anything left to say. */
    private void conclude(@Nullable Operation end) {
        if (run.dropped() == Run.Drop.UNLOADED) {
            run.crashAtUnload(CrashPoint.BEFORE_UNLOAD);
        }
        Operation last = end != null && !run.isDropped() ? end : endOf(run.dropped());
        if (last == null) {
            run.retire();
        } else {
            run.conclude(last);
        }
    }

    private @Nullable Operation endOf(Run.@Nullable Drop why) {
        if (why == null || why == Run.Drop.TERMINATED || why == Run.Drop.DUPLICATE || why == Run.Drop.CRASHED) {
            return null;
        }
        if (why == Run.Drop.ATTENTION
                || (why == Run.Drop.ERROR && strikesNow() >= run.tools().strikes())) {
            return leftToPeople(
                    WorkflowStatus.NEEDS_ATTENTION,
                    Documents.write(
                            why == Run.Drop.ERROR
                                    ? Attentions.repeatedErrors(run.id(), strikesNow(), run.error())
                                    : report()));
        }
        if (why == Run.Drop.PAUSED) {
            return leftToPeople(WorkflowStatus.PAUSED, null);
        }
        if (why == Run.Drop.UNLOADED) {
            return unloaded();
        }
        Operation.Release release = Operation.Release.of(run.id(), run.epoch())
                .in(pauseAfter(why))
                .waitingFor(List.of()); // a message does not shorten the pause
        if (why == Run.Drop.STOPPED) {
            return release.ifWakeSeq(run.mailbox().seen()); // else it is given back with the seat, as people want it
        }
        return why == Run.Drop.ERROR ? release.withStrike() : release;
    }

    /** None for what people want: it may be that the workflow ends. */
    private Duration pauseAfter(Run.Drop why) {
        if (run.mailbox().hasNewIntent()) {
            return Duration.ZERO;
        }
        if (why == Run.Drop.ERROR) {
            return FIRST_PAUSE.multipliedBy(Math.min(60, 1L << Math.min(6, strikesNow() - 1)));
        }
        return why == Run.Drop.UNAVAILABLE ? FIRST_PAUSE : Duration.ZERO;
    }

    /**
     * Refused if something has come for it since it looked: then it is claimed again, and looks. What has come already though no thread has looked, since the
     * branch that waits for it was unwound, or just as the run was to leave, makes it due at once.
     */
    private Operation unloaded() {
        Set<String> topics = run.waiting().unloadedFor();
        Set<String> heard = new HashSet<>(topics);
        heard.removeAll(run.races().heldBack());
        Long seen = run.mailbox().seenUnless(heard);
        if (seen == null) {
            return Operation.Release.of(run.id(), run.epoch());
        }
        Instant until = earlier(run.waiting().unloadedUntil(), run.limit());
        Duration delay = until == null ? null : Duration.between(run.tools().exactNow(), until);
        Duration remaining = delay != null && delay.isNegative() ? Duration.ZERO : delay;
        List<String> waitsFor = topics.size() > MANY_TOPICS ? null : List.copyOf(topics);
        return Operation.Release.of(run.id(), run.epoch())
                .in(remaining)
                .ifWakeSeq(seen)
                .waitingFor(waitsFor);
    }

    private static @Nullable Instant earlier(@Nullable Instant one, @Nullable Instant other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return one.isBefore(other) ? one : other;
    }

    private int strikesNow() {
        return run.hasProgressed() ? 1 : run.workflow().strikes() + 1;
    }

    private Attention report() {
        return Objects.requireNonNull(run.attention(), "dropped for attention, without a report");
    }
}
