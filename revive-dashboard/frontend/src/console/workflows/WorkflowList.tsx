// SPDX-License-Identifier: Apache-2.0
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { memo, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { Link, useNavigate } from 'react-router';
import type { WorkflowSummary } from '../../parts/api';
import { workflowUrl } from '../../parts/base';
import { StateChip } from '../../parts/Chip';
import { useNow } from '../../parts/clock';
import { age, dateTime, duration, instant } from '../../parts/time';
import { useKeys, useRowKeys } from '../../parts/keys';

const WIDE = 44;
const NARROW = 66;
const GRID =
    'grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 md:grid-cols-[minmax(0,1.5fr)_150px_minmax(0,1fr)_120px_110px]';
const NEAR_END = 30;

interface Props {
    items: readonly WorkflowSummary[];
    hasMore: boolean;
    loadMore: () => void;
}

export function WorkflowList({ items, hasMore, loadMore }: Props) {
    const navigate = useNavigate();
    const goTo = useRef(navigate);
    goTo.current = navigate;
    const open = useCallback((id: string) => void goTo.current(workflowUrl(id)), []);
    const list = useRef<HTMLDivElement>(null);
    const [offset, setOffset] = useState(0);
    const wide = useMediaQuery('(min-width: 48rem)');
    const now = useNow(10_000);
    useLayoutEffect(() => setOffset(list.current?.offsetTop ?? 0), [wide]);
    const height = wide ? WIDE : NARROW;
    const rows = useWindowVirtualizer({ count: items.length, estimateSize: () => height, overscan: 10, scrollMargin: offset });
    const visible = rows.getVirtualItems();
    const end = visible.at(-1)?.index ?? 0;

    useLayoutEffect(() => rows.measure(), [height, rows]);
    useEffect(() => {
        if (hasMore && end >= items.length - NEAR_END) {
            loadMore();
        }
    }, [end, items.length, hasMore, loadMore]);

    useRowKeys(list, items.length, (index) => rows.scrollToIndex(index));
    useKeys((event) => {
        if (event.key === 'Escape') {
            (document.activeElement as HTMLElement | null)?.blur();
        }
    });

    return (
        <>
        <div role="table" aria-label="Workflows" aria-rowcount={hasMore ? -1 : items.length + 1}>
            <div role="row" aria-rowindex={1} className={`${GRID} label border-b border-line bg-sunken px-4 py-2 max-md:sr-only`}>
                <span role="columnheader">Id</span>
                <span role="columnheader">State</span>
                <span role="columnheader">Type</span>
                <span role="columnheader">Started</span>
                <span role="columnheader" className="text-right">
                    Took
                </span>
            </div>
            <div ref={list} role="rowgroup" className="relative" style={{ height: rows.getTotalSize() }}>
                {visible.map((item) => {
                    const workflow = items[item.index]!;
                    return (
                        <Row
                            key={workflow.id}
                            workflow={workflow}
                            index={item.index}
                            top={item.start - offset}
                            height={height}
                            since={started(now - instant(workflow.createdAt))}
                            open={open}
                        />
                    );
                })}
            </div>
        </div>
        {hasMore && (
            <p role="status" className="px-4 py-3 text-xs text-ink-3">
                Loading more…
            </p>
        )}
        </>
    );
}

interface RowProps {
    workflow: WorkflowSummary;
    index: number;
    top: number;
    height: number;
    since: string;
    open: (id: string) => void;
}

/** Drawn again only if its workflow changes: scrolling moves none that is already there. */
const Row = memo(function Row({ workflow, index, top, height, since, open }: RowProps) {
    return (
        <div
            role="row"
            aria-rowindex={index + 2}
            onClick={() => open(workflow.id)}
            className={`${GRID} absolute inset-x-0 top-0 content-center border-b border-line px-4 text-[13px] focus-within:bg-accent-soft hover:bg-sunken`}
            style={{ height, transform: `translateY(${top}px)` }}
        >
            <span role="cell" className="min-w-0">
                <Link
                    to={workflowUrl(workflow.id)}
                    data-row={index}
                    onClick={(e) => e.stopPropagation()}
                    className="block truncate font-mono text-[12.5px] font-medium"
                >
                    {workflow.id}
                </Link>
            </span>
            <span role="cell">
                <StateChip status={workflow.status} />
            </span>
            <span role="cell" className="truncate text-ink-2 max-md:text-xs">
                {workflow.name}
                {workflow.version > 1 && <span className="text-ink-3"> v{workflow.version}</span>}
            </span>
            <span role="cell" className="text-ink-2 tabular-nums max-md:text-right max-md:text-xs" title={dateTime(workflow.createdAt)}>
                {since}
            </span>
            <span role="cell" className="hidden text-right text-ink-2 tabular-nums md:block">
                {workflow.finishedAt === null ? '' : duration(instant(workflow.finishedAt) - instant(workflow.createdAt))}
            </span>
        </div>
    );
});

function started(ms: number): string {
    const text = age(ms);
    return text === 'now' ? 'now' : `${text} ago`;
}

function useMediaQuery(text: string): boolean {
    const [matches, setMatches] = useState(() => window.matchMedia(text).matches);
    useEffect(() => {
        const media = window.matchMedia(text);
        const follow = () => setMatches(media.matches);
        media.addEventListener('change', follow);
        return () => media.removeEventListener('change', follow);
    }, [text]);
    return matches;
}
