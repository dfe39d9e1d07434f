// SPDX-License-Identifier: Apache-2.0
import type { StepSummary, WorkflowDetail } from '../parts/api';
import { instant } from '../parts/time';
import { isInDoubt } from './doubt';

/** One bar of the picture, in milliseconds since the workflow's start. */
export interface Bar {
    lane: number;
    name: string;
    from: number;
    to: number;
    look: 'cut' | 'done' | 'failed' | 'running' | 'doubt';
    title: string;
}

export interface Picture {
    lanes: string[];
    bars: Bar[];
    /** Where a run with a higher epoch begins. */
    runs: { at: number; epoch: number }[];
    end: number;
}

/**
 * What the rows tell: the last attempt of a step, and that earlier ones were cut off. A run begins at the earliest stamp of its epoch; what was
 * between the last stamp of the epoch before and that one is not recorded anywhere.
 */
export function picture(workflow: WorkflowDetail, now: number, orphaned = false): Picture {
    const start = instant(workflow.createdAt);
    const end = (workflow.finishedAt === null ? now : instant(workflow.finishedAt)) - start;
    const steps = workflow.steps.filter((step) => step.kind !== 'PARALLEL');
    const lanes = [...new Set(steps.map((step) => step.scope))].sort();
    const bars = steps.flatMap((step) => barsOf(step, lanes.indexOf(step.scope), start, end, orphaned));
    return { lanes, bars, runs: runsOf(workflow, start), end: Math.max(end, ...bars.map((bar) => bar.to), 1) };
}

function barsOf(step: StepSummary, lane: number, start: number, end: number, orphaned: boolean): Bar[] {
    const first = instant(step.firstStartedAt) - start;
    const last = instant(step.startedAt) - start;
    const recorded = instant(step.recordedAt) - start;
    const bars: Bar[] = [];
    if (last - first > 1) {
        bars.push({ lane, name: step.name, from: first, to: last, look: 'cut', title: `${step.name}: cut off, nobody knows how it ended` });
    }
    const isOver = step.status === 'COMPLETED' || step.status === 'FAILED';
    bars.push({
        lane,
        name: step.name,
        from: last,
        to: isOver ? recorded : Math.max(end, last),
        look: isInDoubt(step, orphaned) ? 'doubt' : step.status === 'COMPLETED' ? 'done' : step.status === 'FAILED' ? 'failed' : 'running',
        title: `${step.name}: ${step.status}${step.attempt > 1 ? `, attempt ${step.attempt}` : ''}`,
    });
    return bars;
}

function runsOf(workflow: WorkflowDetail, start: number): Picture['runs'] {
    const begins = new Map<number, number>();
    for (const step of workflow.steps) {
        const at = instant(step.startedAt) - start;
        begins.set(step.epoch, Math.min(begins.get(step.epoch) ?? at, at));
    }
    return [...begins]
        .filter(([epoch]) => epoch > 1)
        .sort(([a], [b]) => a - b)
        .map(([epoch, at]) => ({ at, epoch }));
}
