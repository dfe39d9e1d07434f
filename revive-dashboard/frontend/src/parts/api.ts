// SPDX-License-Identifier: Apache-2.0
import { apiUrl } from './base';

/** The shapes of api/v1/openapi.json, which is the contract. */
export type WorkflowStatus =
    | 'DUE'
    | 'RUNNING'
    | 'COMPLETED'
    | 'FAILED'
    | 'NEEDS_ATTENTION'
    | 'PAUSED'
    | 'CANCELLED'
    | 'TERMINATED'
    | 'UNKNOWN';
export type StepStatus = 'STARTED' | 'BACKOFF' | 'DECIDED' | 'COMPLETED' | 'FAILED' | 'CANCELLED' | 'UNKNOWN';
export type CallKind =
    | 'STEP'
    | 'TRANSACTION'
    | 'PARALLEL'
    | 'SLEEP'
    | 'POLL'
    | 'AWAIT'
    | 'SIGNAL'
    | 'AWAKEABLE'
    | 'COMPLETION'
    | 'CHILD'
    | 'RESULT'
    | 'UNKNOWN';
export type Role = 'VIEW' | 'VIEW_PAYLOADS' | 'OPERATE';
export type Action = 'RESUME' | 'WAKE' | 'DECIDE' | 'RETRY' | 'SIGNAL' | 'PAUSE' | 'CANCEL' | 'TERMINATE';
export type DecisionKind = 'HAPPENED' | 'RUN_AGAIN' | 'FAIL';

export const WORKFLOW_STATUSES: readonly WorkflowStatus[] = [
    'NEEDS_ATTENTION',
    'FAILED',
    'PAUSED',
    'RUNNING',
    'DUE',
    'COMPLETED',
    'CANCELLED',
    'TERMINATED',
];

export interface Me {
    user: string | null;
    roles: Role[];
    readOnly: boolean;
    version: string;
    now: string;
}

export interface WorkflowSummary {
    id: string;
    name: string;
    version: number;
    status: WorkflowStatus;
    epoch: number;
    executorId: string | null;
    createdAt: string;
    finishedAt: string | null;
    dueAt: string | null;
    strikes: number;
}

export interface Payload {
    json: string | null;
    chars: number;
    isRedacted: boolean;
    isTruncated: boolean;
}

export interface Failure {
    kind: 'THROWN' | 'TIMED_OUT' | 'OUTCOME_UNKNOWN' | 'CANCELLED' | 'TERMINATED' | 'NOT_SERIALIZABLE';
    type: string;
    message: string | null;
    trace: string[];
    cause: Failure | null;
}

export interface DiffLine {
    position: string;
    recorded: string;
    requested: string;
    differs: boolean;
}

export interface Attention {
    reason:
        | 'NON_DETERMINISM'
        | 'UNREADABLE_PAYLOAD'
        | 'UNDECIDED_ZOMBIE'
        | 'REPEATED_ERRORS'
        | 'SWALLOWED_CANCELLATION'
        | 'STORE_REFUSED'
        | 'NEWER_REVIVE';
    message: string;
    diff: DiffLine[];
}

export interface StepSummary {
    stepId: string;
    sequence: number;
    scope: string;
    name: string;
    key: string;
    kind: CallKind;
    status: StepStatus;
    epoch: number;
    attempt: number;
    zombies: number;
    resolution: 'RAN_AGAIN' | 'FOUND_DONE' | 'FOUND_UNDONE' | 'GIVEN_UP' | 'DECIDED' | 'DECIDED_AGAIN' | 'RETRIED' | 'UNKNOWN' | null;
    branches: number;
    firstStartedAt: string;
    startedAt: string;
    recordedAt: string;
    nextAt: string | null;
    isZombie: boolean;
    preview: string | null;
    outputChars: number;
    child: Child | null;
    isCutOff: boolean;
    joined: Joined | null;
}

/** How the branches of a parallel ended, one letter each, and why. */
export interface Joined {
    until: string | null;
    ends: string | null;
    first: number;
}

/** The workflow that a call starts as a child, or waits for. */
export interface Child {
    id: string;
    whenParentEnds: 'CANCEL' | 'TERMINATE' | 'ABANDON' | null;
}

export interface StepDetail extends StepSummary {
    output: Payload | null;
    failure: Failure | null;
}

export interface WorkflowDetail extends WorkflowSummary {
    wakeSeq: number;
    parent: { id: string; position: string } | null;
    deadline: string | null;
    now: string;
    input: Payload;
    output: Payload | null;
    failure: Failure | null;
    attention: Attention | null;
    actions: Action[];
    steps: StepSummary[];
    stepsAreCut: boolean;
    pastLives: PastLife[];
    pastLivesAreCut: boolean;
    intents: Intent[];
    messages: Message[];
    messagesAreCut: boolean;
}

/** What somebody wants of a workflow. */
export interface Intent {
    kind: 'CANCEL' | 'TERMINATE' | 'PAUSE';
    askedAt: string;
    reason: string | null;
}

/** What waits in the inbox of a workflow. */
export interface Message {
    position: number;
    kind: 'SIGNAL' | 'RESULT' | 'END' | 'UNKNOWN';
    name: string;
    sentAt: string;
    payload: string | null;
    isRedacted: boolean;
    isTruncated: boolean;
}

export interface PastLife {
    epoch: number;
    failedAt: string;
    retriedAt: string;
    failure: Failure | null;
    steps: StepSummary[];
}

export interface WorkflowPage {
    items: WorkflowSummary[];
    next: string | null;
}

export interface Counts {
    counts: { status: WorkflowStatus; count: number; isLowerBound: boolean }[];
    names: string[];
}

export interface ExecutorInfo {
    id: string;
    name: string;
    alive: boolean;
    startedAt: string;
    heartbeatAt: string | null;
    leaseUntil: string | null;
    version: string | null;
    types: string[] | null;
    runningCount: number;
    runningIsLowerBound: boolean;
    running: { id: string; name: string }[];
}

export interface Executors {
    now: string;
    items: ExecutorInfo[];
}

/** A text of which no more is read than is shown. */
export interface Carried {
    json: string | null;
    isRedacted: boolean;
    isTruncated: boolean;
}

/** What was asked for in a transaction that is committed, and could not be done. */
export interface Undelivered {
    position: number;
    workflowId: string;
    isThere: boolean;
    start: { name: string; version: number; mustBeNew: boolean; input: Carried } | null;
    signal: { isKnown: boolean; name: string; payload: Carried } | null;
    reason: 'CONFLICT' | 'NOT_FOUND' | 'ENDED' | 'REFUSED' | 'UNKNOWN';
    askedAt: string;
}

export interface UndeliveredList {
    items: Undelivered[];
    areCut: boolean;
}

/** What the server says went wrong: application/problem+json. */
export class Problem extends Error {
    constructor(
        readonly status: number,
        readonly title: string,
        readonly detail: string,
    ) {
        super(detail || title);
    }
}

type Query = Record<string, string | number | readonly string[] | null | undefined>;

export function query(parameters: Query): string {
    const search = new URLSearchParams();
    for (const [name, value] of Object.entries(parameters)) {
        const values = Array.isArray(value) ? value : [value];
        for (const one of values) {
            if (one !== null && one !== undefined && one !== '') {
                search.append(name, String(one));
            }
        }
    }
    const text = search.toString();
    return text ? `?${text}` : '';
}

export async function get<T>(path: string, parameters: Query = {}, signal?: AbortSignal): Promise<T> {
    return answer<T>(() => fetch(apiUrl(path) + query(parameters), { signal: signal ?? null, credentials: 'same-origin' }));
}

/** Every change carries a header that a foreign page cannot send. */
export async function post<T>(path: string, body: unknown): Promise<T> {
    return postText<T>(path, JSON.stringify(body));
}

/** The same with one more property, whose JSON goes out as it was written: JSON.parse would round long numbers. */
export async function postWith<T>(path: string, body: object, name: string, json: string): Promise<T> {
    return postText<T>(path, `${JSON.stringify(body).slice(0, -1)},${JSON.stringify(name)}:${json}}`);
}

async function postText<T>(path: string, text: string): Promise<T> {
    return answer<T>(() =>
        fetch(apiUrl(path), {
            method: 'POST',
            credentials: 'same-origin',
            headers: { 'Content-Type': 'application/json', 'X-Revive': '1' },
            body: text,
        }),
    );
}

async function answer<T>(send: () => Promise<Response>): Promise<T> {
    let response: Response;
    try {
        response = await send();
    } catch (e) {
        if (e instanceof DOMException && e.name === 'AbortError') {
            throw e;
        }
        throw new Problem(0, 'No answer', 'The server does not answer. The page asks again by itself.');
    }
    if (!response.ok) {
        throw await problemOf(response);
    }
    return (await response.json()) as T;
}

async function problemOf(response: Response): Promise<Problem> {
    try {
        const body = (await response.json()) as { title?: string; detail?: string };
        return new Problem(response.status, body.title ?? response.statusText, body.detail ?? '');
    } catch {
        return new Problem(response.status, response.statusText || `Status ${response.status}`, '');
    }
}
