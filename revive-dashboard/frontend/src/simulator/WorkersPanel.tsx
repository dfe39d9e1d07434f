// SPDX-License-Identifier: Apache-2.0
import { Activity, Skull, Snowflake, Sun } from 'lucide-react';
import { duration, instant } from '../parts/time';
import { useNow } from '../parts/clock';
import { Act } from './Controls';
import { Empty, Panel } from './Panel';
import type { Life, State, Worker } from './state';
import type { Simulator } from './useSimulator';

const LOOKS: Record<Life, { text: string; chip: string; icon: typeof Activity }> = {
    STARTING: { text: 'starting', chip: 'bg-run-soft text-run', icon: Activity },
    ALIVE: { text: 'alive', chip: 'bg-ok-soft text-ok', icon: Activity },
    FROZEN: { text: 'frozen', chip: 'bg-wait-soft text-wait', icon: Snowflake },
    DEAD: { text: 'dead', chip: 'bg-bad-soft text-bad', icon: Skull },
};

export function WorkersPanel({ simulator, state }: { simulator: Simulator; state: State }) {
    const anyAlive = state.workers.some((worker) => worker.state !== 'DEAD');
    const now = useNow(anyAlive ? 1000 : null);
    const newestFirst = [...state.workers].reverse();
    return (
        <Panel area="workers" title="Processes" hint={state.place.replace(/\S*\/(?=[^/\s]+$)/, '')} flush>
            {newestFirst.length === 0 && <Empty>No process yet. This page is one of its own, and outlives them all.</Empty>}
            <ul>
                {newestFirst.map((worker) => (
                    <WorkerItem key={worker.pid} worker={worker} now={now} simulator={simulator} />
                ))}
            </ul>
        </Panel>
    );
}

function WorkerItem({ worker, now, simulator }: { worker: Worker; now: number; simulator: Simulator }) {
    const look = LOOKS[worker.state];
    const end = worker.endedAt === null ? now : instant(worker.endedAt);
    const isDead = worker.state === 'DEAD';
    return (
        <li
            className="rise border-b border-line px-3 py-2 last:border-b-0"
            aria-label={`Process ${worker.name}, number ${worker.pid}, ${look.text}`}
        >
            <div className="flex items-center gap-2">
                <look.icon
                    size={16}
                    aria-hidden
                    className={isDead ? 'text-bad' : worker.state === 'FROZEN' ? 'text-wait' : 'breathe text-ok'}
                />
                <span className={`font-semibold ${isDead ? 'text-ink-3' : ''}`}>{worker.name}</span>
                <span className="font-mono text-[12px] text-ink-3">pid {worker.pid}</span>
                <span className="grow" />
                <span className={`rounded-full px-2 text-[12px] font-medium ${look.chip}`}>{look.text}</span>
            </div>
            <p className="mt-0.5 text-[12px] text-ink-3">
                {isDead ? 'lived' : 'for'} {duration(Math.max(0, Math.round((end - instant(worker.startedAt)) / 100) * 100))}
                {worker.exitCode !== null && <>, exit code {worker.exitCode}</>}
                {worker.seat === 'DEAD' && !isDead && (
                    <span className="font-medium text-bad">, declared dead: its writes are refused</span>
                )}
            </p>
            {worker.how !== null && <p className="text-[12.5px] text-ink-2">{worker.how}</p>}
            {(worker.state === 'ALIVE' || worker.state === 'FROZEN') && (
                <div className="mt-1.5 grid grid-cols-2 gap-2">
                    {worker.state === 'ALIVE' ? (
                        <Act
                            tone="plain"
                            icon={<Snowflake size={14} aria-hidden />}
                            text={`Freeze ${worker.name}`}
                            reason={null}
                            busy={simulator.busy === 'freeze'}
                            onPress={() => void simulator.command('freeze', { worker: worker.name })}
                        />
                    ) : (
                        <Act
                            tone="plain"
                            icon={<Sun size={14} aria-hidden />}
                            text={`Thaw ${worker.name}`}
                            reason={null}
                            busy={simulator.busy === 'thaw'}
                            onPress={() => void simulator.command('thaw', { worker: worker.name })}
                        />
                    )}
                    <Act
                        tone="danger"
                        icon={<Skull size={14} aria-hidden />}
                        text={`Kill ${worker.name}`}
                        reason={null}
                        busy={simulator.busy === 'crash'}
                        onPress={() => void simulator.command('crash', { worker: worker.name })}
                    />
                </div>
            )}
        </li>
    );
}
