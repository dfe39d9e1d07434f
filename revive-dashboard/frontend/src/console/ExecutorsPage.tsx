// SPDX-License-Identifier: Apache-2.0
import { useQuery } from '@tanstack/react-query';
import { HeartPulse, Skull } from 'lucide-react';
import { type ReactNode, useEffect } from 'react';
import { Link } from 'react-router';
import { type ExecutorInfo, type Executors, get } from '../parts/api';
import { workflowUrl } from '../parts/base';
import { Chip } from '../parts/Chip';
import { setServerTime, useNow } from '../parts/clock';
import { ConnectionMark } from '../parts/ConnectionMark';
import { Empty, ErrorState, Loading } from '../parts/States';
import { age, dateTime, duration, instant } from '../parts/time';
import { useTopic } from './useTopic';

export function ExecutorsPage() {
    const connection = useTopic('executors', null, ['executors']);
    const now = useNow(500);
    useEffect(() => {
        document.title = 'Executors · Revive';
    }, []);
    const executors = useQuery({
        queryKey: ['executors'],
        queryFn: async ({ signal }) => {
            const answer = await get<Executors>('v1/executors', {}, signal);
            setServerTime(answer.now);
            return answer;
        },
        refetchInterval: 5_000,
    });
    return (
        <>
            <div className="mb-1 flex flex-wrap items-center gap-x-4 gap-y-1">
                <h1 className="text-xl font-semibold tracking-tight">Executors</h1>
                <ConnectionMark connection={connection} />
            </div>
            <p className="mb-4 max-w-3xl text-ink-2">
                An executor is one start of the engine in one process. It proves by a heartbeat that it lives. When its lease runs out, another one takes over its workflows.
            </p>
            {executors.isPending ? (
                <div className="card">
                    <Loading what="the executors" />
                </div>
            ) : executors.data === undefined ? (
                <div className="card">
                    <ErrorState error={executors.error} retry={() => void executors.refetch()} />
                </div>
            ) : executors.data.items.length === 0 ? (
                <div className="card">
                    <Empty title="No executor is here">Start an application with Revive, and it appears here. One that is stopped leaves.</Empty>
                </div>
            ) : (
                <ul className="grid grid-cols-1 gap-3 md:grid-cols-2 2xl:grid-cols-3">
                    {[...executors.data.items]
                        .sort((a, b) => Number(b.alive) - Number(a.alive) || b.startedAt.localeCompare(a.startedAt))
                        .map((one) => (
                            <Executor key={one.id} executor={one} now={now} />
                        ))}
                </ul>
            )}
        </>
    );
}

function Executor({ executor, now }: { executor: ExecutorInfo; now: number }) {
    const { alive } = executor;
    const since = (stamp: string) => {
        const text = age(now - instant(stamp));
        return text === 'now' ? 'now' : `${text} ago`;
    };
    const left = executor.leaseUntil === null ? null : instant(executor.leaseUntil) - now;
    return (
        <li className="card min-w-0 p-4" aria-label={`Executor ${executor.name}`}>
            <div className="flex items-center gap-3">
                <span className="min-w-0 flex-1 truncate font-semibold">{executor.name}</span>
                {alive ? (
                    <Chip tone="ok">
                        <HeartPulse size={13} aria-hidden /> Alive
                    </Chip>
                ) : (
                    <Chip tone="bad">
                        <Skull size={13} aria-hidden /> Dead
                    </Chip>
                )}
            </div>
            <p className="font-mono text-xs break-all text-ink-3">{executor.id}</p>
            <dl className="mt-3 grid grid-cols-2 gap-x-4 gap-y-3 sm:grid-cols-4">
                <Fact name="Started">
                    <span title={dateTime(executor.startedAt)}>{since(executor.startedAt)}</span>
                </Fact>
                <Fact name="Heartbeat">{executor.heartbeatAt === null ? 'none needed' : since(executor.heartbeatAt)}</Fact>
                <Fact name="Lease">
                    {left === null ? 'as its process' : left > 0 && alive ? `${duration(Math.ceil(left / 1000) * 1000)} left` : alive ? 'ran out' : 'over'}
                </Fact>
                <Fact name="Version">{executor.version || 'unknown'}</Fact>
            </dl>
            <p className="label mt-3">
                Runs {executor.runningCount.toLocaleString('en-US')}
                {executor.runningIsLowerBound && '+'} {executor.runningCount === 1 ? 'workflow' : 'workflows'}
            </p>
            {executor.running.length > 0 && (
                <ul className="mt-1 space-y-0.5">
                    {executor.running.map(({ id, name }) => (
                        <li key={id} className="flex gap-3">
                            <Link to={workflowUrl(id)} className="min-w-0 truncate font-mono text-[12.5px] text-accent hover:underline">
                                {id}
                            </Link>
                            <span className="truncate text-ink-3">{name}</span>
                        </li>
                    ))}
                </ul>
            )}
            {executor.runningCount > executor.running.length && (
                <Link to={`/?executor=${encodeURIComponent(executor.id)}`} className="mt-1 inline-block text-xs text-accent underline">
                    Show all in the list
                </Link>
            )}
        </li>
    );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
    return (
        <div className="min-w-0">
            <dt className="label">{name}</dt>
            <dd className="wrap-anywhere tabular-nums">{children}</dd>
        </div>
    );
}
