// SPDX-License-Identifier: Apache-2.0
import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { Link, useNavigate, useSearchParams } from 'react-router';
import { type Executors, get, type WorkflowDetail } from '../../parts/api';
import { asked } from '../../parts/base';
import { setServerTime } from '../../parts/clock';
import { DecideForm } from '../../parts/DecideForm';
import { FailureView } from '../../parts/FailureView';
import { useKeys } from '../../parts/keys';
import { PayloadView } from '../../parts/JsonView';
import { Empty, ErrorState, Loading } from '../../parts/States';
import { StepDrawer } from '../../parts/StepDrawer';
import { StepTable } from '../../parts/StepTable';
import { Timeline } from '../../parts/timeline/Timeline';
import { useMe } from '../Shell';
import { useTopic } from '../useTopic';
import { listUrl } from '../workflows/filters';
import { AttentionPanel } from './AttentionPanel';
import { Header } from './Header';
import { InboxPanel } from './InboxPanel';
import { Journal } from './Journal';
import { PastLives } from './PastLives';

const TABS = [
    ['steps', 'Steps'],
    ['data', 'Input and output'],
    ['journal', 'Raw journal'],
] as const;

const ENDED: Partial<Record<WorkflowDetail['status'], string>> = {
    CANCELLED: 'The workflow was cancelled',
    TERMINATED: 'The workflow was terminated',
};

export function WorkflowPage() {
    const [search, setSearch] = useSearchParams();
    const navigate = useNavigate();
    const id = search.get('id') ?? '';
    const tab = search.get('tab') ?? 'steps';
    const selected = search.get('step');
    const set = (name: string, value: string | null) =>
        setSearch(
            () => {
                const next = asked();
                if (value === null) {
                    next.delete(name);
                } else {
                    next.set(name, value);
                }
                return next;
            },
            { replace: true, preventScrollReset: true },
        );

    const connection = useTopic('workflow', id, ['workflow', 'executors', 'journal']);
    const me = useMe();
    const workflow = useQuery({
        queryKey: ['workflow', id],
        queryFn: async ({ signal }) => {
            const detail = await get<WorkflowDetail>('v1/workflow', { id }, signal);
            setServerTime(detail.now);
            return detail;
        },
        enabled: id !== '',
    });
    const executors = useQuery({
        queryKey: ['executors'],
        queryFn: ({ signal }) => get<Executors>('v1/executors', {}, signal),
        enabled: workflow.data?.status === 'RUNNING' || workflow.data?.status === 'DUE',
        refetchInterval: 5_000,
    });
    const executor = executors.data?.items.find((one) => one.id === workflow.data?.executorId);
    const alive = executors.data === undefined || (executor?.alive ?? false);

    useEffect(() => {
        document.title = `${id} · Revive`;
    }, [id]);
    useKeys((event) => {
        if (event.key !== 'Escape') {
            return;
        }
        const search = asked();
        if (search.has('step')) {
            set('step', null);
        } else if (search.get('id') === id) {
            void navigate(listUrl());
        }
    });
    const step = useMemo(() => workflow.data?.steps.find((one) => one.key === selected), [workflow.data, selected]);

    if (id === '') {
        return (
            <Empty title="No workflow is named in the address">
                <Link to={listUrl()} className="text-accent underline">
                    Open one from the list
                </Link>
            </Empty>
        );
    }
    if (workflow.isPending) {
        return <Loading what="the workflow" />;
    }
    if (workflow.data === undefined) {
        return <ErrorState error={workflow.error} retry={() => void workflow.refetch()} />;
    }
    const detail = workflow.data;
    const undecided = detail.actions.includes('DECIDE') && step?.isZombie;
    return (
        // A new one for each workflow: what is zoomed or asked in one is nothing to its child.
        <div key={id} className={step ? 'xl:pr-[476px]' : ''}>
            <nav aria-label="Path" className="mb-2 text-xs">
                <Link to={listUrl()} className="text-ink-3 hover:text-ink">
                    Workflows
                </Link>
            </nav>
            <Header
                workflow={detail}
                connection={connection}
                executors={executors.data?.items}
                executor={executor}
                executorAlive={alive}
                onDecide={() => set('step', detail.steps.find((one) => one.isZombie)?.key ?? null)}
            />
            {detail.attention && <AttentionPanel attention={detail.attention} />}
            {detail.failure && (
                <section className="card mt-4 p-4" aria-label="Failure">
                    <h2 className="mb-2 font-semibold text-bad">{ENDED[detail.status] ?? 'The workflow failed'}</h2>
                    <FailureView failure={detail.failure} />
                </section>
            )}
            {detail.messages.length > 0 && (
                <InboxPanel messages={detail.messages} areCut={detail.messagesAreCut} hasEnded={detail.finishedAt !== null} />
            )}
            {detail.pastLives.length > 0 && <PastLives lives={detail.pastLives} areCut={detail.pastLivesAreCut} />}
            <div className="card mt-4 pb-2">
                {detail.steps.length === 0 ? (
                    <Empty title="Nothing recorded yet">
                        The first step appears when it begins. A workflow that is due waits for an executor which knows its type.
                    </Empty>
                ) : (
                    <Timeline workflow={detail} selected={selected} onSelect={(key) => set('step', key)} executorAlive={alive} />
                )}
            </div>
            <div className="card mt-4 overflow-hidden">
                <div role="tablist" aria-label="Views" className="flex gap-5 border-b border-line px-4">
                    {TABS.map(([key, label], i) => (
                        <button
                            key={key}
                            type="button"
                            role="tab"
                            id={`tab-${key}`}
                            aria-selected={tab === key}
                            aria-controls="panel"
                            tabIndex={tab === key ? 0 : -1}
                            onClick={() => set('tab', key === 'steps' ? null : key)}
                            onKeyDown={(e) => {
                                const by = e.key === 'ArrowRight' ? 1 : e.key === 'ArrowLeft' ? -1 : 0;
                                if (by !== 0) {
                                    const [next] = TABS[(i + by + TABS.length) % TABS.length]!;
                                    set('tab', next === 'steps' ? null : next);
                                    document.getElementById(`tab-${next}`)?.focus();
                                }
                            }}
                            className={`-mb-px border-b-2 py-2.5 font-medium whitespace-nowrap ${tab === key ? 'border-accent text-ink' : 'border-transparent text-ink-2 hover:text-ink'}`}
                        >
                            {label}
                            {key === 'steps' && <span className="ml-1.5 text-xs font-normal text-ink-3 tabular-nums">{detail.steps.length.toLocaleString('en-US')}{detail.stepsAreCut && '+'}</span>}
                        </button>
                    ))}
                </div>
                <div role="tabpanel" id="panel" aria-labelledby={`tab-${tab}`}>
                    {tab === 'data' ? (
                        <div className="grid gap-6 p-4 lg:grid-cols-2">
                            <section>
                                <h2 className="mb-1.5 font-semibold">Input</h2>
                                <PayloadView payload={detail.input} label="input" />
                            </section>
                            <section>
                                <h2 className="mb-1.5 font-semibold">Output</h2>
                                {detail.output ? <PayloadView payload={detail.output} label="output" /> : <p className="text-ink-3">None: it has not completed.</p>}
                            </section>
                        </div>
                    ) : tab === 'journal' ? (
                        <Journal id={id} canSeePayloads={me?.roles.includes('VIEW_PAYLOADS') ?? true} />
                    ) : (
                        <StepTable steps={detail.steps} selected={selected} onSelect={(key) => set('step', key)} />
                    )}
                </div>
            </div>
            {step && (
                <StepDrawer
                    key={step.key}
                    workflowId={id}
                    step={step}
                    onClose={() => set('step', null)}
                    decide={undecided && <DecideForm workflowId={id} step={step} onDone={() => void workflow.refetch()} />}
                />
            )}
        </div>
    );
}
