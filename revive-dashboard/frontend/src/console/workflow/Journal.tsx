// SPDX-License-Identifier: Apache-2.0
import { useQuery } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useLayoutEffect, useMemo, useRef, useState } from 'react';
import { get } from '../../parts/api';
import { Button } from '../../parts/Button';
import { ErrorState, Loading } from '../../parts/States';

interface RawJournal {
    workflow: Record<string, unknown>;
    steps: Record<string, unknown>[];
}

const LINE = 20;

/** The rows as they are stored, one column a line. */
export function Journal({ id, canSeePayloads }: { id: string; canSeePayloads: boolean }) {
    const journal = useQuery({
        queryKey: ['journal', id],
        queryFn: ({ signal }) => get<RawJournal>('v1/workflow/journal', { id }, signal),
    });
    if (journal.isPending) {
        return <Loading what="the journal" />;
    }
    if (journal.data === undefined) {
        return <ErrorState error={journal.error} retry={() => void journal.refetch()} />;
    }
    return (
        <div className="p-4">
            <div className="mb-3 flex flex-wrap items-center gap-3">
                <p className="flex-1 text-ink-2">
                    The workflow's row and its {journal.data.steps.length.toLocaleString('en-US')} step rows, column by column.
                    {!canSeePayloads && ' Payloads are hidden: seeing them needs the role VIEW_PAYLOADS.'}
                </p>
                <Button onPress={() => download(id, journal.data)}>
                    <Download size={14} aria-hidden /> Download JSON
                </Button>
            </div>
            <Lines journal={journal.data} />
        </div>
    );
}

type Line = { head: string } | { name: string; value: string };

function Lines({ journal }: { journal: RawJournal }) {
    const lines = useMemo(() => {
        const all: Line[] = [];
        const add = (head: string, row: Record<string, unknown>) => {
            all.push({ head });
            for (const [name, value] of Object.entries(row)) {
                all.push({ name, value: value !== null && typeof value === 'object' ? JSON.stringify(value) : String(value) });
            }
        };
        add('revive_workflow', journal.workflow);
        journal.steps.forEach((row, i) => add(`revive_step, row ${i + 1}`, row));
        return all;
    }, [journal]);
    const list = useRef<HTMLDivElement>(null);
    const [offset, setOffset] = useState(0);
    useLayoutEffect(() => setOffset((list.current?.getBoundingClientRect().top ?? 0) + window.scrollY), []);
    const rows = useWindowVirtualizer({ count: lines.length, estimateSize: () => LINE, overscan: 20, scrollMargin: offset });
    return (
        <div ref={list} className="relative font-mono text-[12px]" style={{ height: rows.getTotalSize() }}>
            {rows.getVirtualItems().map((item) => {
                const line = lines[item.index]!;
                return (
                    <div
                        key={item.key}
                        className="absolute inset-x-0 top-0 flex gap-4 overflow-hidden"
                        style={{ height: LINE, transform: `translateY(${item.start - offset}px)` }}
                    >
                        {'head' in line ? (
                            <span className="font-semibold">{line.head}</span>
                        ) : (
                            <>
                                <span className="w-36 shrink-0 truncate text-ink-3">{line.name}</span>
                                <span className={`truncate ${line.value === 'null' ? 'text-ink-3' : ''}`} title={line.value.slice(0, 2_000)}>
                                    {line.value}
                                </span>
                            </>
                        )}
                    </div>
                );
            })}
        </div>
    );
}

function download(id: string, journal: RawJournal): void {
    const url = URL.createObjectURL(new Blob([JSON.stringify(journal, null, 2)], { type: 'application/json' }));
    const link = document.createElement('a');
    link.href = url;
    link.download = `journal-${id.replace(/[^\w.-]+/g, '_').slice(0, 80)}.json`;
    link.click();
    URL.revokeObjectURL(url);
}
