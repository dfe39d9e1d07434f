// SPDX-License-Identifier: Apache-2.0
import type { StepSummary } from '../api';

/** Where each scope is drawn: the workflow's function in row 0, the branches of a parallel below the row of their scope. */
export interface Rows {
    row: Map<string, number>;
    labels: string[];
    count: number;
}

interface Fork {
    branches: Map<number, string>;
    width: number;
}

export function parentOf(scope: string): { parent: string; sequence: number; branch: number } {
    const parts = scope.split('.');
    return {
        parent: parts.slice(0, -2).join('.'),
        sequence: Number(parts.at(-2)),
        branch: Number(parts.at(-1)),
    };
}

/**
 * Parallels of one scope follow each other in time, so they share rows: a loop of ten thousand small parallels is as high as one.
 */
export function rowsOf(steps: readonly Pick<StepSummary, 'scope' | 'sequence' | 'kind' | 'branches'>[]): Rows {
    const forks = new Map<string, Map<number, Fork>>();
    const fork = (scope: string, sequence: number): Fork => {
        let ofScope = forks.get(scope);
        if (!ofScope) {
            forks.set(scope, (ofScope = new Map()));
        }
        let one = ofScope.get(sequence);
        if (!one) {
            ofScope.set(sequence, (one = { branches: new Map(), width: 0 }));
        }
        return one;
    };
    const know = (scope: string): void => {
        if (scope === '') {
            return;
        }
        const { parent, sequence, branch } = parentOf(scope);
        const its = fork(parent, sequence);
        if (!its.branches.has(branch)) {
            its.branches.set(branch, scope);
            its.width = Math.max(its.width, branch);
            know(parent);
        }
    };
    for (const step of steps) {
        know(step.scope);
        if (step.kind === 'PARALLEL') {
            const its = fork(step.scope, step.sequence);
            its.width = Math.max(its.width, step.branches);
        }
    }

    const heights = new Map<string, number>();
    const height = (scope: string): number => {
        const known = heights.get(scope);
        if (known !== undefined) {
            return known;
        }
        let highest = 0;
        for (const its of forks.get(scope)?.values() ?? []) {
            let sum = its.width - its.branches.size;
            for (const branch of its.branches.values()) {
                sum += height(branch);
            }
            highest = Math.max(highest, sum);
        }
        heights.set(scope, 1 + highest);
        return 1 + highest;
    };
    const count = height('');

    const row = new Map<string, number>();
    const paths: (string | null)[] = new Array<string | null>(count).fill(null);
    const place = (scope: string, at: number, path: string): void => {
        row.set(scope, at);
        paths[at] = paths[at] === null || paths[at] === path ? path : '';
        for (const its of forks.get(scope)?.values() ?? []) {
            let below = at + 1;
            for (let branch = 1; branch <= its.width; branch++) {
                const child = its.branches.get(branch);
                if (child !== undefined) {
                    place(child, below, path === '' ? String(branch) : `${path}.${branch}`);
                    below += height(child);
                } else {
                    below += 1;
                }
            }
        }
    };
    place('', 0, '');
    return {
        row,
        count,
        labels: paths.map((path, i) => (i === 0 ? 'Workflow' : path ? `Branch ${path}` : 'Branch')),
    };
}
