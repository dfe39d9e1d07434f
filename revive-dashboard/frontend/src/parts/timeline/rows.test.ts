// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { parentOf, rowsOf } from './rows';
import { step } from './testing';

const parallel = (scope: string, sequence: number, branches: number) =>
    step({ name: 'parallel', scope, sequence, kind: 'PARALLEL', branches, started: 0 });
const inside = (scope: string) => step({ name: 's', scope, sequence: 1, started: 0 });

describe('rows', () => {
    it('are one for a workflow without branches', () => {
        expect(rowsOf([inside('')])).toMatchObject({ count: 1, labels: ['Workflow'] });
        expect(rowsOf([]).count).toBe(1);
    });

    it('are one more for each branch, in their order', () => {
        const rows = rowsOf([parallel('', 2, 2), inside('2.2'), inside('2.1')]);

        expect(rows.labels).toEqual(['Workflow', 'Branch 1', 'Branch 2']);
        expect([rows.row.get('2.1'), rows.row.get('2.2')]).toEqual([1, 2]);
    });

    it('are shared by parallels that follow each other', () => {
        const rows = rowsOf([parallel('', 1, 2), inside('1.1'), inside('1.2'), parallel('', 2, 3), inside('2.3')]);

        expect(rows.count).toBe(4);
        expect(rows.row.get('1.1')).toBe(1);
        expect(rows.row.get('2.3')).toBe(3);
    });

    it('nest', () => {
        const rows = rowsOf([parallel('', 1, 2), parallel('1.1', 1, 2), inside('1.1.1.1'), inside('1.1.1.2'), inside('1.2')]);

        expect(rows.labels).toEqual(['Workflow', 'Branch 1', 'Branch 1.1', 'Branch 1.2', 'Branch 2']);
        expect(rows.row.get('1.2')).toBe(4);
    });

    it('are kept free for branches that have not begun', () => {
        expect(rowsOf([parallel('', 1, 5)]).count).toBe(6);
    });

    it('know a branch whose parallel has no row yet', () => {
        expect(rowsOf([inside('3.2')]).row.get('3.2')).toBe(2);
    });

    it('compare numbers as numbers', () => {
        const rows = rowsOf([parallel('', 1, 12), ...Array.from({ length: 12 }, (_, i) => inside(`1.${i + 1}`))]);

        expect(rows.row.get('1.10')).toBe(10);
    });
});

it('finds the parent of a scope', () => {
    expect(parentOf('2.1')).toEqual({ parent: '', sequence: 2, branch: 1 });
    expect(parentOf('2.1.3.4')).toEqual({ parent: '2.1', sequence: 3, branch: 4 });
});
