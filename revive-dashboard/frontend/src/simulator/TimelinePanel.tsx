// SPDX-License-Identifier: Apache-2.0
import { useMemo, useState } from 'react';
import { instant } from '../parts/time';
import { Timeline } from '../parts/timeline/Timeline';
import { isOrphaned } from './doubt';
import { Empty, Panel } from './Panel';
import type { State } from './state';

/** The console's timeline, and what only this page knows: when a process died. */
export function TimelinePanel({ state }: { state: State }) {
    const [selected, setSelected] = useState<string | null>(null);
    const ends = state.workers.flatMap((worker) => (worker.endedAt === null ? [] : [worker.endedAt])).join(' ');
    const deaths = useMemo(() => (ends === '' ? [] : ends.split(' ').map(instant)), [ends]);
    return (
        <Panel area="timeline" title="Timeline" hint="drawn from the rows" flush>
            {state.workflow === null || state.workflow.steps.length === 0 ? (
                <Empty>A line for the function, and one for each branch.</Empty>
            ) : (
                <Timeline
                    workflow={state.workflow}
                    selected={selected}
                    onSelect={setSelected}
                    deaths={deaths}
                    executorAlive={!isOrphaned(state)}
                    legend={false}
                />
            )}
        </Panel>
    );
}
