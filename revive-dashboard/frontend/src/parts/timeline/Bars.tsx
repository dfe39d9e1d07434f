// SPDX-License-Identifier: Apache-2.0
import type { StepSummary } from '../api';
import { isFailing, stepLabel, stepTone, type Tone } from '../status';
import { duration } from '../time';
import type { Block } from './blocks';
import type { Bar, Layout, Segment } from './layout';

const ROW = 34;
const HEAD = 46;
const THICK = 24;

/** A narrower bar has no room for a few letters of a name. */
const LEGIBLE = 48;

const FILL: Record<Tone, string> = {
    ok: 'fill-ok-fill',
    run: 'fill-run-fill',
    bad: 'fill-bad-fill',
    warn: 'fill-warn-fill',
    wait: 'fill-wait-fill',
    idle: 'fill-idle-fill',
};

type X = (time: number) => number;

interface Props {
    row: number;
    blocks: Block[];
    x: X;
    width: number;
    selected: number | null;
    tabStop: number;
    onFocus: (index: number) => void;
    onOpen: (block: Block) => void;
}

export function Bars({ row, blocks, x, width, selected, tabStop, onFocus, onOpen }: Props) {
    const y = HEAD + row * ROW;
    return (
        <g>
            {blocks.map((block) => {
                const bar = block.bars[0]!;
                const single = block.bars.length === 1;
                const label = single ? nameOf(bar) : `${block.bars.length} steps, from ${bar.step.name}. Opens by zooming in.`;
                return (
                    <g
                        key={bar.index}
                        role="button"
                        aria-label={label}
                        aria-pressed={single ? bar.index === selected : undefined}
                        tabIndex={block.bars.some(({ index }) => index === tabStop) ? 0 : -1}
                        data-index={bar.index}
                        onClick={() => onOpen(block)}
                        onFocus={() => onFocus(bar.index)}
                        onKeyDown={(e) => {
                            if (e.key === 'Enter' || e.key === ' ') {
                                e.preventDefault();
                                onOpen(block);
                            }
                        }}
                        className="group cursor-pointer outline-none"
                    >
                        <title>{label}</title>
                        {single ? (
                            <Single bar={bar} x={x} y={y} width={width} />
                        ) : (
                            <rect x={block.x0} y={y} width={Math.max(2, block.x1 - block.x0)} height={THICK} rx={2} className={FILL[worst(block.bars)]} />
                        )}
                        <rect
                            x={block.x0 - 2}
                            y={y - 2}
                            width={block.x1 - block.x0 + 4}
                            height={THICK + 4}
                            rx={6}
                            fill="none"
                            strokeWidth={2}
                            className={`group-focus-visible:stroke-accent ${single && bar.index === selected ? 'stroke-ink' : 'stroke-transparent group-hover:stroke-line-strong'}`}
                        />
                    </g>
                );
            })}
        </g>
    );
}

function Single({ bar, x, y, width }: { bar: Bar; x: X; y: number; width: number }) {
    const x0 = Math.max(0, x(bar.from));
    const x1 = Math.min(width, x(bar.to));
    const last = bar.segments.at(-1)!;
    const lastX0 = Math.max(x0, x(last.from));
    const inside = x1 - lastX0;
    const dark = last.kind === 'attempt';
    return (
        <>
            {bar.segments.map((segment, i) => (
                <SegmentShape key={i} segment={segment} step={bar.step} x={x} y={y} />
            ))}
            {inside > LEGIBLE && (
                // HTML, since text in an svg knows no ellipsis.
                <foreignObject x={lastX0} y={y} width={inside} height={THICK} aria-hidden className="pointer-events-none">
                    <div className={`truncate px-2 text-[11.5px]/[24px] font-medium ${dark ? 'text-white' : 'text-ink'}`}>{bar.step.name}</div>
                </foreignObject>
            )}
        </>
    );
}

function SegmentShape({ segment, step, x, y }: { segment: Segment; step: StepSummary; x: X; y: number }) {
    const x0 = x(segment.from);
    const width = Math.max(segment.kind === 'attempt' || segment.kind === 'cut' ? 4 : 1, x(segment.to) - x0);
    switch (segment.kind) {
        case 'cut': {
            const right = x0 + width;
            const torn = Math.min(4, width / 2);
            const edge = `L${right} ${y} l${-torn} ${THICK / 4} l${torn} ${THICK / 4} l${-torn} ${THICK / 4} l${torn} ${THICK / 4}`;
            return <path d={`M${x0} ${y} ${edge} L${x0} ${y + THICK} Z`} fill="url(#cut)" className="stroke-warn-fill" strokeWidth={1} />;
        }
        case 'earlier':
            return <rect x={x0} y={y + 7} width={width} height={THICK - 14} rx={2} className="fill-idle-fill" opacity={0.7} />;
        case 'backoff':
        case 'sleep':
            return (
                <rect x={x0} y={y + 3} width={width} height={THICK - 6} rx={4} className="fill-wait-soft stroke-wait-fill" strokeDasharray="4 3" />
            );
        case 'settled':
            return <line x1={x0} x2={x0 + width} y1={y + THICK / 2} y2={y + THICK / 2} className="stroke-warn-fill" strokeWidth={2} strokeDasharray="2 3" />;
        default:
            return <rect x={x0} y={y} width={width} height={THICK} rx={4} className={`${FILL[isFailing(step) ? 'bad' : stepTone(step)]} ${segment.open ? 'breathe-soft' : ''}`} />;
    }
}

/** The lines from a parallel to its branches and back; that of the branch that decided it has the colour of its end. */
export function Forks({ layout, x, firstRow, lastRow, width }: { layout: Layout; x: X; firstRow: number; lastRow: number; width: number }) {
    const forks = layout.bars.filter((bar) => bar.step.kind === 'PARALLEL');
    const shown = [];
    let reached = -1;
    for (const bar of forks) {
        const x0 = x(bar.from);
        const x1 = x(bar.to);
        if (x1 < -10 || x0 > width + 10 || bar.row > lastRow || (x1 - x0 < 3 && x1 < reached)) {
            continue;
        }
        reached = x1 + 2;
        shown.push({ bar, x0, x1 });
    }
    return (
        <g aria-hidden className="stroke-line-strong" fill="none" strokeWidth={1.5}>
            {shown.map(({ bar, x0, x1 }) => {
                const prefix = `${bar.step.scope ? `${bar.step.scope}.` : ''}${bar.step.sequence}.`;
                const from = HEAD + bar.row * ROW + THICK / 2;
                const { joined } = bar.step;
                const lines = [];
                let decider = '';
                for (let branch = 1; branch <= Math.min(bar.step.branches, 400); branch++) {
                    const row = layout.rows.row.get(prefix + branch);
                    if (row === undefined || row < firstRow - 20 || row > lastRow + 1) {
                        continue;
                    }
                    const to = HEAD + row * ROW + THICK / 2;
                    const line = `M${x0} ${from} V${to - 6} q0 6 6 6 H${Math.max(x0 + 6, x1 - 6)} q6 0 6 -6 V${from}`;
                    lines.push(line);
                    if (branch - 1 === joined?.first) {
                        decider = line;
                    }
                }
                return (
                    <g key={bar.index}>
                        <path d={`M${x0} ${from} H${x1} ${lines.join(' ')}`} />
                        {decider && <path d={decider} className={joined?.ends?.[joined.first] === 'F' ? 'stroke-bad-fill' : 'stroke-ok-fill'} />}
                    </g>
                );
            })}
        </g>
    );
}

function worst(bars: readonly Bar[]): Tone {
    const tones = new Set(bars.map(({ step }) => stepTone(step)));
    return (['warn', 'bad', 'run', 'wait', 'ok'] as const).find((tone) => tones.has(tone)) ?? 'idle';
}

function nameOf({ step, from, to }: Bar): string {
    const attempts = step.attempt > 1 ? `, attempt ${step.attempt}` : '';
    const zombies = step.zombies > 0 ? `, ${step.zombies} cut off` : '';
    const child = step.child === null ? '' : `, child ${step.child.id}`;
    return `${step.name}${child}, ${stepLabel(step)}, ${duration(to - from)}${attempts}${zombies}`;
}
