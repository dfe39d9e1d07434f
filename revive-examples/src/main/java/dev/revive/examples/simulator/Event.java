// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.simulator;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something that a worker reports, or that the page's process saw. All that the page tells beside the tables and the outside world is told from
 * these, in their order.
 *
 * @param time when
 * @param kind what
 * @param worker who, or null if it was the person
 * @param pid the worker's process
 * @param step the name of the step or of the signal, where it is about one
 * @param number an attempt, an epoch, an exit code, or a time
 * @param text more about it, as the kind says
 * @param steps names of steps, as the kind says
 */
record Event(
        Instant time,
        Kind kind,
        @Nullable String worker,
        @Nullable Long pid,
        @Nullable String step,
        long number,
        @Nullable String text,
        List<String> steps) {
    enum Kind {
        /** The person planned; text: the plan as JSON. */
        PLANNED,
        /** The person did something; text: what. */
        PERSON,
        /** A worker's JVM was started. */
        STARTED,
        /** It has a seat at the store; text: the executor's id. */
        SEATED,
        /** A run of the workflow begins; number: its epoch, steps: what is recorded and will be skipped. */
        RUN,
        /** An effect begins; number: the attempt. */
        BEGAN,
        /** It has happened; number: the attempt. */
        HAPPENED,
        /** It was interrupted before it happened; number: the attempt. */
        GAVE_UP,
        /** The world was asked about an attempt in doubt; text: what it found, or null if it did not happen. */
        ASKED,
        /** The world knew its key, and did not do it again; text: what it had done. */
        RECOGNISED,
        /** A step's state is durable, or that a call was cancelled; number: the attempt, text: its status, steps: the zombie's resolution, if any. */
        RECORDED,
        /** The wait for a signal is durable; number: for how many milliseconds at most. */
        WAITS,
        /** While it waits, no process holds the workflow. */
        RELEASED,
        /** The sleep is durable; number: for how many milliseconds. */
        SLEEPS,
        /** That it is over is durable. */
        WOKE,
        /** The person cancelled the workflow. */
        CALLED_OFF,
        /** The person sent the signal. */
        SENT,
        /** That it is received is durable. */
        RECEIVED,
        /** That it did not come in time is durable. */
        TIME_UP,
        /** A child and the step that starts it are durable; step: the name of its workflow, text: its id. */
        CHILD,
        /** The wait for a child is durable; step: the name of its workflow, text: its id. */
        WAITS_FOR_CHILD,
        /** What came of a child is durable in its parent; step: the name of its workflow, text: COMPLETED or FAILED. */
        CHILD_ENDED,
        /** A write was refused; number: the attempt, text: the status that was not written. */
        REFUSED,
        /** The executor found its lease lapsed; text: its id. */
        LEASE_LOST,
        /** The workflow's end is durable; text: its status. */
        FINISHED,
        /** It halts as planned; text: where, in words. */
        HALTING,
        /** The person stopped its process for a while. */
        FROZEN,
        /** The person let it go on. */
        THAWED,
        /** Its process is gone; number: the exit code, text: how, in words. */
        ENDED
    }

    Event {
        steps = List.copyOf(steps);
    }

    static Event of(Kind kind, @Nullable String worker, @Nullable Long pid, long number, @Nullable String text) {
        return new Event(Instant.now(), kind, worker, pid, null, number, text, List.of());
    }

    static Event ofPerson(String text) {
        return of(Kind.PERSON, null, null, 0, text);
    }

    static Event ofSignal(String name) {
        return new Event(Instant.now(), Kind.SENT, null, null, name, 0, null, List.of());
    }

    boolean isOf(String name) {
        return name.equals(worker);
    }

    /** The step; only where the kind has one. */
    String stepName() {
        return step == null ? "" : step;
    }

    String workerName() {
        return worker == null ? "" : worker;
    }
}
