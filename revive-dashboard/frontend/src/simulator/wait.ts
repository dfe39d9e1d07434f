// SPDX-License-Identifier: Apache-2.0
import type { StepSummary } from '../parts/api';
import type { State } from './state';

/** The row of the wait for the approval or for the first day, while it is waited for. */
export function awaited(state: State): StepSummary | undefined {
    return state.workflow?.steps.find(isAwaited);
}

export function isAwaited(step: StepSummary): boolean {
    return (step.kind === 'AWAIT' || step.kind === 'SLEEP') && step.status === 'STARTED';
}
