// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { dateTime } from '../../parts/time';
import { at, ms, step } from '../../parts/timeline/testing';
import { intentText, isNewsOfChild, openWaits, waitText } from './told';

describe('what a workflow waits for', () => {
    const wait = step({ name: 'approval', sequence: 2, kind: 'AWAIT', status: 'STARTED', started: 1, next: 60 });

    it('is told by its signal, and until when', () => {
        expect(waitText(wait)).toBe(`Waits for the signal approval until ${dateTime(at(60))}`);
        expect(waitText({ ...wait, nextAt: null })).toBe('Waits for the signal approval');
        expect(waitText({ ...wait, kind: 'COMPLETION', nextAt: null })).toBe('Waits for the awakeable approval');
        const child = { id: 'bill-42', whenParentEnds: null };
        expect(waitText({ ...wait, kind: 'RESULT', nextAt: null, child })).toBe('Waits for the child bill-42');
    });

    it('is each wait that is not over', () => {
        const received = step({ name: 'approval', sequence: 1, kind: 'AWAIT', started: 0 });
        const nap = step({ name: 'nap', sequence: 3, kind: 'SLEEP', status: 'STARTED', started: 1 });
        expect(openWaits([received, wait, nap])).toEqual([wait]);
        const start = step({ name: 'bill', sequence: 4, kind: 'CHILD', started: 1 });
        const result = step({ name: 'bill', sequence: 5, kind: 'RESULT', status: 'STARTED', started: 1 });
        expect(openWaits([start, result])).toEqual([result]);
        expect(openWaits([{ ...wait, status: 'CANCELLED' }])).toEqual([]);
    });

    it('is no wait in a branch whose parallel is joined', () => {
        const parallel = step({ name: 'parallel', sequence: 2, kind: 'PARALLEL', status: 'STARTED', branches: 2, started: 0 });
        const inner = step({ name: 'parallel', sequence: 1, scope: '2.1', kind: 'PARALLEL', status: 'STARTED', branches: 1, started: 0 });
        const inside = { ...wait, scope: '2.1.1.1' };
        expect(openWaits([parallel, inner, inside])).toEqual([inside]);
        expect(openWaits([parallel, { ...inner, status: 'FAILED' }, inside])).toEqual([]);
        expect(openWaits([{ ...parallel, status: 'FAILED' }, inner, inside])).toEqual([]);
        expect(openWaits([parallel, { ...inner, status: 'DECIDED' }, inside])).toEqual([inside]); // it may clean up
    });
});

it('knows the news of a child among messages', () => {
    const kinds = (['SIGNAL', 'RESULT', 'END', 'UNKNOWN'] as const).filter((kind) => isNewsOfChild({ kind }));
    expect(kinds).toEqual(['RESULT', 'END']);
});

describe('what people want of a workflow', () => {
    const cancel = { kind: 'CANCEL', askedAt: at(0), reason: 'too expensive' } as const;
    const running = { status: 'RUNNING', steps: [] } as const;

    it('is told with its age and its reason', () => {
        expect(intentText(cancel, running, ms(3))).toBe('Cancel asked, 3 s ago: too expensive');
        expect(intentText({ ...cancel, reason: null }, running, ms(0))).toBe('Cancel asked, just now');
    });

    it('is told otherwise once it is heeded', () => {
        const heeded = { status: 'RUNNING', steps: [{ status: 'CANCELLED', isCutOff: false }] } as const;
        const cutOff = { status: 'RUNNING', steps: [{ status: 'CANCELLED', isCutOff: true }] } as const;
        expect(intentText(cancel, cutOff, ms(3))).toBe('Cancel asked, 3 s ago: too expensive');
        expect(intentText(cancel, heeded, ms(3))).toBe('Cancelled, and cleans up, 3 s ago: too expensive');
        const pause = { ...cancel, kind: 'PAUSE', reason: null } as const;
        expect(intentText(pause, running, ms(3))).toBe('Pause asked, 3 s ago');
        expect(intentText(pause, { status: 'PAUSED', steps: [] }, ms(3))).toBe('Paused, 3 s ago');
    });
});
