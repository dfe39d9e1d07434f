// SPDX-License-Identifier: Apache-2.0
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { memo, useLayoutEffect, useRef, useState } from 'react';
import type { StepSummary } from './api';
import { StepChip } from './Chip';
import { useRowKeys } from './keys';
import { isFailing } from './status';
import { duration, instant } from './time';
import { WorkflowLink } from './WorkflowLink';

const ROW = 40;

interface Props {
    steps: readonly StepSummary[];
    selected: string | null;
    onSelect: (key: string) => void;
}

const GRID = 'grid grid-cols-[minmax(0,1fr)_auto] gap-x-3 md:grid-cols-[minmax(0,1.4fr)_130px_70px_90px_minmax(0,1.6fr)]';

/** The step table in program order. Only what is visible is in the page, so ten thousand rows scroll as one does. */
export function StepTable({ steps, selected, onSelect }: Props) {
    const list = useRef<HTMLDivElement>(null);
    const [offset, setOffset] = useState(0);
    useLayoutEffect(() => setOffset(list.current?.offsetTop ?? 0), []);
    const rows = useWindowVirtualizer({ count: steps.length, estimateSize: () => ROW, overscan: 12, scrollMargin: offset });
    useRowKeys(list, steps.length, (index) => rows.scrollToIndex(index));
    return (
        <div role="table" aria-label="Steps" aria-rowcount={steps.length + 1}>
            <div role="row" aria-rowindex={1} className={`${GRID} label border-b border-line px-4 py-2`}>
                <span role="columnheader">Step key</span>
                <span role="columnheader">Status</span>
                <span role="columnheader" className="hidden md:block">
                    Attempt
                </span>
                <span role="columnheader" className="hidden md:block">
                    Took
                </span>
                <span role="columnheader" className="hidden md:block">
                    Output
                </span>
            </div>
            <div ref={list} role="rowgroup" className="relative" style={{ height: rows.getTotalSize() }}>
                {rows.getVirtualItems().map((item) => {
                    const step = steps[item.index]!;
                    return (
                        <Row
                            key={item.key}
                            step={step}
                            index={item.index}
                            top={item.start - offset}
                            selected={step.key === selected}
                            onSelect={onSelect}
                        />
                    );
                })}
            </div>
        </div>
    );
}

interface RowProps {
    step: StepSummary;
    index: number;
    top: number;
    selected: boolean;
    onSelect: (key: string) => void;
}

/** Drawn again only if its step changes: scrolling moves none that is already there. */
const Row = memo(function Row({ step, index, top, selected, onSelect }: RowProps) {
    return (
        <div
            role="row"
            aria-rowindex={index + 2}
            aria-selected={selected}
            onClick={() => onSelect(step.key)}
            className={`${GRID} absolute inset-x-0 top-0 items-center border-b border-line px-4 text-[13px] ${selected ? 'bg-accent-soft' : 'hover:bg-sunken'}`}
            style={{ height: ROW, transform: `translateY(${top}px)` }}
        >
            <span role="cell" className="min-w-0">
                <button
                    type="button"
                    data-row={index}
                    className="block max-w-full truncate text-left font-mono text-[12.5px]"
                    onClick={(e) => {
                        e.stopPropagation();
                        onSelect(step.key);
                    }}
                >
                    {step.key}
                </button>
            </span>
            <span role="cell">
                <StepChip step={step} />
            </span>
            <span role="cell" className="hidden text-ink-2 tabular-nums md:block">
                {step.attempt}
                {step.zombies > 0 && <span className="text-warn"> ({step.zombies} cut)</span>}
            </span>
            <span role="cell" className="hidden text-ink-2 tabular-nums md:block">
                {step.status === 'STARTED' || step.status === 'DECIDED' ? '' : duration(instant(step.recordedAt) - instant(step.startedAt))}
            </span>
            <span role="cell" className={`hidden truncate font-mono text-[12px] md:block ${isFailing(step) ? 'text-bad' : 'text-ink-2'}`}>
                {step.preview ??
                    (step.child && (
                        <span onClick={(e) => e.stopPropagation()}>
                            <WorkflowLink id={step.child.id} />
                        </span>
                    ))}
            </span>
        </div>
    );
});
