// SPDX-License-Identifier: Apache-2.0
import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { RefreshCw, Search, X } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useSearchParams } from 'react-router';
import { type Counts, get, type WorkflowPage } from '../../parts/api';
import { asked } from '../../parts/base';
import { Button } from '../../parts/Button';
import { ConnectionMark } from '../../parts/ConnectionMark';
import { useKeys } from '../../parts/keys';
import { Empty, ErrorState, Loading } from '../../parts/States';
import { Notice } from '../undelivered/Notice';
import { useTopic } from '../useTopic';
import { CountChips } from './CountChips';
import { type Filters, isFiltered, readFilters, rememberList, writeFilters } from './filters';
import { WorkflowList } from './WorkflowList';

const PAGE = 100;
/** A list that has been read this far is not read again at every change; the person is told instead. */
const FRESH_PAGES = 3;

export function WorkflowsPage() {
    const [search, setSearch] = useSearchParams();
    const filters = useMemo(() => readFilters(search), [search]);
    useEffect(() => rememberList(search), [search]);
    const change = (next: Partial<Filters>) => setSearch(writeFilters({ ...readFilters(asked()), ...next }), { replace: true });
    const queries = useQueryClient();

    useEffect(() => {
        document.title = 'Workflows · Revive';
    }, []);
    const counts = useQuery({
        queryKey: ['counts', filters.name, filters.idPrefix],
        queryFn: ({ signal }) => get<Counts>('v1/counts', { name: filters.name, idPrefix: filters.idPrefix }, signal),
        placeholderData: keepPreviousData,
    });
    const list = useInfiniteQuery({
        queryKey: ['workflows', filters],
        queryFn: ({ pageParam, signal }) =>
            get<WorkflowPage>(
                'v1/workflows',
                {
                    status: filters.statuses,
                    name: filters.name,
                    idPrefix: filters.idPrefix,
                    executor: filters.executor,
                    after: pageParam,
                    limit: PAGE,
                },
                signal,
            ),
        initialPageParam: null as string | null,
        getNextPageParam: (last) => last.next,
        placeholderData: keepPreviousData,
    });
    const pages = list.data?.pages.length ?? 0;
    const deep = pages > FRESH_PAGES;
    const connection = useTopic('workflows', null, deep ? ['counts', 'undelivered'] : ['counts', 'undelivered', 'workflows']);
    const items = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data]);

    const refresh = () => {
        window.scrollTo({ top: 0 });
        void queries.resetQueries({ queryKey: ['workflows'] });
        void queries.invalidateQueries({ queryKey: ['counts'] });
    };

    return (
        <>
            <div className="mb-4 flex flex-wrap items-center gap-x-4 gap-y-1">
                <h1 className="text-xl font-semibold tracking-tight">Workflows</h1>
                <ConnectionMark connection={connection} />
                {deep && (
                    <Button look="quiet" onPress={refresh} className="ml-auto">
                        <RefreshCw size={14} aria-hidden /> Read the list again
                    </Button>
                )}
            </div>
            <Notice />
            <CountChips counts={counts.data} filters={filters} onChange={change} />
            <div className="my-4 flex flex-wrap gap-2">
                <PrefixField value={filters.idPrefix} onChange={(idPrefix) => change({ idPrefix })} />
                <select
                    aria-label="Type"
                    value={filters.name}
                    onChange={(e) => change({ name: e.target.value })}
                    className="field min-w-0 max-sm:flex-1 sm:max-w-80"
                >
                    <option value="">All types</option>
                    {[...new Set([...(counts.data?.names ?? []), ...(filters.name ? [filters.name] : [])])].map((name) => (
                        <option key={name} value={name}>
                            {name}
                        </option>
                    ))}
                </select>
                {filters.executor && (
                    <Button onPress={() => change({ executor: '' })}>
                        On executor {filters.executor.slice(0, 12)} <X size={13} aria-label="Remove" />
                    </Button>
                )}
                {isFiltered(filters) && (
                    <Button look="quiet" onPress={() => setSearch(new URLSearchParams(), { replace: true })}>
                        Clear filters
                    </Button>
                )}
            </div>
            <div className="card overflow-hidden">
                {list.isPending ? (
                    <Loading what="the workflows" />
                ) : list.isError && items.length === 0 ? (
                    <ErrorState error={list.error} retry={() => void list.refetch()} />
                ) : items.length === 0 ? (
                    <NothingHere filtered={isFiltered(filters)} />
                ) : (
                    <WorkflowList
                        items={items}
                        hasMore={list.hasNextPage}
                        loadMore={() => {
                            if (!list.isFetchingNextPage) {
                                void list.fetchNextPage();
                            }
                        }}
                    />
                )}
            </div>
        </>
    );
}

function NothingHere({ filtered }: { filtered: boolean }) {
    return filtered ? (
        <Empty title="Nothing matches">No workflow fits these filters. The id filter looks at the beginning of an id, letter by letter.</Empty>
    ) : (
        <Empty title="No workflows yet">
            <p>Each workflow that your application starts appears here:</p>
            <pre className="mt-3 overflow-x-auto rounded-lg border border-line bg-sunken p-3 text-left font-mono text-xs text-ink">
                revive.start(ONBOARDING, "onboard-ada", new NewHire("Ada"));
            </pre>
        </Empty>
    );
}

const TYPING_PAUSE_MS = 200;

function PrefixField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
    const input = useRef<HTMLInputElement>(null);
    const [text, setText] = useState(value);
    const sent = useRef(value);
    useEffect(() => {
        // The address changed from elsewhere, as by "Clear filters" or the back button.
        if (value !== sent.current) {
            sent.current = value;
            setText(value);
        }
    }, [value]);
    const latest = useRef(onChange);
    latest.current = onChange;
    const send = (typed: string) => {
        if (typed !== sent.current) {
            sent.current = typed;
            latest.current(typed);
        }
    };
    useEffect(() => {
        if (text === sent.current) {
            return;
        }
        const timer = setTimeout(() => send(text), TYPING_PAUSE_MS);
        return () => clearTimeout(timer);
    }, [text]);
    useKeys((event) => {
        if (event.key === '/') {
            event.preventDefault();
            input.current?.focus();
            input.current?.select();
        }
    });
    return (
        <div className="relative w-full sm:w-80">
            <Search size={15} className="pointer-events-none absolute top-2 left-2.5 text-ink-3" aria-hidden />
            <input
                ref={input}
                type="search"
                aria-label="Id begins with"
                placeholder="Id begins with …"
                value={text}
                onChange={(e) => setText(e.target.value)}
                // Before the click that takes the focus away: what it opens must not be replaced by a filter that comes late.
                onBlur={() => send(text)}
                onKeyDown={(e) => {
                    if (e.key === 'Escape' || e.key === 'Enter') {
                        e.preventDefault(); // Chromium would empty the field at Escape, and with it the list a moment later
                        e.currentTarget.blur();
                    }
                }}
                className="field w-full pl-8!"
            />
            <kbd className="pointer-events-none absolute top-1.5 right-2 hidden rounded border border-line px-1.5 font-mono text-xs text-ink-3 sm:block" aria-hidden>
                /
            </kbd>
        </div>
    );
}
