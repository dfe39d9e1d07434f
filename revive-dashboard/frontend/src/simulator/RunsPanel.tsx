// SPDX-License-Identifier: Apache-2.0
import { Empty, Panel } from './Panel';
import type { State } from './state';

/** What each run did and what it was spared. */
export function RunsPanel({ state }: { state: State }) {
    const newestFirst = [...state.runs].reverse();
    return (
        <Panel area="runs" title="Runs" hint="each calls the function from its first line" flush>
            {newestFirst.length === 0 && <Empty>No run yet.</Empty>}
            <ul>
                {newestFirst.map((run) => (
                    <li key={`${run.pid} ${run.epoch}`} className="border-b border-line px-3 py-1.5 last:border-b-0">
                        <div className="flex items-baseline gap-2">
                            <span className="font-semibold">{run.worker}</span>
                            <span className="text-[12px] text-ink-3">epoch {run.epoch}</span>
                            {run.refused > 0 && (
                                <span className="rounded bg-bad-soft px-1.5 text-[12px] font-medium text-bad">
                                    {run.refused} {run.refused === 1 ? 'write' : 'writes'} refused
                                </span>
                            )}
                        </div>
                        <Steps label="skipped" tone="text-ink-3" steps={run.skipped} />
                        <Steps label="asked" tone="text-wait" steps={run.asked} />
                        <Steps label="ran" tone="text-ok" steps={run.ran} />
                    </li>
                ))}
            </ul>
        </Panel>
    );
}

function Steps({ label, tone, steps }: { label: string; tone: string; steps: string[] }) {
    if (steps.length === 0) {
        return null;
    }
    return (
        <p className="flex text-[12.5px]">
            <span className={`w-16 shrink-0 font-medium ${tone}`}>{label}</span>
            <span>{steps.join(', ')}</span>
        </p>
    );
}
