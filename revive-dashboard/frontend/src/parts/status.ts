// SPDX-License-Identifier: Apache-2.0
import type { ExecutorInfo, Joined, StepStatus, StepSummary, WorkflowStatus, WorkflowSummary } from './api';

export type Tone = 'ok' | 'run' | 'bad' | 'warn' | 'wait' | 'idle';

export const WORKFLOW_TONE: Record<WorkflowStatus, Tone> = {
    COMPLETED: 'ok',
    RUNNING: 'run',
    DUE: 'wait',
    FAILED: 'bad',
    NEEDS_ATTENTION: 'warn',
    PAUSED: 'warn',
    CANCELLED: 'idle',
    TERMINATED: 'idle',
    UNKNOWN: 'idle',
};

export const WORKFLOW_LABEL: Record<WorkflowStatus, string> = {
    COMPLETED: 'Completed',
    RUNNING: 'Running',
    DUE: 'Due',
    FAILED: 'Failed',
    NEEDS_ATTENTION: 'Needs attention',
    PAUSED: 'Paused',
    CANCELLED: 'Cancelled',
    TERMINATED: 'Terminated',
    UNKNOWN: 'Unknown',
};

export const WORKFLOW_MEANING: Record<WorkflowStatus, string> = {
    COMPLETED: 'Its function returned a value.',
    RUNNING: 'An executor has claimed it. After a crash it stays so until another executor takes it over.',
    DUE: 'It waits: for an executor that has its code and room, or until its time comes.',
    FAILED: 'Its function threw an exception.',
    NEEDS_ATTENTION: 'It stopped and waits for a person.',
    PAUSED: 'Somebody paused it: none of its calls begins until it is resumed.',
    CANCELLED: 'Somebody cancelled it, and its function ended with that.',
    TERMINATED: 'Somebody ended it as it stood, without clean-up.',
    UNKNOWN: 'A newer Revive gave it a status that this console does not know.',
};

/** The same of one workflow: that nobody alive has its code is told. An executor that does not tell what it has code for may have it. */
export function workflowMeaning(
    workflow: Pick<WorkflowSummary, 'name' | 'version' | 'status'>,
    executors: readonly Pick<ExecutorInfo, 'alive' | 'types'>[] | undefined,
): string {
    const { name, version, status } = workflow;
    const canRun = (one: Pick<ExecutorInfo, 'alive' | 'types'>) => one.alive && (one.types?.includes(`${name} v${version}`) ?? true);
    return status === 'DUE' && executors !== undefined && !executors.some(canRun)
        ? `It waits for an executor that has v${version} of ${name}: none that is alive has it.`
        : WORKFLOW_MEANING[status];
}

const STEP_TONE: Record<StepStatus, Tone> = {
    COMPLETED: 'ok',
    STARTED: 'run',
    BACKOFF: 'wait',
    DECIDED: 'run',
    FAILED: 'bad',
    CANCELLED: 'idle',
    UNKNOWN: 'idle',
};

const STEP_LABEL: Record<StepStatus, string> = {
    COMPLETED: 'Completed',
    STARTED: 'Started',
    BACKOFF: 'Backing off',
    DECIDED: 'Decided',
    FAILED: 'Failed',
    CANCELLED: 'Cancelled',
    UNKNOWN: 'Unknown',
};

export function stepTone(step: Pick<StepSummary, 'status' | 'isZombie' | 'kind'>): Tone {
    if (step.isZombie) {
        return 'warn';
    }
    return isWait(step) && step.status === 'STARTED' ? 'wait' : STEP_TONE[step.status];
}

/** Whether nothing happens in such a call but time, or a message. The end of a child comes as one. */
export function isWait(step: Pick<StepSummary, 'kind'>): boolean {
    return step.kind === 'SLEEP' || step.kind === 'AWAIT' || step.kind === 'COMPLETION' || step.kind === 'RESULT';
}

/** Whether its last attempt failed. A poll that goes on has only not seen yet what it waits for. */
export function isFailing(step: Pick<StepSummary, 'status' | 'kind'>): boolean {
    return step.status === 'FAILED' || (step.status === 'BACKOFF' && step.kind !== 'POLL');
}

export function stepLabel(step: Pick<StepSummary, 'status' | 'isZombie' | 'kind' | 'isCutOff'>): string {
    if (step.isZombie) {
        return 'Zombie';
    }
    if (step.isCutOff) {
        return 'Cut off';
    }
    if (isWait(step) && step.status === 'STARTED') {
        return step.kind === 'SLEEP' ? 'Sleeping' : 'Waiting';
    }
    if (step.kind === 'POLL' && step.status === 'BACKOFF') {
        return 'Polling';
    }
    return STEP_LABEL[step.status];
}

const WHEN_PARENT_ENDS = {
    CANCEL: 'It is cancelled if this workflow ends first.',
    TERMINATE: 'It is terminated if this workflow ends first.',
    ABANDON: 'It goes on if this workflow ends first.',
} as const;

/** What a call says about the child that it starts; null if nothing. */
export function childMeaning({ kind, status, child }: Pick<StepSummary, 'kind' | 'status' | 'child'>): string | null {
    if (kind === 'CHILD' && status === 'FAILED') {
        return 'This id belongs to another workflow, so no child was started.';
    }
    return child?.whenParentEnds ? WHEN_PARENT_ENDS[child.whenParentEnds] : null;
}

const UNTIL: Record<string, string> = {
    first: 'The first branch that ends decides.',
    'first success': 'The first branch that completes decides.',
    decided: 'It is decided once enough branches have completed, or too many have failed.',
    'time limit': 'Its block, the first branch, has a time limit: the second.',
};

const ENDS: Record<string, string> = {
    C: 'completed',
    F: 'failed',
    R: 'is cut off, and cleans up',
    X: 'was cut off',
    N: 'never began',
    W: 'ended with what is around it',
};

const MOST_BRANCHES = 20;

/** What a parallel waits for, who decided it, and how each branch ended, in sentences. */
export function joinedMeaning({ status, joined }: Pick<StepSummary, 'status' | 'joined'>): string[] {
    if (joined === null) {
        return [];
    }
    const { until, ends, first } = joined;
    const rule = until === null ? [] : [UNTIL[until] ?? `It waits until: ${until}.`];
    if (ends === null) {
        return rule;
    }
    const branches = [...ends].slice(0, MOST_BRANCHES).map((end, i) => `Branch ${i + 1} ${ENDS[end] ?? 'ended otherwise'}${i === first ? ', and decided it' : ''}.`);
    const more = ends.length > MOST_BRANCHES ? [`And ${ends.length - MOST_BRANCHES} more.`] : [];
    return [...rule, ...(status === 'DECIDED' ? [decidedText(joined)] : []), ...branches, ...more];
}

/** "It is decided by branch 2, and waits for 1 branch that is cut off." */
export function decidedText({ ends, first }: Joined): string {
    const left = [...(ends ?? '')].filter((end) => end === 'R').length;
    const by = first < 0 ? '' : ` by branch ${first + 1}`;
    return ends === null
        ? `It is decided${by}, and waits for the branches that are cut off.`
        : `It is decided${by}, and waits for ${left} ${left === 1 ? 'branch that is' : 'branches that are'} cut off.`;
}

export const RESOLUTION_MEANING = {
    RAN_AGAIN: 'Another attempt began.',
    FOUND_DONE: 'The outside world said that it had happened; its value was recorded.',
    FOUND_UNDONE: 'The outside world said that it had not happened; another attempt began.',
    GIVEN_UP: 'It was given up as unknown.',
    DECIDED: 'A person decided what came of it.',
    DECIDED_AGAIN: 'A person decided that another attempt begins.',
    RETRIED: 'A person had its failed workflow retried.',
    UNKNOWN: 'A newer Revive says something that this console does not know.',
} as const;
