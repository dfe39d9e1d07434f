// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { StepSummary, WorkflowDetail } from '../parts/api';
import { picture } from './timeline';

const START = '2026-01-01T00:00:00Z';
const at = (ms: number) => new Date(Date.parse(START) + ms).toISOString();

function step(over: Partial<StepSummary>): StepSummary {
    return {
        stepId: 'Send', sequence: 1, scope: '', name: 'Send', key: 'Send#1', kind: 'STEP', status: 'COMPLETED', epoch: 1, attempt: 1, zombies: 0,
        resolution: null, branches: 0, firstStartedAt: at(0), startedAt: at(0), recordedAt: at(100), nextAt: null, isZombie: false, preview: null,
        outputChars: 0, ...over,
    };
}

function workflow(steps: StepSummary[], over: Partial<WorkflowDetail> = {}): WorkflowDetail {
    return {
        id: 'w', name: 'n', version: 1, status: 'RUNNING', epoch: 1, executorId: null, createdAt: START, finishedAt: null, dueAt: null, strikes: 0,
        wakeSeq: 0, now: START, input: { json: '1', chars: 1, isRedacted: false, isTruncated: false }, output: null, failure: null, attention: null,
        actions: [], steps, ...over,
    };
}

describe('the simulator\'s timeline', () => {
    it('shows an attempt that was cut off, and the one that came after it', () => {
        const shown = picture(workflow([step({ epoch: 2, attempt: 2, zombies: 1, startedAt: at(5000), recordedAt: at(6000) })]), Date.parse(at(6000)));

        expect(shown.bars.map((bar) => [bar.look, bar.from, bar.to])).toEqual([['cut', 0, 5000], ['done', 5000, 6000]]);
        expect(shown.runs).toEqual([{ at: 5000, epoch: 2 }]);
    });

    it('lets what is under way last until now', () => {
        const shown = picture(workflow([step({ status: 'STARTED' })]), Date.parse(at(700)));

        expect(shown.bars).toMatchObject([{ look: 'running', from: 0, to: 700 }]);
    });

    it('has a lane for each branch, and none for the parallel itself', () => {
        const shown = picture(workflow([step({}), step({ kind: 'PARALLEL', name: 'parallel' }), step({ scope: '2.2' }), step({ scope: '2.1' })]), Date.parse(at(100)));

        expect(shown.lanes).toEqual(['', '2.1', '2.2']);
        expect(shown.bars).toHaveLength(3);
    });
});
