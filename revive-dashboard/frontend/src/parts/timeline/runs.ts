// SPDX-License-Identifier: Apache-2.0
import type { StepSummary, WorkflowDetail } from '../api';
import { isWait } from '../status';
import { instant } from '../time';

/**
 * The runs of a workflow, read from its step rows.
 *
 * A row keeps only the epoch of its last write, so runs are inferred: a run is seen from the earliest to the latest stamp of its epoch.
 * Stamps that an earlier run left in a row (the beginning of a sleep, the first attempt of a step that ran again) belong to the run
 * that was seen last before them.
 */
export interface Run {
    epoch: number;
    from: number;
    to: number;
}

/** An end is one from outside, in the middle of what it did. */
export type BreakKind = 'crash' | 'takeover' | 'wake' | 'end';

/** What lies between two runs. `to` is infinite while nobody has taken over. */
export interface Break {
    kind: BreakKind;
    /** The last thing that the earlier run is known to have done. */
    from: number;
    to: number;
    /** When the earlier run ended: told from outside, or else the best guess. */
    at: number;
    epochBefore: number;
    epochAfter: number | null;
}

export interface Stamps {
    step: StepSummary;
    first: number;
    started: number;
    recorded: number;
    next: number | null;
}

export type Subject = Pick<WorkflowDetail, 'steps' | 'status' | 'epoch' | 'createdAt' | 'finishedAt'>;

export interface Hints {
    now: number;
    /** Moments at which a process is known to have died. */
    deaths?: readonly number[];
    /** Whether the executor that holds the workflow lives; a dead one's workflow stays RUNNING until somebody takes it over. */
    executorAlive?: boolean;
}

export function stampsOf(step: StepSummary): Stamps {
    return {
        step,
        first: instant(step.firstStartedAt),
        started: instant(step.startedAt),
        recorded: instant(step.recordedAt),
        next: step.nextAt === null ? null : instant(step.nextAt),
    };
}

export function isEffect(step: StepSummary): boolean {
    return step.kind === 'STEP' || step.kind === 'TRANSACTION' || step.kind === 'POLL';
}

/** Whether the outcome was recorded about an attempt of an earlier run, not by the run that made it. */
export function isSettledLater(step: StepSummary): boolean {
    return (
        (step.status === 'COMPLETED' || step.status === 'FAILED' || step.status === 'CANCELLED') &&
        (step.resolution === 'FOUND_DONE' || step.resolution === 'GIVEN_UP' || step.resolution === 'DECIDED')
    );
}

export function runsOf(subject: Subject, stamps: readonly Stamps[], hints: Hints): Run[] {
    const seen = new Map<number, Run>();
    const touch = (epoch: number, at: number) => {
        const run = seen.get(epoch);
        if (run) {
            run.from = Math.min(run.from, at);
            run.to = Math.max(run.to, at);
        } else {
            seen.set(epoch, { epoch, from: at, to: at });
        }
    };
    const loose: number[] = [];
    for (const { step, first, started, recorded } of stamps) {
        if (isDecided(step)) {
            // The row is still that of the run which was cut off; a person wrote its end.
            touch(step.epoch, started);
            continue;
        }
        touch(step.epoch, recorded);
        if (isEffect(step) && !isSettledLater(step)) {
            touch(step.epoch, started);
        } else {
            loose.push(started);
        }
        if (first < started) {
            loose.push(first);
        }
    }
    const runs = [...seen.values()].sort((a, b) => a.epoch - b.epoch);
    adopt(runs, loose);

    if (subject.status === 'RUNNING' && hints.executorAlive !== false) {
        const last = runs.at(-1);
        if (last?.epoch === subject.epoch) {
            last.to = Math.max(last.to, hints.now);
        } else {
            const from = last ? hints.now : instant(subject.createdAt);
            runs.push({ epoch: subject.epoch, from, to: hints.now });
        }
    }
    const last = runs.at(-1);
    if (last && subject.finishedAt !== null) {
        const finished = instant(subject.finishedAt);
        if (subject.epoch > last.epoch) {
            // A run that found everything recorded left nothing but the end.
            runs.push({ epoch: subject.epoch, from: Math.max(finished, last.to), to: Math.max(finished, last.to) });
        } else {
            last.to = Math.max(last.to, finished);
        }
    }
    return runs;
}

function isDecided(step: StepSummary): boolean {
    return isSettledLater(step) && step.resolution === 'DECIDED';
}

function adopt(runs: Run[], loose: number[]): void {
    for (const at of loose.sort((a, b) => a - b)) {
        let owner: Run | undefined;
        for (const run of runs) {
            if (run.from <= at) {
                owner = run;
            }
        }
        const first = runs[0];
        if (owner) {
            owner.to = Math.max(owner.to, at);
        } else if (first && first.epoch > 1) {
            runs.unshift({ epoch: first.epoch - 1, from: at, to: at });
        } else if (first) {
            first.from = Math.min(first.from, at);
        }
    }
}

export function breaksOf(subject: Subject, runs: readonly Run[], stamps: readonly Stamps[], hints: Hints): Break[] {
    const usual = usualLength(stamps);
    const breaks: Break[] = [];
    runs.forEach((run, i) => {
        const next = runs[i + 1];
        if (next) {
            const kind = kindOf(run, next.from, stamps);
            breaks.push({
                kind,
                from: run.to,
                to: next.from,
                at: endOf(run.to, next.from, kind, usual, hints),
                epochBefore: run.epoch,
                epochAfter: next.epoch,
            });
        }
    });
    const last = runs.at(-1);
    if (last && isOver(subject, stamps, hints)) {
        const kind = subject.status === 'TERMINATED' ? 'end' : 'crash';
        breaks.push({
            kind,
            from: last.to,
            to: Infinity,
            at: endOf(last.to, hints.now, kind, usual, hints),
            epochBefore: last.epoch,
            epochAfter: null,
        });
    }
    return breaks;
}

/** Whether the last run was cut off and nobody has gone on since. */
function isOver(subject: Subject, stamps: readonly Stamps[], hints: Hints): boolean {
    if (subject.status === 'RUNNING') {
        return hints.executorAlive === false;
    }
    return stamps.some(({ step }) => step.isZombie);
}

function kindOf(run: Run, resumed: number, stamps: readonly Stamps[]): BreakKind {
    let waits = false;
    for (const { step, first, started, recorded, next } of stamps) {
        if (isEffect(step)) {
            const inRun = (at: number) => at >= run.from && at <= run.to;
            if (step.isZombie && step.epoch === run.epoch) {
                return 'crash';
            }
            if (isSettledLater(step) && inRun(started) && recorded > run.to) {
                return 'crash';
            }
            if (first < started && inRun(first) && started >= resumed) {
                if (step.zombies > 0) {
                    return 'crash';
                }
                waits = true;
            }
        } else if (isWait(step) && started <= run.to && (step.status === 'STARTED' ? (next ?? Infinity) : recorded) >= resumed) {
            waits = true;
        }
    }
    return waits ? 'wake' : 'takeover';
}

function endOf(from: number, to: number, kind: BreakKind, usual: number, hints: Hints): number {
    if (kind === 'wake') {
        return from;
    }
    const told = (hints.deaths ?? []).filter((at) => at >= from && at <= to);
    if (told.length > 0) {
        return Math.max(...told);
    }
    return kind === 'crash' ? from + Math.min((to - from) / 2, usual) : from;
}

/** The median length of an attempt: how long one that was cut off is drawn when nobody knows better. */
function usualLength(stamps: readonly Stamps[]): number {
    const lengths = stamps
        .filter(({ step }) => isEffect(step) && step.status === 'COMPLETED' && !isSettledLater(step))
        .map(({ started, recorded }) => recorded - started)
        .sort((a, b) => a - b);
    return lengths[Math.floor(lengths.length / 2)] ?? 1000;
}
