// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { gapsOf, roundStep, scaleOf, ticksOf } from './scale';

const domain = { from: 1000, to: 11_000 };

describe('a scale', () => {
    it('is straight while there is little idle time', () => {
        const scale = scaleOf(domain, [{ from: 1000, to: 10_000 }], true);

        expect(scale.pieces).toHaveLength(1);
        expect(scale.at(6000)).toBeCloseTo(0.5);
    });

    it('folds a long wait to a short piece', () => {
        const scale = scaleOf(
            { from: 0, to: 100_000 },
            [
                { from: 0, to: 1000 },
                { from: 99_000, to: 100_000 },
            ],
            true,
        );

        expect(scale.pieces.map((piece) => piece.collapsed)).toEqual([false, true, false]);
        expect(scale.pieces[1]!.u1 - scale.pieces[1]!.u0).toBeCloseTo(0.05);
        expect(scale.at(100_000)).toBeCloseTo(1);
    });

    it('does not fold when asked not to', () => {
        expect(scaleOf({ from: 0, to: 100_000 }, [{ from: 0, to: 10 }], false).pieces).toHaveLength(1);
    });

    it('folds all waits of a loop alike, and leaves room for the work', () => {
        const active = Array.from({ length: 100 }, (_, i) => ({ from: i * 1000, to: i * 1000 + 50 }));
        const scale = scaleOf({ from: 0, to: 100_000 }, active, true);
        const folds = scale.pieces.filter((piece) => piece.collapsed);

        expect(folds).toHaveLength(100);
        expect(folds.reduce((sum, { u0, u1 }) => sum + u1 - u0, 0)).toBeCloseTo(0.3);
    });

    it('goes there and back', () => {
        const scale = scaleOf({ from: 0, to: 100_000 }, [{ from: 0, to: 1000 }, { from: 50_000, to: 52_000 }], true);

        for (const time of [0, 1, 999, 1000, 20_000, 50_500, 100_000]) {
            expect(scale.timeAt(scale.at(time))).toBeCloseTo(time, 3);
        }
    });

    it('never runs backwards', () => {
        const scale = scaleOf({ from: 0, to: 50_000 }, [{ from: 100, to: 900 }, { from: 30_000, to: 30_001 }], true);
        let last = -1;
        for (let time = 0; time <= 50_000; time += 97) {
            expect(scale.at(time)).toBeGreaterThanOrEqual(last);
            last = scale.at(time);
        }
    });

    it('bears a workflow of no length', () => {
        expect(scaleOf({ from: 5, to: 5 }, [], true).at(5)).toBe(0);
    });
});

it('finds the gaps between what overlaps', () => {
    expect(gapsOf({ from: 0, to: 10 }, [{ from: 2, to: 5 }, { from: 1, to: 3 }, { from: 4, to: 6 }])).toEqual([
        { from: 0, to: 1 },
        { from: 6, to: 10 },
    ]);
    expect(gapsOf({ from: 0, to: 10 }, [{ from: 0, to: 12 }])).toEqual([]);
});

describe('ticks', () => {
    it('are round and count from the beginning', () => {
        const ticks = ticksOf(scaleOf(domain, [domain], true), { u0: 0, u1: 1 }, 5);

        expect(ticks.map(({ elapsed }) => elapsed)).toEqual([0, 2000, 4000, 6000, 8000, 10_000]);
    });

    it('are finer where a person zooms in, and only in sight', () => {
        const ticks = ticksOf(scaleOf(domain, [domain], true), { u0: 0.5, u1: 0.51 }, 5);

        expect(ticks.every(({ u }) => u >= 0.5 && u <= 0.51)).toBe(true);
        expect(ticks[1]!.elapsed - ticks[0]!.elapsed).toBe(20);
    });

    it('are not drawn in a fold', () => {
        const scale = scaleOf({ from: 0, to: 100_000 }, [{ from: 0, to: 1000 }, { from: 99_000, to: 100_000 }], true);

        expect(ticksOf(scale, { u0: 0, u1: 1 }, 10).every(({ elapsed }) => elapsed <= 1000 || elapsed >= 99_000)).toBe(true);
    });
});

it('steps in units of the clock above half a minute', () => {
    expect([0.3, 3, 700, 20_000, 40_000, 1_000_000, 50_000_000].map(roundStep)).toEqual([
        0.5, 5, 1000, 20_000, 60_000, 1_800_000, 86_400_000,
    ]);
});
