// SPDX-License-Identifier: Apache-2.0
import { useQuery } from '@tanstack/react-query';
import { Ghost, X } from 'lucide-react';
import { type ReactNode, useEffect, useRef } from 'react';
import { type Child, get, type StepDetail, type StepSummary } from './api';
import { IconButton } from './Button';
import { StepChip } from './Chip';
import { Copy } from './Copy';
import { FailureView } from './FailureView';
import { PayloadView } from './JsonView';
import { ErrorState, Loading } from './States';
import { childMeaning, joinedMeaning, RESOLUTION_MEANING } from './status';
import { dateTime, duration, instant } from './time';
import { WorkflowLink } from './WorkflowLink';

interface Props {
    workflowId: string;
    step: StepSummary;
    onClose: () => void;
    decide?: ReactNode;
}

const KIND: Record<StepSummary['kind'], string> = {
    STEP: 'Step',
    TRANSACTION: 'Transaction',
    PARALLEL: 'Parallel',
    SLEEP: 'Sleep',
    POLL: 'Poll',
    AWAIT: 'Wait for a signal',
    SIGNAL: 'Signal',
    AWAKEABLE: 'Awakeable',
    COMPLETION: 'Wait for an awakeable',
    CHILD: 'Start of a child',
    RESULT: 'Wait for a child',
    UNKNOWN: 'Call',
};

/** What comes at the time that is told. */
const NEXT: Partial<Record<StepSummary['kind'], string>> = { SLEEP: 'Wakes', AWAIT: 'Waits until', COMPLETION: 'Waits until', POLL: 'Next look' };

const WITHOUT_OUTPUT: readonly StepSummary['kind'][] = ['SLEEP', 'SIGNAL', 'CHILD'];

export function StepDrawer({ workflowId, step, onClose, decide }: Props) {
    const box = useRef<HTMLElement>(null);
    const detail = useQuery({
        queryKey: ['step', workflowId, step.scope, step.sequence, step.epoch, step.attempt, step.status],
        queryFn: ({ signal }) =>
            get<StepDetail>('v1/workflow/step', { id: workflowId, scope: step.scope, sequence: step.sequence }, signal),
    });
    // The focus goes back to where the person came from.
    useEffect(() => {
        const before = document.activeElement as HTMLElement | null;
        box.current?.focus();
        return () => before?.focus();
    }, []);
    return (
        <aside
            ref={box}
            tabIndex={-1}
            aria-label={`Step ${step.key}`}
            className="slide-in fixed inset-y-0 right-0 z-40 w-full max-w-[480px] overflow-y-auto overscroll-contain border-l border-line bg-surface p-5 shadow-(--shadow) outline-none"
        >
            <div className="flex items-start gap-2">
                <div className="min-w-0 flex-1">
                    <p className="label">{KIND[step.kind]}</p>
                    <h2 className="text-lg leading-snug font-semibold break-words">{step.name}</h2>
                    <p className="flex items-center gap-1 font-mono text-xs break-all text-ink-3">
                        {step.key} <Copy text={step.key} label="Copy step key" />
                    </p>
                </div>
                <StepChip step={step} />
                <IconButton label="Close step" onPress={onClose}>
                    <X size={16} aria-hidden />
                </IconButton>
            </div>
            {(step.isZombie || step.zombies > 0) && <Zombie step={step} />}
            {decide}
            {step.child && <ChildPart step={step} child={step.child} />}
            <JoinedPart step={step} />
            <Attempts step={step} />
            {detail.isPending ? (
                <Loading what="the step" />
            ) : detail.isError ? (
                <ErrorState error={detail.error} retry={() => void detail.refetch()} />
            ) : (
                <>
                    {detail.data.failure && (
                        <Part title="Error">
                            <FailureView failure={detail.data.failure} />
                        </Part>
                    )}
                    {!WITHOUT_OUTPUT.includes(step.kind) && (step.status === 'COMPLETED' || detail.data.output) && (
                        <Part title={outputTitle(step)}>
                            <PayloadView payload={detail.data.output} label="output" />
                        </Part>
                    )}
                </>
            )}
        </aside>
    );
}

function outputTitle(step: StepSummary): string {
    if (step.kind === 'AWAKEABLE') {
        return 'Its id: whoever has it can complete it';
    }
    return step.kind === 'POLL' && step.status !== 'COMPLETED' ? 'The last look saw' : 'Output';
}

function Part({ title, children }: { title: string; children: ReactNode }) {
    return (
        <section className="mt-5">
            <h3 className="mb-1.5 text-[13px] font-semibold">{title}</h3>
            {children}
        </section>
    );
}

function JoinedPart({ step }: { step: StepSummary }) {
    const meaning = joinedMeaning(step);
    return (
        meaning.length > 0 && (
            <Part title="Branches">
                <ul className="text-ink-2">
                    {meaning.map((sentence) => (
                        <li key={sentence}>{sentence}</li>
                    ))}
                </ul>
            </Part>
        )
    );
}

function ChildPart({ step, child }: { step: StepSummary; child: Child }) {
    const meaning = childMeaning(step);
    return (
        <Part title="Child">
            <p className="flex items-center gap-1">
                <WorkflowLink id={child.id} /> <Copy text={child.id} label="Copy child id" />
            </p>
            {meaning && <p className="text-ink-2">{meaning}</p>}
        </Part>
    );
}

function Zombie({ step }: { step: StepSummary }) {
    return (
        <div className="mt-4 flex gap-2.5 rounded-lg border border-warn-fill bg-warn-soft p-3">
            <Ghost size={18} className="mt-0.5 shrink-0 text-warn" aria-hidden />
            <div>
                <p className="font-semibold">
                    {step.isZombie ? 'Nobody knows whether it happened' : `${step.zombies} ${step.zombies === 1 ? 'attempt was' : 'attempts were'} cut off`}
                </p>
                <p className="text-ink-2">
                    {step.isZombie
                        ? 'It began, and its run ended before the outcome was recorded. Its effect may or may not be there.'
                        : step.resolution
                          ? RESOLUTION_MEANING[step.resolution]
                          : 'The effect of such an attempt may or may not be there.'}
                </p>
            </div>
        </div>
    );
}

function recordedTitle({ status, kind }: StepSummary): string {
    return status === 'DECIDED' ? 'Decided' : status === 'BACKOFF' && kind !== 'POLL' ? 'Attempt failed' : 'Recorded';
}

function Attempts({ step }: { step: StepSummary }) {
    const started = instant(step.startedAt);
    const isPoll = step.kind === 'POLL';
    const rows: [string, string][] = [['First began', dateTime(step.firstStartedAt)]];
    if (step.attempt > 1) {
        rows.push([`${isPoll ? 'Look' : 'Attempt'} ${step.attempt} began`, dateTime(step.startedAt)]);
    }
    if (step.status !== 'STARTED') {
        rows.push([recordedTitle(step), `${dateTime(step.recordedAt)}, after ${duration(instant(step.recordedAt) - started)}`]);
    }
    if (step.nextAt !== null) {
        rows.push([NEXT[step.kind] ?? 'Next attempt', dateTime(step.nextAt)]);
    }
    rows.push([isPoll ? 'Looks' : 'Attempts', String(step.attempt)], ['Written by run', String(step.epoch)]);
    if (step.kind === 'PARALLEL') {
        rows.push(['Branches', String(step.branches)]);
    }
    return (
        <Part title={isPoll ? 'Looks' : 'Attempts'}>
            <dl className="grid grid-cols-[130px_1fr] gap-y-1">
                {rows.map(([name, value]) => (
                    <div key={name} className="contents">
                        <dt className="text-ink-3">{name}</dt>
                        <dd className="tabular-nums">{value}</dd>
                    </div>
                ))}
            </dl>
        </Part>
    );
}
