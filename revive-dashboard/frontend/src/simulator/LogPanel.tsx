// SPDX-License-Identifier: Apache-2.0
import { preciseClock } from '../parts/time';
import { Empty, Panel } from './Panel';
import type { LogLine, State } from './state';
import { useFollowedEnd } from './useFollowedEnd';

const TONES: Record<LogLine['kind'], string> = {
    PERSON: 'text-accent',
    WORKER: 'text-ink-2',
    EFFECT: 'text-ink',
    RECORD: 'text-ok',
    REFUSED: 'text-bad font-medium',
};

export function LogPanel({ state }: { state: State }) {
    const content = useFollowedEnd(state.log.length);
    return (
        <Panel area="log" title="Execution log" flush>
            <div ref={content}>
                {state.log.length === 0 && <Empty>Nothing has been done yet.</Empty>}
                <ol className="px-3 py-1.5 font-mono text-[11.5px] leading-[1.6]">
                    {state.log.map((line, index) => (
                        <li key={index} className="grid grid-cols-[86px_18px_minmax(0,1fr)] gap-2">
                            <span className="text-ink-3">{preciseClock(line.time)}</span>
                            <span className="font-semibold text-ink-3">{line.worker ?? ''}</span>
                            <span className={`break-words ${TONES[line.kind]}`}>{line.text}</span>
                        </li>
                    ))}
                </ol>
            </div>
        </Panel>
    );
}
