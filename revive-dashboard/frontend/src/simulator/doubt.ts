// SPDX-License-Identifier: Apache-2.0
import type { StepSummary } from '../parts/api';
import type { State } from './state';

/** Whether the process that the workflow belongs to is dead. The tables cannot tell that before its lease runs out; this page saw it die. */
export function isOrphaned(state: State): boolean {
    const owner = state.workflow?.executorId;
    return owner != null && state.workers.some((worker) => worker.executorId === owner && worker.state === 'DEAD');
}

/** Whether nobody knows how the step ended. */
export function isInDoubt(step: StepSummary, orphaned: boolean): boolean {
    return step.isZombie || (orphaned && step.kind === 'STEP' && step.status === 'STARTED');
}
