// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An exception as data: what is recorded, and what a replay shows. No class named here is ever loaded.
 *
 * @param kind how the step or workflow failed
 * @param type the exception's class name
 * @param message its message, or null; cut at 4,000 characters
 * @param trace its first stack frames, at most 16
 * @param cause its cause, or null; of a chain longer than 8 the first seven and the last, which is the root
 */
public record Failure(
        Kind kind,
        String type,
        @Nullable String message,
        List<String> trace,
        @Nullable Failure cause) {
    private static final int MAX_MESSAGE = 4_000;
    private static final int MAX_FRAMES = 16;
    private static final int MAX_DEPTH = 8;
    /** A getCause that makes a new exception each time it is asked has no root. */
    private static final int MAX_LINKS = 1_000;

    /** How something failed. */
    public enum Kind {
        /** It threw. */
        THROWN,
        /** It took too long. */
        TIMED_OUT,
        /** It may or may not have happened. */
        OUTCOME_UNKNOWN,
        /** Its workflow was cancelled; with {@link Resolution#GIVEN_UP} the call may or may not have happened. */
        CANCELLED,
        /** Somebody ended it as it stood. */
        TERMINATED,
        /** Its value could not be written as JSON, or not be read back. */
        NOT_SERIALIZABLE
    }

    /** Copies the trace. */
    public Failure {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(type, "type");
        trace = trace == null ? List.of() : List.copyOf(trace);
    }

    /**
     * Describes an exception.
     *
     * @param kind how it failed
     * @param thrown the exception
     * @return its description
     */
    public static Failure of(Kind kind, Throwable thrown) {
        List<Throwable> chain = chain(thrown);
        Failure failure = null;
        for (int depth = Math.min(MAX_DEPTH, chain.size()); depth > 0; depth--) {
            Throwable link = failure == null ? chain.get(chain.size() - 1) : chain.get(depth - 1);
            failure = of(depth == 1 ? kind : Kind.THROWN, link, failure);
        }
        return Objects.requireNonNull(failure, "a chain has its first link");
    }

    /**
     * What a person's decision that a step stays unknown records.
     *
     * @param reason the person's words
     * @return a failure that the workflow sees as a {@link StepOutcomeUnknownException}
     */
    public static Failure decided(String reason) {
        return new Failure(Kind.OUTCOME_UNKNOWN, StepOutcomeUnknownException.class.getName(), reason, List.of(), null);
    }

    /**
     * That somebody has cancelled a workflow, or wants it paused.
     *
     * @param reason the person's words, or null; cut at 4,000 characters, since every call that ends with it has a copy
     * @return what a {@link CancelledException} tells
     */
    public static Failure cancelled(@Nullable String reason) {
        return new Failure(Kind.CANCELLED, CancelledException.class.getName(), cut(reason), List.of(), null);
    }

    /**
     * That a parallel was decided without one of its branches.
     *
     * @param reason what decided it
     * @return what a {@link CancelledException} tells
     */
    public static Failure cutOff(String reason) {
        return new Failure(Kind.CANCELLED, Parallel.class.getName(), reason, List.of(), null);
    }

    /**
     * Whether it is a branch that was cancelled, and not its workflow.
     *
     * @return true if its parallel was decided without it
     */
    boolean isCutOff() {
        return kind == Kind.CANCELLED && type.equals(Parallel.class.getName());
    }

    /**
     * That somebody has ended a workflow as it stood.
     *
     * @param reason the person's words, or null; cut at 4,000 characters
     * @return what a {@link WorkflowTerminatedException} tells
     */
    public static Failure terminated(@Nullable String reason) {
        return new Failure(Kind.TERMINATED, WorkflowTerminatedException.class.getName(), cut(reason), List.of(), null);
    }

    private static List<Throwable> chain(Throwable thrown) {
        Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        List<Throwable> inOrder = new ArrayList<>();
        Throwable link = thrown;
        while (link != null && inOrder.size() < MAX_LINKS && seen.add(link)) {
            inOrder.add(link);
            link = asked(link::getCause);
        }
        return inOrder;
    }

    private static Failure of(Kind kind, Throwable thrown, @Nullable Failure cause) {
        return new Failure(kind, thrown.getClass().getName(), cut(message(thrown)), frames(thrown), cause);
    }

    /** A user's getMessage may itself throw; a failure must be recordable all the same. */
    private static @Nullable String message(Throwable thrown) {
        try {
            return thrown.getMessage();
        } catch (RuntimeException | Error e) {
            return "(getMessage() threw " + e.getClass().getName() + ")";
        }
    }

    /** Nor may any other method that a user's exception overrides. */
    private static <T> @Nullable T asked(Supplier<@Nullable T> question) {
        try {
            return question.get();
        } catch (RuntimeException | Error e) {
            return null;
        }
    }

    private static @Nullable String cut(@Nullable String message) {
        return message == null || message.length() <= MAX_MESSAGE ? message : message.substring(0, MAX_MESSAGE) + "...";
    }

    private static List<String> frames(Throwable thrown) {
        List<String> frames = new ArrayList<>();
        StackTraceElement[] trace = asked(thrown::getStackTrace);
        for (int i = 0; trace != null && i < trace.length && i < MAX_FRAMES; i++) {
            frames.add(String.valueOf(trace[i]));
        }
        return frames;
    }

    /**
     * One line: the class name and the message.
     *
     * @return for logs and messages
     */
    public String summary() {
        return message == null ? type : type + ": " + message;
    }
}
