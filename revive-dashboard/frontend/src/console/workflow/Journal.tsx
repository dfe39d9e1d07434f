// SPDX-License-Identifier: Apache-2.0
import { useInfiniteQuery } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useLayoutEffect, useMemo, useRef, useState } from 'react';
import { get } from '../../parts/api';
import { Button } from '../../parts/Button';
import { ErrorState, Loading } from '../../parts/States';

interface Place {
    scope: string;
    sequence: number;
}

interface JournalPage {
    workflow: Record<string, unknown> | null;
    steps: Record<string, unknown>[];
    next: Place | null;
}

interface RawJournal {
    workflow: Record<string, unknown> | null;
    steps: Record<string, unknown>[];
}

const BEGINNING: Place = { scope: '', sequence: 0 };

const page = (id: string, after: Place, signal?: AbortSignal) =>
    get<JournalPage>('v1/workflow/journal', { id, afterScope: after.scope, afterSequence: after.sequence }, signal);

const LINE = 20;

/** The rows as they are stored, one column a line, as many as were asked for. */
export function Journal({ id, canSeePayloads }: { id: string; canSeePayloads: boolean }) {
    const journal = useInfiniteQuery({
        queryKey: ['journal', id],
        queryFn: ({ pageParam, signal }) => page(id, pageParam, signal),
        initialPageParam: BEGINNING,
        getNextPageParam: (last) => last.next,
    });
    const shown = useMemo(() => joined(journal.data?.pages ?? []), [journal.data]);
    const [failure, setFailure] = useState<string | null>(null);
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
                    The workflow's row and {journal.hasNextPage ? 'the first' : 'its'} {shown.steps.length.toLocaleString('en-US')} step rows, column by column.
                    {!canSeePayloads && ' Payloads are hidden: seeing them needs the role VIEW_PAYLOADS.'}
                </p>
                <Button
                    onPress={() => {
                        setFailure(null);
                        whole(id, journal.data.pages).then(
                            (all) => download(id, all),
                            (e: unknown) => setFailure(e instanceof Error ? e.message : String(e)),
                        );
                    }}
                >
                    <Download size={14} aria-hidden /> Download JSON
                </Button>
            </div>
            {failure && (
                <p role="alert" className="mb-3 text-bad">
                    {failure}
                </p>
            )}
            <Lines journal={shown} />
            {journal.hasNextPage && (
                <div className="mt-3">
                    <Button isDisabled={journal.isFetchingNextPage} onPress={() => void journal.fetchNextPage()}>
                        {journal.isFetchingNextPage ? 'Loading more…' : 'Show more rows'}
                    </Button>
                </div>
            )}
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
        if (journal.workflow !== null) {
            add('revive_workflow', journal.workflow);
        }
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

function joined(pages: readonly JournalPage[]): RawJournal {
    return { workflow: pages[0]?.workflow ?? null, steps: pages.flatMap((one) => one.steps) };
}

/** Page after page, from where the shown ones end. */
async function whole(id: string, known: readonly JournalPage[]): Promise<RawJournal> {
    const pages = [...known];
    for (let next = pages.at(-1)?.next ?? null; next !== null; next = pages.at(-1)!.next) {
        pages.push(await page(id, next));
    }
    return joined(pages);
}

function download(id: string, journal: RawJournal): void {
    const url = URL.createObjectURL(new Blob([JSON.stringify(journal, null, 2)], { type: 'application/json' }));
    const link = document.createElement('a');
    link.href = url;
    link.download = `journal-${id.replace(/[^\w.-]+/g, '_').slice(0, 80)}.json`;
    link.click();
    URL.revokeObjectURL(url);
}
