// SPDX-License-Identifier: Apache-2.0
import { Maximize2, ZoomIn, ZoomOut } from 'lucide-react';
import { type KeyboardEvent, type PointerEvent, useEffect, useMemo, useRef, useState } from 'react';
import type { WorkflowDetail } from '../api';
import { IconButton } from '../Button';
import { useNow } from '../clock';
import { instant } from '../time';
import { Axis, BreakMarks, RunStrip } from './Backdrop';
import { Bars, Forks } from './Bars';
import { blocksOf, xOf } from './blocks';
import { layoutOf } from './layout';
import { Legend } from './Legend';
import { scaleOf } from './scale';
import { useWidth } from './useWidth';

interface Props {
    workflow: WorkflowDetail;
    selected: string | null;
    onSelect: (key: string) => void;
    deaths?: readonly number[];
    executorAlive?: boolean;
    maxHeight?: number;
    legend?: boolean;
}

export const ROW = 34;
export const HEAD = 46;
const GUTTER_WIDE = 84;
const GUTTER_NARROW = 12;
const SMALL = 400;

export function Timeline({ workflow, selected, onSelect, deaths, executorAlive = true, maxHeight = 420, legend = true }: Props) {
    const [box, total] = useWidth();
    const [view, setView] = useState({ u0: 0, u1: 1 });
    const [fold, setFold] = useState(true);
    const [top, setTop] = useState(0);
    const [focused, setFocused] = useState<number | null>(null);
    const group = useRef<SVGSVGElement>(null);

    const moving = workflow.status === 'RUNNING' && executorAlive && workflow.steps.length < SMALL;
    const ticking = useNow(moving ? 120 : null);
    const now = moving ? Math.max(ticking, instant(workflow.now)) : instant(workflow.now);
    const layout = useMemo(
        () => layoutOf(workflow, { now, deaths: deaths ?? [], executorAlive }),
        [workflow, now, deaths, executorAlive],
    );
    const scale = useMemo(() => scaleOf(layout.domain, layout.active, fold), [layout, fold]);

    const gutter = total > 560 && layout.rows.count > 1 ? GUTTER_WIDE : GUTTER_NARROW;
    const width = Math.max(50, total - gutter - 16);
    const viewport = { ...view, width };
    const x = (time: number) => xOf(scale, viewport, time);
    const height = HEAD + layout.rows.count * ROW + 8;
    const shownHeight = Math.min(height, maxHeight);
    const firstRow = Math.max(0, Math.floor((top - HEAD) / ROW) - 2);
    const lastRow = Math.min(layout.rows.count - 1, Math.ceil((top + shownHeight) / ROW) + 2);
    const selectedIndex = layout.bars.find((bar) => bar.step.key === selected)?.index ?? null;
    const alone = focused ?? selectedIndex;
    const firstBar = layout.bars.findIndex((bar) => bar.step.kind !== 'PARALLEL');

    const rows = [];
    for (let row = firstRow; row <= lastRow; row++) {
        rows.push({ row, blocks: blocksOf(layout.byRow[row] ?? [], scale, viewport, alone) });
    }

    const move = (u0: number, size: number) => {
        const span = Math.min(1, Math.max(size, 1e-6));
        const from = Math.min(1 - span, Math.max(0, u0));
        setView({ u0: from, u1: from + span });
    };
    const zoom = (factor: number, at = 0.5) => {
        const size = view.u1 - view.u0;
        move(view.u0 + size * at * (1 - factor), size * factor);
    };
    const fit = () => setView({ u0: 0, u1: 1 });

    // React listens passively to wheels, and a zoom must keep the page from scrolling.
    const zoomRef = useRef(zoom);
    zoomRef.current = zoom;
    useEffect(() => {
        const svg = group.current;
        const wheel = (event: WheelEvent) => {
            if (event.ctrlKey || event.metaKey) {
                event.preventDefault();
                zoomRef.current(event.deltaY > 0 ? 1.25 : 0.8, (event.offsetX - gutter) / width);
            }
        };
        svg?.addEventListener('wheel', wheel, { passive: false });
        return () => svg?.removeEventListener('wheel', wheel);
    }, [gutter, width]);

    const drag = useRef<{ x: number; u0: number } | null>(null);
    const pointerMove = (event: PointerEvent) => {
        if (drag.current) {
            const size = view.u1 - view.u0;
            move(drag.current.u0 - ((event.clientX - drag.current.x) / width) * size, size);
        }
    };

    const focus = (from: number, by: number) => {
        let index = from;
        // A parallel is drawn as lines: its branches take the focus.
        while (layout.bars[index]?.step.kind === 'PARALLEL') {
            index += by;
        }
        const bar = layout.bars[index];
        if (!bar) {
            return;
        }
        setFocused(index);
        const u = scale.at(bar.from);
        const size = view.u1 - view.u0;
        if (u < view.u0 || u > view.u1) {
            move(u - size / 2, size);
        }
        requestAnimationFrame(() => group.current?.querySelector<SVGElement>(`[data-index="${index}"]`)?.focus());
    };
    const keys = (event: KeyboardEvent) => {
        const at = focused ?? 0;
        const bar = layout.bars[at];
        const size = view.u1 - view.u0;
        // Around the step in focus, so that it stays in sight.
        const centre = bar ? Math.min(1, Math.max(0, (scale.at(bar.from) - view.u0) / size)) : 0.5;
        const actions: Record<string, () => void> = {
            ArrowRight: () => focus(at + 1, 1),
            ArrowDown: () => focus(at + 1, 1),
            ArrowLeft: () => focus(at - 1, -1),
            ArrowUp: () => focus(at - 1, -1),
            Home: () => focus(0, 1),
            End: () => focus(layout.bars.length - 1, -1),
            '+': () => zoom(0.5, centre),
            '=': () => zoom(0.5, centre),
            '-': () => zoom(2, centre),
            '0': fit,
        };
        const action = actions[event.key];
        if (action && !event.ctrlKey && !event.metaKey) {
            event.preventDefault();
            action();
        }
    };

    const zoomed = view.u1 - view.u0 < 0.999;
    const foldable = fold ? scale.pieces.some((piece) => piece.collapsed) : true;
    return (
        <section aria-label="Timeline">
            <div className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 pt-2">
                {legend && <Legend layout={layout} />}
                <div className="ml-auto flex items-center">
                    {foldable && (
                        <label className="mr-2 flex items-center gap-1.5 text-xs text-ink-2">
                            <input type="checkbox" checked={fold} onChange={(e) => setFold(e.target.checked)} className="accent-(--accent)" />
                            Fold idle time
                        </label>
                    )}
                    <IconButton label="Zoom in" onPress={() => zoom(0.5)} className="size-7!">
                        <ZoomIn size={15} aria-hidden />
                    </IconButton>
                    <IconButton label="Zoom out" isDisabled={!zoomed} onPress={() => zoom(2)} className="size-7!">
                        <ZoomOut size={15} aria-hidden />
                    </IconButton>
                    <IconButton label="Show all" isDisabled={!zoomed} onPress={fit} className="size-7!">
                        <Maximize2 size={14} aria-hidden />
                    </IconButton>
                </div>
            </div>
            <div
                ref={box}
                className="overflow-x-hidden overflow-y-auto"
                style={{ maxHeight }}
                onScroll={(e) => setTop(e.currentTarget.scrollTop)}
            >
                {total > 0 && (
                    <svg
                        ref={group}
                        role="group"
                        aria-label={`${layout.bars.length} recorded calls in time. Arrow keys move, Enter opens, plus and minus zoom.`}
                        width={total}
                        height={height}
                        onKeyDown={keys}
                        onPointerDown={(e) => {
                            if (zoomed && !(e.target as Element).closest('[data-index]')) {
                                drag.current = { x: e.clientX, u0: view.u0 };
                                e.currentTarget.setPointerCapture(e.pointerId);
                            }
                        }}
                        onPointerMove={pointerMove}
                        onPointerUp={() => (drag.current = null)}
                        className={`block select-none ${zoomed ? 'cursor-grab active:cursor-grabbing' : ''}`}
                    >
                        <defs>
                            <pattern id="cut" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                                <rect width="6" height="6" className="fill-warn-soft" />
                                <rect width="1.5" height="6" className="fill-warn-fill" opacity={0.55} />
                            </pattern>
                            <pattern id="idle" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                                <rect width="1" height="5" className="fill-line-strong" />
                            </pattern>
                            <clipPath id="plot">
                                <rect x={-8} y={0} width={width + 20} height={height} />
                            </clipPath>
                        </defs>
                        {gutter === GUTTER_WIDE &&
                            layout.rows.labels.slice(firstRow, lastRow + 1).map((label, i) => (
                                <text key={i} x={16} y={HEAD + (firstRow + i) * ROW + 20} className="fill-ink-3 text-[11px]">
                                    {label}
                                </text>
                            ))}
                        <g transform={`translate(${gutter} 0)`} clipPath="url(#plot)">
                            <Axis scale={scale} view={viewport} height={height} />
                            <RunStrip layout={layout} x={x} width={width} />
                            <BreakMarks layout={layout} x={x} width={width} height={height} />
                            <Forks layout={layout} x={x} firstRow={firstRow} lastRow={lastRow} width={width} />
                            {rows.map(({ row, blocks }) => (
                                <Bars
                                    key={row}
                                    row={row}
                                    blocks={blocks}
                                    x={x}
                                    width={width}
                                    selected={selectedIndex}
                                    tabStop={alone ?? firstBar}
                                    onFocus={setFocused}
                                    onOpen={(block) => {
                                        if (block.bars.length === 1) {
                                            onSelect(block.bars[0]!.step.key);
                                        } else {
                                            const from = scale.at(block.bars[0]!.from);
                                            const size = Math.max(scale.at(block.bars.at(-1)!.to) - from, 1e-6);
                                            move(from - size * 0.1, size * 1.2);
                                        }
                                    }}
                                />
                            ))}
                        </g>
                    </svg>
                )}
            </div>
        </section>
    );
}
