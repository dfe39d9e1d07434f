// SPDX-License-Identifier: Apache-2.0
import { useNow } from '../parts/clock';
import { duration } from '../parts/time';
import { isOrphaned } from './doubt';
import { Empty, Panel } from './Panel';
import type { State } from './state';
import { type Bar, picture } from './timeline';

const WIDTH = 1000;
const LANE = 30;
const TOP = 16;

const FILLS: Record<Bar['look'], string> = {
    cut: 'url(#cut)',
    done: 'var(--ok-fill)',
    failed: 'var(--bad-fill)',
    running: 'var(--run-fill)',
    doubt: 'var(--warn-fill)',
};

/** Where the time went: the function's own line, and one for each branch. */
export function TimelinePanel({ state }: { state: State }) {
    const workflow = state.workflow;
    const isMoving = workflow !== null && workflow.finishedAt === null;
    const now = useNow(isMoving ? 200 : null);
    return (
        <Panel area="timeline" title="Timeline" hint={workflow === null ? undefined : 'drawn from the rows alone'} flush>
            {workflow === null || workflow.steps.length === 0 ? (
                <Empty>A line for the function, and one for each branch.</Empty>
            ) : (
                <Drawing shown={picture(workflow, now, isOrphaned(state))} />
            )}
        </Panel>
    );
}

function Drawing({ shown }: { shown: ReturnType<typeof picture> }) {
    const height = TOP + shown.lanes.length * LANE;
    const x = (ms: number) => (ms / shown.end) * (WIDTH - 4) + 2;
    return (
        <div className="p-2">
            <svg
                viewBox={`0 0 ${WIDTH} ${height}`}
                preserveAspectRatio="none"
                className="block w-full"
                height={height}
                role="img"
                aria-label={`${shown.bars.length} attempts in ${duration(shown.end)}: ${shown.bars.map((bar) => bar.title).join('; ')}`}
            >
                <defs>
                    <pattern id="cut" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                        <rect width="8" height="8" fill="var(--warn-soft)" />
                        <rect width="3" height="8" fill="var(--warn-fill)" />
                    </pattern>
                </defs>
                {shown.bars.map((bar, index) => (
                    <rect
                        key={index}
                        x={x(bar.from)}
                        y={TOP + bar.lane * LANE + 3}
                        width={Math.max(3, x(bar.to) - x(bar.from))}
                        height={LANE - 8}
                        rx="3"
                        fill={FILLS[bar.look]}
                    >
                        <title>{bar.title}</title>
                    </rect>
                ))}
                {shown.runs.map((run) => (
                    <line
                        key={run.epoch}
                        x1={x(run.at)}
                        x2={x(run.at)}
                        y1={2}
                        y2={height}
                        stroke="var(--bad)"
                        strokeWidth="1.5"
                        strokeDasharray="4 3"
                        vectorEffect="non-scaling-stroke"
                    />
                ))}
            </svg>
            <div className="mt-1 flex flex-wrap items-center gap-x-4 gap-y-0.5 text-[11.5px] text-ink-3" aria-hidden>
                <Key className="bg-ok-fill" text="recorded" />
                <Key className="bg-run-fill" text="under way" />
                <Key className="bg-warn-fill" text="cut off, in doubt" />
                {shown.runs.length > 0 && (
                    <span className="inline-flex items-center gap-1.5">
                        <span className="h-3 border-l-2 border-dashed border-bad" /> a new run begins
                    </span>
                )}
                <span className="grow" />
                <span>{duration(shown.end)}</span>
            </div>
        </div>
    );
}

function Key({ className, text }: { className: string; text: string }) {
    return (
        <span className="inline-flex items-center gap-1.5">
            <span className={`size-2.5 rounded-xs ${className}`} /> {text}
        </span>
    );
}
