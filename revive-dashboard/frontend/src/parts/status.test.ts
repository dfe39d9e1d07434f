// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { childMeaning, isFailing, joinedMeaning, stepLabel, stepTone, WORKFLOW_MEANING, workflowMeaning } from './status';

describe('the meaning of a status', () => {
    const due = { name: 'payments', version: 1, status: 'DUE' } as const;
    const stranded = 'It waits for an executor that has v1 of payments: none that is alive has it.';

    it('says which code nobody has', () => {
        expect(workflowMeaning(due, [])).toBe(stranded);
        expect(workflowMeaning(due, [{ alive: true, types: ['payments v2', 'order v1'] }])).toBe(stranded);
        expect(workflowMeaning(due, [{ alive: true, types: [] }, { alive: false, types: ['payments v1'] }])).toBe(stranded);
        expect(workflowMeaning(due, [{ alive: false, types: null }])).toBe(stranded);
    });

    it('says so only if it is known', () => {
        expect(workflowMeaning(due, undefined)).toBe(WORKFLOW_MEANING.DUE);
        expect(workflowMeaning(due, [{ alive: true, types: null }])).toBe(WORKFLOW_MEANING.DUE);
        expect(workflowMeaning(due, [{ alive: true, types: ['payments v1'] }])).toBe(WORKFLOW_MEANING.DUE);
    });

    it('says so only of what is due', () => {
        expect(workflowMeaning({ ...due, status: 'COMPLETED' }, [])).toBe(WORKFLOW_MEANING.COMPLETED);
    });
});

describe('a wait for an awakeable', () => {
    const wait = { kind: 'COMPLETION', status: 'STARTED', isZombie: false, isCutOff: false } as const;

    it('waits until it is completed or failed', () => {
        expect(stepLabel(wait)).toBe('Waiting');
        expect(stepTone(wait)).toBe('wait');
        expect(stepLabel({ ...wait, status: 'COMPLETED' })).toBe('Completed');
        expect(stepTone({ ...wait, status: 'FAILED' })).toBe('bad');
    });
});

describe('a child', () => {
    const start = { kind: 'CHILD', status: 'COMPLETED', isZombie: false, isCutOff: false, child: { id: 'bill-42', whenParentEnds: 'CANCEL' } } as const;
    const result = { kind: 'RESULT', status: 'STARTED', isZombie: false, isCutOff: false, child: { id: 'bill-42', whenParentEnds: null } } as const;

    it('is waited for until it ends', () => {
        expect(stepLabel(result)).toBe('Waiting');
        expect(stepTone(result)).toBe('wait');
        expect(stepTone({ ...result, status: 'FAILED' })).toBe('bad');
        expect(stepLabel(start)).toBe('Completed');
    });

    it('is told with what becomes of it if its parent ends first', () => {
        expect(childMeaning(start)).toBe('It is cancelled if this workflow ends first.');
        expect(childMeaning(result)).toBeNull();
        expect(childMeaning({ ...start, child: null })).toBeNull();
    });

    it('is none if its id is taken', () => {
        const taken = { ...start, status: 'FAILED', child: result.child } as const;
        expect(childMeaning(taken)).toBe('This id belongs to another workflow, so no child was started.');
    });
});

describe('a poll that goes on', () => {
    const poll = { kind: 'POLL', status: 'BACKOFF', isZombie: false, isCutOff: false } as const;

    it('waits, and has not failed', () => {
        expect(stepLabel(poll)).toBe('Polling');
        expect(stepTone(poll)).toBe('wait');
        expect(isFailing(poll)).toBe(false);
        expect(isFailing({ ...poll, kind: 'STEP' })).toBe(true);
        expect(isFailing({ ...poll, status: 'FAILED' })).toBe(true);
    });
});

describe('a call that was cancelled', () => {
    it('has not failed, nor waits', () => {
        for (const kind of ['STEP', 'AWAIT', 'SLEEP', 'PARALLEL'] as const) {
            const call = { kind, status: 'CANCELLED', isZombie: false, isCutOff: false } as const;
            expect(stepLabel(call)).toBe('Cancelled');
            expect(stepTone(call)).toBe('idle');
            expect(isFailing(call)).toBe(false);
        }
    });
});

describe('a race', () => {
    it('tells who decided it, and who is cut off', () => {
        expect(joinedMeaning({ status: 'DECIDED', joined: { until: 'first', ends: 'RCN', first: 1 } })).toEqual([
            'The first branch that ends decides.',
            'It is decided by branch 2, and waits for 1 branch that is cut off.',
            'Branch 1 is cut off, and cleans up.',
            'Branch 2 completed, and decided it.',
            'Branch 3 never began.',
        ]);
        expect(joinedMeaning({ status: 'COMPLETED', joined: { until: 'time limit', ends: 'XC', first: -1 } })).toContain('Branch 1 was cut off.');
        expect(joinedMeaning({ status: 'STARTED', joined: { until: 'first success', ends: null, first: -1 } })).toEqual([
            'The first branch that completes decides.',
        ]);
        expect(joinedMeaning({ status: 'COMPLETED', joined: null })).toEqual([]);
    });

    it('that is decided is no failure, and who was cut off was not cancelled', () => {
        expect(stepLabel({ kind: 'PARALLEL', status: 'DECIDED', isZombie: false, isCutOff: false })).toBe('Decided');
        expect(stepLabel({ kind: 'AWAIT', status: 'CANCELLED', isZombie: false, isCutOff: true })).toBe('Cut off');
        expect(stepLabel({ kind: 'AWAIT', status: 'CANCELLED', isZombie: false, isCutOff: false })).toBe('Cancelled');
    });
});
