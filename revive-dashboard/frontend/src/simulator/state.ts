// SPDX-License-Identifier: Apache-2.0
import type { WorkflowDetail } from '../parts/api';

/** The shapes of api/simulator/state. */
export type CrashPoint = 'BEFORE_EFFECT' | 'AFTER_EFFECT' | 'AFTER_OUTCOME';
export type Delivery = 'AT_LEAST_ONCE' | 'AT_MOST_ONCE' | 'RECONCILE';
export type Scene = 'ONBOARDING' | 'APPROVAL' | 'CALLED_OFF';
export type Life = 'STARTING' | 'ALIVE' | 'FROZEN' | 'DEAD';

export interface PlannedCrash {
    step: string;
    point: CrashPoint;
}

export interface Worker {
    name: string;
    pid: number;
    state: Life;
    startedAt: string;
    endedAt: string | null;
    exitCode: number | null;
    how: string | null;
    executorId: string | null;
    seat: 'ALIVE' | 'DEAD' | null;
}

export interface Happening {
    nonce: string;
    attempt: number;
    pid: number;
    worker: string | null;
    time: string;
    idempotencyKey: string;
}

export interface Outside {
    step: string;
    times: number;
    why: string | null;
    happenings: Happening[];
}

export interface Run {
    worker: string;
    pid: number;
    epoch: number;
    ran: string[];
    skipped: string[];
    asked: string[];
    refused: number;
}

export interface LogLine {
    time: string;
    pid: number | null;
    worker: string | null;
    kind: 'WORKER' | 'EFFECT' | 'RECORD' | 'REFUSED' | 'PERSON';
    text: string;
}

export interface Executing {
    step: string;
    worker: string;
    line: [number, number] | null;
}

export interface Caption {
    id: string;
    text: string;
}

export interface Point {
    step: string;
    point: CrashPoint;
    label: string;
    explains: string;
}

export interface Can {
    run: boolean;
    crash: boolean;
    resume: boolean;
    second: boolean;
    freeze: boolean;
    thaw: boolean;
    reset: boolean;
    approve: boolean;
    cancel: boolean;
}

export interface Plan {
    workflowId: string;
    scene: Scene;
    employee: string;
    stepMillis: number;
    email: Delivery;
    waitMillis: number | null;
    crash: PlannedCrash | null;
}

export interface State {
    revision: number;
    now: string;
    place: string;
    workers: Worker[];
    plan: Plan | null;
    workflow: WorkflowDetail | null;
    world: Outside[];
    runs: Run[];
    log: LogLine[];
    executing: Executing[];
    captions: Caption[];
    points: Point[];
    can: Can;
}

export interface Source {
    file: string;
    lines: string[];
    steps: Record<string, [number, number]>;
}

/** Whether it undoes another step: so Revive names compensations. */
export function isUndoing(step: string): boolean {
    return step.startsWith('Undo ');
}
