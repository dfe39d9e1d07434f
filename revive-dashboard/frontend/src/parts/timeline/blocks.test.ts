// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { blocksOf } from './blocks';
import { layoutOf } from './layout';
import { scaleOf } from './scale';
import { ms, step, workflow } from './testing';

const many = layoutOf(
    workflow(Array.from({ length: 10_000 }, (_, i) => step({ name: 's', sequence: i + 1, started: i, recorded: i + 1 }))),
    { now: ms(10_000) },
);
const scale = scaleOf(many.domain, many.active, true);
const row = many.byRow[0]!;

it('draws no more blocks than there are places, and loses no step', () => {
    const blocks = blocksOf(row, scale, { u0: 0, u1: 1, width: 1000 }, null);

    expect(blocks.length).toBeLessThan(600);
    expect(blocks.reduce((sum, { bars }) => sum + bars.length, 0)).toBe(10_000);
});

it('draws one by one what a person zooms in on, and only that', () => {
    const blocks = blocksOf(row, scale, { u0: 0.5, u1: 0.501, width: 1000 }, null);

    expect(blocks.length).toBeLessThan(20);
    expect(blocks.every(({ bars }) => bars.length === 1)).toBe(true);
});

it('never merges the step in focus', () => {
    const blocks = blocksOf(row, scale, { u0: 0, u1: 1, width: 1000 }, 5000);

    expect(blocks.find(({ bars }) => bars.some(({ index }) => index === 5000))!.bars).toHaveLength(1);
});
