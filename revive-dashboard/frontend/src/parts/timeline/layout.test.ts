// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { Segment } from './layout';
import { layoutOf } from './layout';
import { ms, step, workflow } from './testing';

const seconds = (time: number) => Math.round((time - ms(0)) * 1e3) / 1e6;
const drawn = (segments: Segment[]) => segments.map(({ kind, from, to }) => [kind, seconds(from), seconds(to)]);

describe('a workflow without trouble', () => {
    const layout = layoutOf(
        workflow(
            [
                step({ name: 'a', sequence: 1, started: 1, recorded: 2 }),
                step({ name: 'b', sequence: 2, started: 2, recorded: 4 }),
            ],
            'COMPLETED',
            1,
            5,
        ),
        { now: ms(60) },
    );

    it('is one run without breaks', () => {
        expect(layout.runs).toEqual([{ epoch: 1, from: ms(1), to: ms(5) }]);
        expect(layout.breaks).toEqual([]);
    });

    it('draws each step from its beginning to its record', () => {
        expect(layout.bars.map((bar) => drawn(bar.segments))).toEqual([[['attempt', 1, 2]], [['attempt', 2, 4]]]);
    });

    it('ends with the workflow, whatever the time is now', () => {
        expect(layout.domain).toEqual({ from: ms(0), to: ms(5) });
    });
});

describe('a workflow that runs', () => {
    const running = workflow([step({ name: 'a', sequence: 1, started: 1, status: 'STARTED' })], 'RUNNING');

    it('grows until now', () => {
        const layout = layoutOf(running, { now: ms(9) });

        expect(drawn(layout.bars[0]!.segments)).toEqual([['attempt', 1, 9]]);
        expect(layout.bars[0]!.segments[0]!.open).toBe(true);
        expect(layout.runs[0]!.to).toBe(ms(9));
    });

    it('stops growing where its process died, until somebody takes over', () => {
        const layout = layoutOf(running, { now: ms(9), deaths: [ms(3)], executorAlive: false });

        expect(drawn(layout.bars[0]!.segments)).toEqual([['attempt', 1, 3]]);
        expect(layout.breaks).toMatchObject([{ kind: 'crash', at: ms(3), to: Infinity, epochAfter: null }]);
    });

    it('has nothing recorded yet right after its start', () => {
        const layout = layoutOf(workflow([], 'RUNNING'), { now: ms(2) });

        expect(layout.runs).toEqual([{ epoch: 1, from: ms(0), to: ms(2) }]);
        expect(layout.rows.count).toBe(1);
    });
});

describe('a step that was cut off and ran again', () => {
    const steps = [
        step({ name: 'a', sequence: 1, started: 0, recorded: 1 }),
        step({ name: 'b', sequence: 2, first: 1, started: 10, recorded: 11, epoch: 2, attempt: 2, zombies: 1, resolution: 'RAN_AGAIN' }),
    ];

    it('shows a crash between the two runs', () => {
        const { runs, breaks } = layoutOf(workflow(steps, 'COMPLETED', 2, 11), { now: ms(20) });

        expect(runs.map(({ epoch }) => epoch)).toEqual([1, 2]);
        expect(breaks).toMatchObject([{ kind: 'crash', epochBefore: 1, epochAfter: 2, from: ms(1), to: ms(10) }]);
    });

    it('draws the cut attempt as long as a step usually takes', () => {
        const layout = layoutOf(workflow(steps, 'COMPLETED', 2, 11), { now: ms(20) });

        expect(drawn(layout.bars[1]!.segments)).toEqual([
            ['cut', 1, 2],
            ['attempt', 10, 11],
        ]);
    });

    it('draws it to the moment of death where that is known', () => {
        const layout = layoutOf(workflow(steps, 'COMPLETED', 2, 11), { now: ms(20), deaths: [ms(4)] });

        expect(drawn(layout.bars[1]!.segments)[0]).toEqual(['cut', 1, 4]);
    });

    it('knows the first run even if nothing else is left of it', () => {
        const layout = layoutOf(workflow([steps[1]!], 'COMPLETED', 2, 11), { now: ms(20) });

        expect(layout.runs.map(({ epoch }) => epoch)).toEqual([1, 2]);
        expect(layout.breaks[0]!.kind).toBe('crash');
    });
});

describe('a workflow that was ended from outside', () => {
    it('draws what it did to that end, and no crash', () => {
        const charge = step({ name: 'charge', sequence: 1, started: 1, status: 'STARTED', isZombie: true });
        const layout = layoutOf(workflow([charge], 'TERMINATED', 1, 5), { now: ms(100) });

        expect(layout.breaks).toMatchObject([{ kind: 'end', at: ms(5), to: Infinity, epochAfter: null }]);
        expect(drawn(layout.bars[0]!.segments)).toEqual([['cut', 1, 5]]);
    });

    it('draws a wait to its cancellation', () => {
        const wait = step({ name: 'approval', sequence: 1, kind: 'AWAIT', status: 'CANCELLED', started: 1, recorded: 4 });
        const layout = layoutOf(workflow([wait], 'CANCELLED', 1, 5), { now: ms(100) });

        expect(layout.breaks).toEqual([]);
        expect(drawn(layout.bars[0]!.segments)).toEqual([['sleep', 1, 4]]);
    });
});

describe('a zombie that nobody has settled', () => {
    it('ends at a crash after which nothing follows', () => {
        const zombie = step({ name: 'z', sequence: 1, started: 1, status: 'STARTED', isZombie: true });
        const layout = layoutOf(workflow([zombie], 'NEEDS_ATTENTION', 2), { now: ms(100) });

        expect(layout.breaks).toMatchObject([{ kind: 'crash', epochAfter: null }]);
        expect(layout.bars[0]!.segments).toMatchObject([{ kind: 'cut', from: ms(1) }]);
        expect(layout.domain.to).toBeLessThan(ms(100));
    });

    it('is settled by the next run, which found out', () => {
        const found = step({ name: 'z', sequence: 1, started: 1, recorded: 9, epoch: 2, zombies: 1, resolution: 'FOUND_DONE' });
        const layout = layoutOf(workflow([found], 'COMPLETED', 2, 9), { now: ms(20), deaths: [ms(3)] });

        expect(layout.breaks[0]!.kind).toBe('crash');
        expect(drawn(layout.bars[0]!.segments)).toEqual([
            ['cut', 1, 3],
            ['settled', 3, 9],
        ]);
    });
});

it('shows what a person had run again as an attempt of the run after it', () => {
    const again = step({ name: 'z', sequence: 1, first: 1, started: 50, recorded: 60, epoch: 3, attempt: 2, zombies: 1, resolution: 'DECIDED_AGAIN' });
    const layout = layoutOf(workflow([again], 'COMPLETED', 3, 61), { now: ms(70), deaths: [ms(4)] });

    expect(drawn(layout.bars[0]!.segments)).toEqual([
        ['cut', 1, 4],
        ['attempt', 50, 60],
    ]);
});

it('shows what a person decided about as cut off, and the run after it', () => {
    const steps = [
        step({ name: 'a', sequence: 1, started: 0, recorded: 1 }),
        step({ name: 'z', sequence: 2, started: 1, recorded: 50, zombies: 1, resolution: 'DECIDED' }),
    ];
    const layout = layoutOf(workflow(steps, 'COMPLETED', 3, 51), { now: ms(60) });

    expect(layout.runs.map(({ epoch }) => epoch)).toEqual([1, 3]);
    expect(layout.breaks).toMatchObject([{ kind: 'crash', from: ms(1), to: ms(51) }]);
    expect(drawn(layout.bars[1]!.segments)).toEqual([
        ['cut', 1, 2],
        ['settled', 2, 50],
    ]);
});

it('shows a step that a retry had asked again as done by the run that did it', () => {
    const retried = step({ name: 'z', sequence: 1, started: 60, recorded: 70, epoch: 3, resolution: 'RETRIED' });
    const layout = layoutOf(workflow([retried], 'COMPLETED', 3, 71), { now: ms(80) });

    expect(layout.bars[0]!.segments.map(({ kind }) => kind)).not.toContain('settled');
});

describe('waiting', () => {
    it('wakes a sleeper in its next run, without a crash', () => {
        const steps = [
            step({ name: 'a', sequence: 1, started: 0, recorded: 1 }),
            step({ name: 'nap', sequence: 2, kind: 'SLEEP', started: 1, recorded: 61, epoch: 2 }),
            step({ name: 'b', sequence: 3, started: 61, recorded: 62, epoch: 2 }),
        ];
        const layout = layoutOf(workflow(steps, 'COMPLETED', 2, 62), { now: ms(70) });

        expect(layout.breaks).toMatchObject([{ kind: 'wake', from: ms(1), to: ms(61) }]);
        expect(drawn(layout.bars[1]!.segments)).toEqual([['sleep', 1, 61]]);
    });

    it.each(['AWAIT', 'COMPLETION', 'RESULT'] as const)('draws a wait for a message as a wait: %s', (kind) => {
        const wait = step({ name: 'paid', sequence: 1, kind, status: 'STARTED', started: 1 });
        const layout = layoutOf(workflow([wait], 'DUE'), { now: ms(5) });

        expect(drawn(layout.bars[0]!.segments)).toEqual([['sleep', 1, 5]]);
    });

    it('draws the start of a child as done at once, and its parent as woken by its end', () => {
        const steps = [
            step({ name: 'bill', sequence: 1, kind: 'CHILD', started: 1 }),
            step({ name: 'bill', sequence: 2, kind: 'RESULT', started: 1, recorded: 61, epoch: 2 }),
        ];
        const layout = layoutOf(workflow(steps, 'COMPLETED', 2, 62), { now: ms(70) });

        expect(layout.bars.map(({ from, to }) => [seconds(from), seconds(to)])).toEqual([
            [1, 1],
            [1, 61],
        ]);
        expect(layout.breaks).toMatchObject([{ kind: 'wake', from: ms(1), to: ms(61) }]);
    });

    it('draws a sleep no further than now', () => {
        const nap = step({ name: 'nap', sequence: 1, kind: 'SLEEP', status: 'STARTED', started: 1, next: 1000 });
        const layout = layoutOf(workflow([nap], 'DUE'), { now: ms(5) });

        expect(drawn(layout.bars[0]!.segments)).toEqual([['sleep', 1, 5]]);
    });

    it('shows a failed attempt and the pause after it', () => {
        const steps = [step({ name: 'a', sequence: 1, status: 'BACKOFF', started: 1, recorded: 2, next: 8, attempt: 1 })];
        const layout = layoutOf(workflow(steps, 'DUE'), { now: ms(4) });

        expect(drawn(layout.bars[0]!.segments)).toEqual([
            ['attempt', 1, 2],
            ['backoff', 2, 8],
        ]);
        expect(layout.domain.to).toBe(ms(4));
    });

    it('shows the last look of a poll and the pause after it, and the looks before as one', () => {
        const poll = step({ name: 'p', sequence: 1, kind: 'POLL', status: 'BACKOFF', first: 1, started: 7, recorded: 8, next: 10, attempt: 4, epoch: 2 });
        const layout = layoutOf(workflow([poll], 'DUE', 2), { now: ms(9) });

        expect(drawn(layout.bars[0]!.segments)).toEqual([
            ['earlier', 1, 7],
            ['attempt', 7, 8],
            ['backoff', 8, 10],
        ]);
        expect(layout.breaks).toMatchObject([{ kind: 'wake', from: ms(1), to: ms(7) }]);
    });

    it('sums up attempts of which only the first beginning is stored', () => {
        const steps = [step({ name: 'a', sequence: 1, first: 1, started: 7, recorded: 8, attempt: 4 })];

        expect(drawn(layoutOf(workflow(steps), { now: ms(9) }).bars[0]!.segments)).toEqual([
            ['earlier', 1, 7],
            ['attempt', 7, 8],
        ]);
    });
});

it('says "taken over" where a run ended between two steps', () => {
    const steps = [
        step({ name: 'a', sequence: 1, started: 0, recorded: 1 }),
        step({ name: 'b', sequence: 2, started: 9, recorded: 10, epoch: 3 }),
    ];

    expect(layoutOf(workflow(steps, 'COMPLETED', 3, 10), { now: ms(11) }).breaks).toMatchObject([
        { kind: 'takeover', epochBefore: 1, epochAfter: 3, at: ms(1) },
    ]);
});

it('lays out ten thousand steps in a moment', () => {
    const steps = Array.from({ length: 10_000 }, (_, i) => step({ name: 's', sequence: i + 1, started: i, recorded: i + 1 }));
    const begin = performance.now();
    const layout = layoutOf(workflow(steps), { now: ms(10_001) });

    expect(layout.byRow[0]).toHaveLength(10_000);
    expect(performance.now() - begin).toBeLessThan(1000);
});
