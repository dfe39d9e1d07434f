// SPDX-License-Identifier: Apache-2.0

export interface Interval {
    from: number;
    to: number;
}

/** A stretch of time and where it lies on the line from 0 to 1. */
export interface Piece extends Interval {
    u0: number;
    u1: number;
    collapsed: boolean;
}

export interface Scale {
    pieces: Piece[];
    at: (time: number) => number;
    timeAt: (u: number) => number;
}

/** Idle time may stay as long as this share of the busy time before it is folded. */
const IDLE_SHARE = 0.6;
const KEPT_SHARE = 0.35;
/** The part of the line that one fold takes, and that all of them take at most. */
const FOLD = 0.05;
const FOLDS = 0.3;

/** Maps time to a line from 0 to 1, long stretches without activity folded to a short piece each. */
export function scaleOf(domain: Interval, active: readonly Interval[], fold: boolean): Scale {
    const length = domain.to - domain.from;
    if (!(length > 0)) {
        return linear({ from: domain.from, to: domain.from + 1 });
    }
    const folded = fold ? foldedGaps(domain, active) : [];
    if (folded.length === 0) {
        return linear(domain);
    }
    const share = Math.min(FOLD, FOLDS / folded.length);
    const openLength = length - folded.reduce((sum, gap) => sum + gap.to - gap.from, 0);
    const openShare = 1 - share * folded.length;
    const pieces: Piece[] = [];
    let u = 0;
    let time = domain.from;
    const add = (to: number, collapsed: boolean) => {
        if (to > time) {
            const width = collapsed ? share : openLength > 0 ? ((to - time) / openLength) * openShare : 0;
            pieces.push({ from: time, to, u0: u, u1: u + width, collapsed });
            u += width;
            time = to;
        }
    };
    for (const gap of folded) {
        add(gap.from, false);
        add(gap.to, true);
    }
    add(domain.to, false);
    // Where all is folded the folds share the whole line.
    const stretch = u > 0 ? 1 / u : 1;
    return scaleOver(pieces.map((piece) => ({ ...piece, u0: piece.u0 * stretch, u1: piece.u1 * stretch })));
}

export function gapsOf(domain: Interval, active: readonly Interval[]): Interval[] {
    const gaps: Interval[] = [];
    let reached = domain.from;
    for (const { from, to } of [...active].sort((a, b) => a.from - b.from)) {
        if (from > reached) {
            gaps.push({ from: reached, to: Math.min(from, domain.to) });
        }
        reached = Math.max(reached, to);
        if (reached >= domain.to) {
            return gaps;
        }
    }
    if (reached < domain.to) {
        gaps.push({ from: reached, to: domain.to });
    }
    return gaps;
}

/** The longest gaps, until what is left is short beside the busy time; with each, all that are about as long. */
function foldedGaps(domain: Interval, active: readonly Interval[]): Interval[] {
    const gaps = gapsOf(domain, active).filter((gap) => gap.to > gap.from);
    let idle = gaps.reduce((sum, gap) => sum + gap.to - gap.from, 0);
    const busy = domain.to - domain.from - idle;
    if (busy <= 0 || idle <= busy * IDLE_SHARE) {
        return [];
    }
    const longestFirst = [...gaps].sort((a, b) => b.to - b.from - (a.to - a.from));
    let shortest = Infinity;
    for (const gap of longestFirst) {
        if (idle <= busy * KEPT_SHARE) {
            break;
        }
        shortest = gap.to - gap.from;
        idle -= shortest;
    }
    return gaps.filter((gap) => gap.to - gap.from >= shortest / 2);
}

function linear({ from, to }: Interval): Scale {
    return scaleOver([{ from, to, u0: 0, u1: 1, collapsed: false }]);
}

function scaleOver(pieces: Piece[]): Scale {
    const find = (before: (piece: Piece) => boolean): Piece => {
        let low = 0;
        let high = pieces.length - 1;
        while (low < high) {
            const middle = (low + high) >> 1;
            if (before(pieces[middle]!)) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return pieces[low]!;
    };
    return {
        pieces,
        at: (time) => {
            const piece = find((one) => time <= one.to);
            const part = piece.to > piece.from ? (time - piece.from) / (piece.to - piece.from) : 0;
            return piece.u0 + Math.min(1, Math.max(0, part)) * (piece.u1 - piece.u0);
        },
        timeAt: (u) => {
            const piece = find((one) => u <= one.u1);
            const part = piece.u1 > piece.u0 ? (u - piece.u0) / (piece.u1 - piece.u0) : 0;
            return piece.from + Math.min(1, Math.max(0, part)) * (piece.to - piece.from);
        },
    };
}

export interface Tick {
    u: number;
    elapsed: number;
    step: number;
}

const STEPS = [1, 2, 5];

/** Round times from the beginning, about `count` to the whole visible line, none in a fold. */
export function ticksOf(scale: Scale, visible: { u0: number; u1: number }, count: number): Tick[] {
    const origin = scale.pieces[0]!.from;
    const ticks: Tick[] = [];
    for (const piece of scale.pieces) {
        const u0 = Math.max(piece.u0, visible.u0);
        const u1 = Math.min(piece.u1, visible.u1);
        if (piece.collapsed || u1 <= u0) {
            continue;
        }
        const per = (piece.to - piece.from) / (piece.u1 - piece.u0);
        const wanted = (per * (visible.u1 - visible.u0)) / count;
        const step = roundStep(wanted);
        const from = piece.from + (u0 - piece.u0) * per - origin;
        const to = piece.from + (u1 - piece.u0) * per - origin;
        for (let i = Math.ceil(from / step); i * step <= to; i++) {
            ticks.push({ u: piece.u0 + (i * step - (piece.from - origin)) / per, elapsed: i * step, step });
        }
    }
    return ticks;
}

/** 1, 2 or 5 times a power of ten below a minute; minutes, hours and days above. */
export function roundStep(wanted: number): number {
    const clocks = [60_000, 120_000, 300_000, 600_000, 1_800_000, 3_600_000, 7_200_000, 21_600_000, 43_200_000, 86_400_000];
    if (wanted > 30_000) {
        return clocks.find((step) => step >= wanted) ?? Math.ceil(wanted / 86_400_000) * 86_400_000;
    }
    const power = 10 ** Math.floor(Math.log10(Math.max(wanted, 1e-3)));
    for (const step of STEPS) {
        if (step * power >= wanted * (1 - 1e-9)) {
            return step * power;
        }
    }
    return 10 * power;
}
