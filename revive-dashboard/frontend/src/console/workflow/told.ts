// SPDX-License-Identifier: Apache-2.0
import type { CallKind, Intent, Message, StepSummary, WorkflowDetail } from '../../parts/api';
import { parentOf } from '../../parts/timeline/rows';
import { age, dateTime, instant } from '../../parts/time';

/** What comes as a message, by the kind of call that waits for it. */
const WAITED_FOR: Partial<Record<CallKind, string>> = { AWAIT: 'the signal', COMPLETION: 'the awakeable', RESULT: 'the child' };

/** The calls that wait for a message. One in a branch waits no more once its parallel is joined, whatever its row says. */
export function openWaits(steps: readonly StepSummary[]): StepSummary[] {
    const joined = new Set<string>();
    for (const { kind, status, scope, sequence } of steps) {
        if (kind === 'PARALLEL' && status !== 'STARTED' && status !== 'DECIDED') {
            joined.add(`${scope}#${sequence}`);
        }
    }
    const isOpen = (scope: string): boolean => {
        if (scope === '') {
            return true;
        }
        const { parent, sequence } = parentOf(scope);
        return !joined.has(`${parent}#${sequence}`) && isOpen(parent);
    };
    return steps.filter((step) => WAITED_FOR[step.kind] !== undefined && step.status === 'STARTED' && isOpen(step.scope));
}

/** The races that are decided, and wait for the branches that are cut off. */
export function openDecisions(steps: readonly StepSummary[]): StepSummary[] {
    return steps.filter(({ status }) => status === 'DECIDED');
}

/** "Waits for the signal approval until 3 Jul, 10:00:00", "Waits for the child bill-42" */
export function waitText({ kind, name, nextAt, child }: Pick<StepSummary, 'kind' | 'name' | 'nextAt' | 'child'>): string {
    return `Waits for ${WAITED_FOR[kind] ?? 'a message'} ${child?.id ?? name}${nextAt === null ? '' : ` until ${dateTime(nextAt)}`}`;
}

/** Whether it says that a child has ended. */
export function isNewsOfChild({ kind }: Pick<Message, 'kind'>): boolean {
    return kind === 'RESULT' || kind === 'END';
}

const ASKED = { CANCEL: 'Cancel asked', TERMINATE: 'Terminate asked', PAUSE: 'Pause asked' } as const;

/** "Cancel asked, 3 s ago: too expensive" */
export function intentText(
    { kind, askedAt, reason }: Intent,
    { status, steps }: { status: WorkflowDetail['status']; steps: readonly Pick<StepSummary, 'status' | 'isCutOff'>[] },
    now: number,
): string {
    const what =
        kind === 'PAUSE' && status === 'PAUSED'
            ? 'Paused'
            : kind === 'CANCEL' && steps.some((step) => step.status === 'CANCELLED' && !step.isCutOff)
              ? 'Cancelled, and cleans up'
              : ASKED[kind];
    const since = age(now - instant(askedAt));
    return `${what}, ${since === 'now' ? 'just now' : `${since} ago`}${reason === null ? '' : `: ${reason}`}`;
}
