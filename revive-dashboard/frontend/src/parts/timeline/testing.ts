// SPDX-License-Identifier: Apache-2.0
import type { StepSummary, WorkflowStatus } from '../api';
import type { Subject } from './runs';

const ORIGIN = Date.UTC(2026, 0, 1);

/** Times in tests are seconds after the beginning. */
export function at(seconds: number): string {
    return new Date(ORIGIN + seconds * 1000).toISOString();
}

export function ms(seconds: number): number {
    return ORIGIN + seconds * 1000;
}

type Written = Omit<Partial<StepSummary>, 'firstStartedAt' | 'startedAt' | 'recordedAt' | 'nextAt'> & {
    name: string;
    sequence: number;
    first?: number;
    started: number;
    recorded?: number;
    next?: number;
};

/** A row of the step table: completed in run 1 unless told otherwise. */
export function step({ first, started, recorded, next, ...rest }: Written): StepSummary {
    const scope = rest.scope ?? '';
    const stepId = scope === '' ? rest.name : `${scope}/${rest.name}`;
    return {
        stepId,
        scope,
        key: `${stepId}#${rest.sequence}`,
        kind: 'STEP',
        status: 'COMPLETED',
        epoch: 1,
        attempt: 1,
        zombies: 0,
        resolution: null,
        branches: 0,
        isZombie: false,
        preview: null,
        outputChars: 0,
        child: null,
        isCutOff: false,
        joined: null,
        firstStartedAt: at(first ?? started),
        startedAt: at(started),
        recordedAt: at(recorded ?? started),
        nextAt: next === undefined ? null : at(next),
        ...rest,
    };
}

export function workflow(steps: StepSummary[], status: WorkflowStatus = 'COMPLETED', epoch = 1, finished?: number): Subject {
    return { steps, status, epoch, createdAt: at(0), finishedAt: finished === undefined ? null : at(finished) };
}
