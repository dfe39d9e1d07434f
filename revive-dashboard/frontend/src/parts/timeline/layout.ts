// SPDX-License-Identifier: Apache-2.0
import type { StepSummary } from '../api';
import { isWait } from '../status';
import { instant } from '../time';
import { type Rows, rowsOf } from './rows';
import {
    type Break,
    breaksOf,
    type Hints,
    isEffect,
    isSettledLater,
    type Run,
    runsOf,
    type Stamps,
    stampsOf,
    type Subject,
} from './runs';
import type { Interval } from './scale';

export type SegmentKind =
    /** The last attempt, or a poll's last look. */
    | 'attempt'
    /** Attempts before it, and the waits between them: only their beginning and end are stored. */
    | 'earlier'
    /** An attempt that was cut off: whether it had its effect, nobody recorded. */
    | 'cut'
    /** From the cut to the moment at which its outcome was settled. */
    | 'settled'
    | 'backoff'
    | 'sleep'
    | 'parallel';

export interface Segment extends Interval {
    kind: SegmentKind;
    /** Still going on. */
    open: boolean;
}

export interface Bar extends Interval {
    /** The place in program order. */
    index: number;
    step: StepSummary;
    row: number;
    segments: Segment[];
}

export interface Layout {
    bars: Bar[];
    /** The bars of each row, by their beginning. */
    byRow: Bar[][];
    rows: Rows;
    runs: Run[];
    breaks: Break[];
    domain: Interval;
    active: Interval[];
}

/** Everything that the timeline draws, as times and rows; pixels come later. */
export function layoutOf(subject: Subject, hints: Hints): Layout {
    const stamps = subject.steps.map(stampsOf);
    const runs = runsOf(subject, stamps, hints);
    const breaks = breaksOf(subject, runs, stamps, hints);
    const rows = rowsOf(subject.steps);
    const bars = stamps.map((one, index) => barOf(one, index, rows, breaks, hints.now));
    const byRow: Bar[][] = Array.from({ length: rows.count }, () => []);
    for (const bar of bars) {
        byRow[bar.row]!.push(bar);
    }
    for (const row of byRow) {
        row.sort((a, b) => a.from - b.from || a.index - b.index);
    }
    return { bars, byRow, rows, runs, breaks, domain: domainOf(subject, bars, runs, breaks, hints), active: activeOf(bars) };
}

function barOf(stamps: Stamps, index: number, rows: Rows, breaks: readonly Break[], now: number): Bar {
    const segments = isEffect(stamps.step) ? effect(stamps, breaks, now) : waiting(stamps, breaks, now);
    return {
        index,
        step: stamps.step,
        row: rows.row.get(stamps.step.scope) ?? 0,
        segments,
        from: segments[0]!.from,
        to: Math.max(...segments.map((segment) => segment.to)),
    };
}

function effect({ step, first, started, recorded, next }: Stamps, breaks: readonly Break[], now: number): Segment[] {
    const segments: Segment[] = [];
    const add = (kind: SegmentKind, from: number, to: number, open = false) =>
        segments.push({ kind, from, to: Math.max(from, to), open });

    if (first < started) {
        const cut = step.zombies > 0 ? breaks.find((one) => one.kind !== 'wake' && one.at >= first && one.to <= started) : undefined;
        if (cut) {
            add('cut', first, cut.at);
            if (step.attempt > 2 && cut.to < started) {
                add('earlier', cut.to, started);
            }
        } else {
            add('earlier', first, started);
        }
    }
    if (step.status === 'STARTED') {
        const cut = step.isZombie ? breaks.find((one) => one.kind !== 'wake' && one.at >= started) : undefined;
        if (step.isZombie) {
            add('cut', started, cut?.at ?? started);
        } else {
            add('attempt', started, cutOff(breaks, started) ?? now, cutOff(breaks, started) === null);
        }
    } else if (step.status === 'BACKOFF') {
        add('attempt', started, recorded);
        add('backoff', recorded, next ?? now, true);
    } else if (isSettledLater(step)) {
        const cut = breaks.find((one) => one.kind !== 'wake' && one.at >= started && one.from <= recorded);
        add('cut', started, Math.min(cut?.at ?? started, recorded));
        add('settled', segments.at(-1)!.to, recorded);
    } else {
        add('attempt', started, recorded);
    }
    return segments;
}

function waiting({ step, first, recorded, next }: Stamps, breaks: readonly Break[], now: number): Segment[] {
    const kind = isWait(step) ? 'sleep' : 'parallel';
    const isOpen = step.status === 'STARTED' || step.status === 'BACKOFF' || step.status === 'DECIDED';
    if (!isOpen) {
        return [{ kind, from: first, to: Math.max(first, recorded), open: false }];
    }
    const end = kind === 'sleep' ? Math.max(next ?? now, first) : (cutOff(breaks, first) ?? now);
    return [{ kind, from: first, to: Math.max(first, Math.min(end, Math.max(now, first))), open: true }];
}

/** When all that was going on ended, if nobody has taken over since. */
function cutOff(breaks: readonly Break[], from: number): number | null {
    const last = breaks.at(-1);
    return last && last.to === Infinity && last.at >= from ? last.at : null;
}

function domainOf(
    subject: Subject,
    bars: readonly Bar[],
    runs: readonly Run[],
    breaks: readonly Break[],
    hints: Hints,
): Interval {
    const from = instant(subject.createdAt);
    let to = from;
    for (const bar of bars) {
        to = Math.max(to, Math.min(bar.to, Math.max(hints.now, bar.from)));
    }
    for (const run of runs) {
        to = Math.max(to, run.to);
    }
    for (const one of breaks) {
        to = Math.max(to, one.at);
    }
    return { from: Math.min(from, ...runs.slice(0, 1).map((run) => run.from)), to: Math.max(to, from + 1) };
}

/** When something was really being done: waiting is not activity, so it may be folded. */
function activeOf(bars: readonly Bar[]): Interval[] {
    const active: Interval[] = [];
    for (const bar of bars) {
        for (const { kind, from, to } of bar.segments) {
            if (kind === 'attempt' || kind === 'cut') {
                active.push({ from, to });
            }
        }
    }
    return active;
}
