// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef } from 'react';
import { isInDoubt, isOrphaned } from './doubt';
import { Panel } from './Panel';
import type { Source, State } from './state';
import { isAwaited } from './wait';

type Light = { lit?: boolean; waits?: boolean; done?: boolean; doubt?: boolean; workers: string[] };

/** The real source, with the lines lit that are executing. It is only scrolled when the lines are out of sight. */
export function SourcePanel({ source, state }: { source: Source | null; state: State }) {
    const box = useRef<HTMLPreElement>(null);
    const lights = source === null ? new Map<number, Light>() : lightsOf(source, state);
    const firstLit = Math.min(...[...lights].filter(([, light]) => light.lit || light.waits).map(([line]) => line));

    const firstStep = source === null ? null : Math.min(...Object.values(source.steps).map(([from]) => from));
    useEffect(() => {
        const line = box.current?.querySelector<HTMLElement>(`[data-line="${(firstStep ?? 1) - 3}"]`);
        const scroller = box.current?.parentElement;
        if (line && scroller) {
            scroller.scrollTop = line.offsetTop - scroller.offsetTop;
        }
    }, [firstStep]);

    useEffect(() => {
        const line = box.current?.querySelector(`[data-line="${firstLit}"]`);
        const scroller = box.current?.parentElement;
        if (line && scroller) {
            const seen = scroller.getBoundingClientRect();
            const place = line.getBoundingClientRect();
            if (place.top < seen.top + 40 || place.bottom > seen.bottom - 40) {
                scroller.scrollTop += place.top - seen.top - seen.height / 3;
            }
        }
    }, [firstLit]);

    return (
        <Panel area="source" title="The workflow" hint={source?.file} flush>
            <pre ref={box} className="w-max min-w-full py-1.5 font-mono text-[12px] leading-[1.55]">
                {source?.lines.map((text, index) => {
                    const light = lights.get(index + 1);
                    return (
                        <span
                            key={index}
                            className="source-line"
                            data-line={index + 1}
                            data-lit={light?.lit === true}
                            data-waits={light?.waits === true}
                            data-done={light?.done === true}
                            data-doubt={light?.doubt === true}
                        >
                            <span className="pr-2 text-right text-ink-3 select-none" aria-hidden>
                                {index + 1}
                            </span>
                            <span>
                                {text === '' ? ' ' : text}
                                {light?.waits && (
                                    <span className="ml-3 rounded bg-surface px-1.5 font-sans text-[11px] font-semibold text-wait">
                                        it waits here
                                    </span>
                                )}
                                {light?.workers.map((worker) => (
                                    <span
                                        key={worker}
                                        className="ml-3 rounded bg-run-fill px-1.5 font-sans text-[11px] font-semibold text-white"
                                    >
                                        {worker} is here
                                    </span>
                                ))}
                            </span>
                        </span>
                    );
                })}
            </pre>
        </Panel>
    );
}

function lightsOf(source: Source, state: State): Map<number, Light> {
    const lights = new Map<number, Light>();
    const mark = ([from, to]: [number, number], light: Omit<Light, 'workers'>) => {
        for (let line = from; line <= to; line++) {
            lights.set(line, { workers: [], ...lights.get(line), ...light });
        }
    };
    for (const step of state.workflow?.steps ?? []) {
        const range = source.steps[step.name];
        if (range) {
            mark(range, { waits: isAwaited(step), done: step.status === 'COMPLETED', doubt: isInDoubt(step, isOrphaned(state)) });
        }
    }
    for (const executing of state.executing) {
        const range = executing.line ?? source.steps[executing.step];
        if (range) {
            mark(range, { lit: true, doubt: false });
            lights.get(range[0])?.workers.push(executing.worker);
        }
    }
    return lights;
}
