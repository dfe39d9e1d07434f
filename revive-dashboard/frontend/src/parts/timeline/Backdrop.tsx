// SPDX-License-Identifier: Apache-2.0
import { axisLabel, duration } from '../time';
import type { Viewport } from './blocks';
import type { Layout } from './layout';
import { type Scale, ticksOf } from './scale';

const LABELLED = 64;

export function Axis({ scale, view, height }: { scale: Scale; view: Viewport; height: number }) {
    const ticks = ticksOf(scale, view, Math.max(2, view.width / 90));
    const px = (u: number) => ((u - view.u0) / (view.u1 - view.u0)) * view.width;
    const folds = scale.pieces.filter((piece) => piece.collapsed && piece.u1 > view.u0 && piece.u0 < view.u1);
    const besideFold = (at: number) => folds.some((piece) => px(piece.u0) >= at && px(piece.u0) - at < 44);
    let labelled = -LABELLED;
    return (
        <g aria-hidden>
            {ticks.map(({ u, elapsed, step }) => {
                const at = px(u);
                const label = at - labelled >= LABELLED && at < view.width - 30 && !besideFold(at);
                if (label) {
                    labelled = at;
                }
                return (
                    <g key={u}>
                        <line x1={at} x2={at} y1={22} y2={height} className="stroke-line" />
                        {label && (
                            <text x={at + 4} y={32} className="fill-ink-3 text-[10.5px] tabular-nums">
                                {axisLabel(elapsed, step)}
                            </text>
                        )}
                    </g>
                );
            })}
            {folds.map((piece) => {
                    const x0 = px(piece.u0);
                    const width = px(piece.u1) - x0;
                    return (
                        <g key={piece.from}>
                            <rect x={x0} y={22} width={width} height={height - 22} fill="url(#idle)" opacity={0.7} />
                            {width > 34 && (
                                <text x={x0 + width / 2} y={32} textAnchor="middle" className="fill-ink-3 text-[10.5px]">
                                    {duration(piece.to - piece.from)}
                                </text>
                            )}
                        </g>
                    );
                })}
        </g>
    );
}

/** Which process worked when: one bar a run. */
export function RunStrip({ layout, x, width }: { layout: Layout; x: (time: number) => number; width: number }) {
    const { runs, breaks, bars } = layout;
    const shown = runs
        .map((run, i) => {
            const ended = breaks.find((one) => one.epochBefore === run.epoch);
            const skipped = i === 0 ? 0 : bars.filter(({ step, to }) => step.epoch < run.epoch && step.kind !== 'PARALLEL' && to <= run.from).length;
            return { run, skipped, x0: Math.max(-4, x(run.from)), x1: Math.min(width + 4, Math.max(x(ended?.at ?? run.to), x(run.from) + 3)) };
        })
        .filter(({ x0, x1 }) => x1 > -4 && x0 < width + 4)
        // Of very many runs only those are drawn that can be told apart.
        .filter((_, i, all) => all.length < 200 || i % Math.ceil(all.length / 200) === 0);
    return (
        <g>
            {shown.map(({ run, skipped, x0, x1 }) => (
                <g key={run.epoch} role="img" aria-label={`Run ${run.epoch}${skipped ? `: ${skipped} recorded calls were answered from the journal` : ''}`}>
                    <title>{`Run ${run.epoch}${skipped ? `: ${skipped} recorded calls were answered from the journal, not run again` : ''}`}</title>
                    <rect x={x0} y={4} width={Math.max(2, x1 - x0)} height={15} rx={4} className="fill-accent-soft" />
                    {x1 - x0 > 42 && (
                        <text x={x0 + 6} y={15} className="fill-accent text-[10.5px] font-semibold">
                            Run {run.epoch}
                            {skipped > 0 && x1 - x0 > 130 && <tspan className="font-normal"> · {skipped} replayed</tspan>}
                        </text>
                    )}
                </g>
            ))}
        </g>
    );
}

const BREAK_TEXT = { crash: 'Crash', takeover: 'Taken over', wake: 'Woken', end: 'Terminated' };

export function BreakMarks({ layout, x, width, height }: { layout: Layout; x: (time: number) => number; width: number; height: number }) {
    const breaks = layout.breaks.length > 60 ? layout.breaks.filter((one) => one.kind === 'crash').slice(0, 60) : layout.breaks;
    return (
        <g>
            {breaks.map((one) => {
                const at = x(one.at);
                const back = one.to === Infinity ? null : x(one.to);
                if ((back ?? at) < -4 || at > width + 4) {
                    return null;
                }
                const text =
                    `${BREAK_TEXT[one.kind]} after run ${one.epochBefore}` +
                    (one.kind === 'end' ? '' : one.epochAfter === null ? ', nobody has taken over yet' : `, run ${one.epochAfter} went on ${duration(one.to - one.at)} later`);
                return (
                    <g key={one.epochBefore} role="img" aria-label={text}>
                        <title>{text}</title>
                        {one.kind === 'crash' && (
                            <>
                                <line x1={at} x2={at} y1={4} y2={height} className="stroke-bad-fill" strokeWidth={1.5} />
                                <circle cx={at} cy={11.5} r={8} className="fill-bad-fill" />
                                <path d={`M${at - 3} 8.5l6 6m0-6l-6 6`} stroke="#fff" strokeWidth={2} strokeLinecap="round" />
                            </>
                        )}
                        {one.kind === 'end' && <line x1={at} x2={at} y1={4} y2={height} className="stroke-idle-fill" strokeWidth={1.5} />}
                        {back !== null && one.kind !== 'crash' && (
                            <line x1={back} x2={back} y1={4} y2={height} className="stroke-accent" strokeWidth={1} strokeDasharray="3 3" />
                        )}
                        {back !== null && one.kind === 'crash' && back - at > 6 && (
                            <line x1={back} x2={back} y1={4} y2={height} className="stroke-accent" strokeWidth={1} strokeDasharray="3 3" />
                        )}
                    </g>
                );
            })}
        </g>
    );
}
