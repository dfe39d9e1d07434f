// SPDX-License-Identifier: Apache-2.0
import { useQueryClient } from '@tanstack/react-query';
import { AlarmClock, Ban, OctagonX, Pause, Play, RotateCcw, Send, UserCheck } from 'lucide-react';
import { type ReactNode, useMemo, useState } from 'react';
import { Link } from 'react-router';
import { type ExecutorInfo, post, type WorkflowDetail } from '../../parts/api';
import { Button } from '../../parts/Button';
import { StateChip } from '../../parts/Chip';
import { useNow } from '../../parts/clock';
import { ConnectionMark } from '../../parts/ConnectionMark';
import { Copy } from '../../parts/Copy';
import type { Connection } from '../../parts/live';
import { decidedText, workflowMeaning } from '../../parts/status';
import { dateTime, duration, instant } from '../../parts/time';
import { WorkflowLink } from '../../parts/WorkflowLink';
import { Confirm } from '../Confirm';
import { SignalForm } from './SignalForm';
import { intentText, openDecisions, openWaits, waitText } from './told';

interface Props {
    workflow: WorkflowDetail;
    connection: Connection;
    executors: ExecutorInfo[] | undefined;
    executor: ExecutorInfo | undefined;
    executorAlive: boolean;
    onDecide: () => void;
}

interface Ask {
    verb: string;
    path: string;
    text: string;
    /** Whether a reason is asked for. */
    reason?: boolean;
    look?: 'danger';
}

const ASK = {
    RESUME: {
        verb: 'Resume',
        path: 'v1/workflow/resume',
        text: 'It becomes due and an executor takes it in hand. What is recorded is not done again. If what made it stop is not fixed, it stops again.',
    },
    WAKE: {
        verb: 'Wake',
        path: 'v1/workflow/wake',
        text: 'It is looked at now. A sleep or a pause between attempts ends when its time comes, as before; this only makes an executor look.',
    },
    RETRY: {
        verb: 'Retry',
        path: 'v1/workflow/retry',
        text: 'The call that it failed at is asked again under the same idempotency key; what came before stands. That call and what followed it, compensations too, are kept aside: what they undid stays undone. If the workflow has undone its work, start a new one instead.',
    },
    PAUSE: {
        verb: 'Pause',
        path: 'v1/workflow/pause',
        text: 'None of its calls begins any more until it is resumed; a step that is under way ends, and is recorded. Its timers count on, and messages wait for it.',
        reason: true,
    },
    CANCEL: {
        verb: 'Cancel',
        path: 'v1/workflow/cancel',
        text: 'Its code is told at its next call, and cleans up; waits end at once, and a step that is under way ends first. This cannot be taken back.',
        reason: true,
        look: 'danger',
    },
    TERMINATE: {
        verb: 'Terminate',
        path: 'v1/workflow/terminate',
        text: 'It ends as it stands: its code has no chance to clean up, and what a step under way still does is not recorded. Cancel it instead if you can. This cannot be taken back.',
        reason: true,
        look: 'danger',
    },
} as const satisfies Record<string, Ask>;

type Asked = keyof typeof ASK;

const MOST_WAITS = 3;

export function Header({ workflow, connection, executors, executor, executorAlive, onDecide }: Props) {
    const now = useNow(workflow.finishedAt === null ? 1_000 : null);
    const [asking, setAsking] = useState<Asked | 'SIGNAL' | null>(null);
    // Another reason than a step in doubt is fixed in the code; then the workflow is resumed.
    const inDoubt = workflow.attention?.reason === 'UNDECIDED_ZOMBIE';
    const end = workflow.finishedAt === null ? Math.max(now, instant(workflow.now)) : instant(workflow.finishedAt);
    const waits = useMemo(() => (workflow.finishedAt === null ? openWaits(workflow.steps) : []), [workflow]);
    const decisions = useMemo(() => (workflow.finishedAt === null ? openDecisions(workflow.steps) : []), [workflow]);
    return (
        <header>
            <div className="flex flex-wrap items-start gap-x-3 gap-y-2">
                <div className="min-w-0 flex-1 basis-72">
                    <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
                        <h1 className="min-w-0 text-xl font-semibold tracking-tight break-all">{workflow.id}</h1>
                        <Copy text={workflow.id} label="Copy id" />
                        <StateChip status={workflow.status} />
                        <ConnectionMark connection={connection} />
                    </div>
                    <p className="mt-0.5 text-ink-2">{workflowMeaning(workflow, executors)}</p>
                    {workflow.parent !== null && (
                        <p className="text-ink-2">
                            Child of <WorkflowLink id={workflow.parent.id} />, started by its call {workflow.parent.position}.
                        </p>
                    )}
                    {waits.length > 0 && (
                        <ul aria-label="Waits for" className="text-ink-2">
                            {waits.slice(0, MOST_WAITS).map((wait) => (
                                <li key={wait.key} className="break-words">
                                    {wait.child === null ? waitText(wait) : <WorkflowLink id={wait.child.id}>{waitText(wait)}</WorkflowLink>}.
                                </li>
                            ))}
                            {waits.length > MOST_WAITS && <li>And {(waits.length - MOST_WAITS).toLocaleString('en-US')} more.</li>}
                        </ul>
                    )}
                    {decisions.length > 0 && (
                        <ul aria-label="Decided" className="text-ink-2">
                            {decisions.slice(0, MOST_WAITS).map((race) => (
                                <li key={race.key} className="break-words">
                                    {race.key}: {race.joined === null ? 'decided.' : decidedText(race.joined)}
                                </li>
                            ))}
                            {decisions.length > MOST_WAITS && <li>And {(decisions.length - MOST_WAITS).toLocaleString('en-US')} more.</li>}
                        </ul>
                    )}
                    {workflow.deadline !== null && workflow.finishedAt === null && (
                        <p className="text-ink-2">It is cancelled if it has not ended by {dateTime(workflow.deadline)}.</p>
                    )}
                    {workflow.intents.length > 0 && (
                        <ul aria-label="Asked for" className="font-medium text-warn">
                            {workflow.intents.map((intent, i) => (
                                <li key={i} className="break-words">
                                    {intentText(intent, workflow, end)}
                                </li>
                            ))}
                        </ul>
                    )}
                </div>
                <div className="flex flex-wrap gap-2 max-sm:w-full">
                    {workflow.actions.includes('DECIDE') && (
                        <Button look={inDoubt ? 'primary' : 'plain'} onPress={onDecide}>
                            <UserCheck size={14} aria-hidden /> Decide
                        </Button>
                    )}
                    {workflow.actions.includes('RESUME') && (
                        <Button look={inDoubt ? 'plain' : 'primary'} onPress={() => setAsking('RESUME')}>
                            <Play size={14} aria-hidden /> Resume
                        </Button>
                    )}
                    {workflow.actions.includes('RETRY') && (
                        <Button onPress={() => setAsking('RETRY')}>
                            <RotateCcw size={14} aria-hidden /> Retry
                        </Button>
                    )}
                    {workflow.actions.includes('WAKE') && (
                        <Button onPress={() => setAsking('WAKE')}>
                            <AlarmClock size={14} aria-hidden /> Wake
                        </Button>
                    )}
                    {workflow.actions.includes('SIGNAL') && (
                        <Button onPress={() => setAsking('SIGNAL')}>
                            <Send size={14} aria-hidden /> Signal
                        </Button>
                    )}
                    {workflow.actions.includes('PAUSE') && (
                        <Button onPress={() => setAsking('PAUSE')}>
                            <Pause size={14} aria-hidden /> Pause
                        </Button>
                    )}
                    {workflow.actions.includes('CANCEL') && (
                        <Button look="danger" onPress={() => setAsking('CANCEL')}>
                            <Ban size={14} aria-hidden /> Cancel
                        </Button>
                    )}
                    {workflow.actions.includes('TERMINATE') && (
                        <Button look="danger" onPress={() => setAsking('TERMINATE')}>
                            <OctagonX size={14} aria-hidden /> Terminate
                        </Button>
                    )}
                </div>
            </div>
            <div className="card @container mt-4">
                <dl className="grid grid-cols-2 gap-x-5 gap-y-3 px-4 py-3 @md:grid-cols-3 @4xl:grid-cols-6">
                    <Fact name="Type">
                        {workflow.name} <span className="text-ink-3">v{workflow.version}</span>
                    </Fact>
                    <Fact name="Started">{dateTime(workflow.createdAt)}</Fact>
                    <Fact name={workflow.finishedAt === null ? 'Age' : 'Took'}>{duration(end - instant(workflow.createdAt))}</Fact>
                    <Fact name="Runs">
                        {workflow.epoch}
                        {workflow.strikes > 0 && <span className="text-warn"> · {workflow.strikes} ended badly in a row</span>}
                    </Fact>
                    <Fact name="Due">{workflow.dueAt === null ? '–' : dateTime(workflow.dueAt)}</Fact>
                    <Fact name="Executor">
                        {workflow.executorId === null ? (
                            '–'
                        ) : (
                            <Link to="/executors" className="text-accent hover:underline">
                                <span className="font-mono text-[12.5px]">{executor?.name ?? workflow.executorId.slice(0, 12)}</span>
                            </Link>
                        )}
                        {workflow.status === 'RUNNING' && !executorAlive && <span className="text-bad"> dead</span>}
                    </Fact>
                </dl>
            </div>
            {asking === 'SIGNAL' ? (
                <SignalForm id={workflow.id} waitedFor={[...new Set(waits.filter((wait) => wait.kind === 'AWAIT').map((wait) => wait.name))]} onClose={() => setAsking(null)} />
            ) : (
                asking && <Act id={workflow.id} action={asking} onClose={() => setAsking(null)} />
            )}
        </header>
    );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
    return (
        <div className="min-w-0">
            <dt className="label">{name}</dt>
            <dd className="truncate tabular-nums">{children}</dd>
        </div>
    );
}

function Act({ id, action, onClose }: { id: string; action: Asked; onClose: () => void }) {
    const queries = useQueryClient();
    const { verb, path, text, reason: asksReason = false, look }: Ask = ASK[action];
    const send = async (reason: string | null) => {
        await post(path, asksReason ? { id, reason } : { id });
        void queries.invalidateQueries({ queryKey: ['workflow', id] });
    };
    return (
        <Confirm
            title={`${verb} this workflow?`}
            about={id}
            text={text}
            // "Cancel" alone would say that it closes the dialog.
            verb={asksReason ? `${verb} workflow` : verb}
            look={look}
            asksReason={asksReason}
            send={send}
            onClose={onClose}
        />
    );
}
