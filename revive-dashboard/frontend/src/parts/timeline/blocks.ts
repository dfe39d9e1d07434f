// SPDX-License-Identifier: Apache-2.0
import type { Bar } from './layout';
import type { Scale } from './scale';

/** What is drawn in one place of a row: one step, or several that are too small to tell apart. */
export interface Block {
    x0: number;
    x1: number;
    bars: Bar[];
}

export interface Viewport {
    u0: number;
    u1: number;
    width: number;
}

const SMALLEST = 4;

export function xOf(scale: Scale, view: Viewport, time: number): number {
    return ((scale.at(time) - view.u0) / (view.u1 - view.u0)) * view.width;
}

/**
 * The visible part of a row, small neighbours drawn as one: at most as many blocks as there are places, however many steps there are.
 * Parallels are drawn beneath and are left out; `alone` is never merged.
 */
export function blocksOf(row: readonly Bar[], scale: Scale, view: Viewport, alone: number | null): Block[] {
    const blocks: Block[] = [];
    for (const bar of row) {
        if (bar.step.kind === 'PARALLEL') {
            continue;
        }
        const x0 = xOf(scale, view, bar.from);
        const x1 = Math.max(xOf(scale, view, bar.to), x0 + SMALLEST);
        if (x1 < -20 || x0 > view.width + 20) {
            continue;
        }
        const last = blocks.at(-1);
        const small = x1 - x0 < SMALLEST * 2;
        const joins =
            last &&
            small &&
            x0 < last.x1 + 1 &&
            last.bars.at(-1)!.index !== alone &&
            bar.index !== alone &&
            (last.bars.length > 1 || last.x1 - last.x0 < SMALLEST * 2);
        if (joins) {
            last.bars.push(bar);
            last.x1 = Math.max(last.x1, x1);
        } else {
            blocks.push({ x0: last ? Math.max(x0, Math.min(last.x1, x1 - 2)) : x0, x1, bars: [bar] });
        }
    }
    return blocks;
}
