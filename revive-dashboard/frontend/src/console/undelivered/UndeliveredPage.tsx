// SPDX-License-Identifier: Apache-2.0
import { useQueryClient } from '@tanstack/react-query';
import { RotateCcw, Trash2 } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Link } from 'react-router';
import { post, type Undelivered } from '../../parts/api';
import { workflowUrl } from '../../parts/base';
import { Button } from '../../parts/Button';
import { ConnectionMark } from '../../parts/ConnectionMark';
import { CarriedView } from '../../parts/JsonView';
import { Empty, ErrorState, Loading } from '../../parts/States';
import { dateTime } from '../../parts/time';
import { Confirm } from '../Confirm';
import { useMe } from '../Shell';
import { useTopic } from '../useTopic';
import { reasonText, whatText } from './told';
import { useUndelivered } from './useUndelivered';

const ASK = {
    AGAIN: {
        title: 'Try this again?',
        verb: 'Try again',
        path: 'v1/undelivered/again',
        text: 'An executor tries it within some seconds, before what was asked for later. If it cannot be done then either, it is here again.',
        look: undefined,
    },
    DISCARD: {
        title: 'Discard this?',
        verb: 'Discard',
        path: 'v1/undelivered/discard',
        text: 'It is removed, and never done. What else its transaction wrote stays. This cannot be taken back.',
        look: 'danger',
    },
} as const;

const POLL_MS = 5_000;

type Asking = { what: keyof typeof ASK; item: Undelivered };

export function UndeliveredPage() {
    const connection = useTopic('workflows', null, ['undelivered']);
    const operates = useMe()?.roles.includes('OPERATE') ?? false;
    const queries = useQueryClient();
    const [asking, setAsking] = useState<Asking | null>(null);
    useEffect(() => {
        document.title = 'Could not be done · Revive';
    }, []);
    // Also by the clock: what is tried again in vain may be here again before anybody has seen that it was gone.
    const found = useUndelivered(POLL_MS);

    const send = async ({ what, item }: Asking) => {
        await post(ASK[what].path, { position: item.position });
        void queries.invalidateQueries({ queryKey: ['undelivered'] });
    };
    return (
        <>
            <div className="mb-1 flex flex-wrap items-center gap-x-4 gap-y-1">
                <h1 className="text-xl font-semibold tracking-tight">Could not be done</h1>
                <ConnectionMark connection={connection} />
            </div>
            <p className="mb-4 max-w-3xl text-ink-2">
                A transaction of the application asked for this and was committed. It is not done, and stays here until somebody discards it or has it tried again.
            </p>
            {found.isPending ? (
                <div className="card">
                    <Loading what="what could not be done" />
                </div>
            ) : found.data === undefined ? (
                <div className="card">
                    <ErrorState error={found.error} retry={() => void found.refetch()} />
                </div>
            ) : found.data.items.length === 0 ? (
                <div className="card">
                    <Empty title="Everything was done">Whatever committed transactions asked for is done, or on its way.</Empty>
                </div>
            ) : (
                <ol aria-label="Could not be done, in the order in which it was asked for" className="card">
                    {found.data.items.map((item) => (
                        <Row key={item.position} item={item} ask={operates ? (what) => setAsking({ what, item }) : null} />
                    ))}
                </ol>
            )}
            {found.data?.areCut && <p className="mt-3 text-ink-3">There are more. They appear when some of these are gone.</p>}
            {asking && (
                <Confirm
                    title={ASK[asking.what].title}
                    about={`${asking.item.workflowId}: ${whatText(asking.item)}`}
                    text={ASK[asking.what].text}
                    verb={ASK[asking.what].verb}
                    look={ASK[asking.what].look}
                    send={() => send(asking)}
                    onClose={() => setAsking(null)}
                />
            )}
        </>
    );
}

function Row({ item, ask }: { item: Undelivered; ask: ((what: keyof typeof ASK) => void) | null }) {
    const { workflowId, start, signal } = item;
    return (
        <li className="flex flex-wrap items-start gap-x-4 gap-y-2 border-b border-line px-4 py-3 last:border-0">
            <div className="min-w-0 flex-1 basis-72">
                <p className="font-mono text-[12.5px] font-medium break-all">
                    {item.isThere ? (
                        <Link to={workflowUrl(workflowId)} className="text-accent hover:underline">
                            {workflowId}
                        </Link>
                    ) : (
                        workflowId
                    )}
                </p>
                <p className="wrap-anywhere">
                    {whatText(item)} <span className="text-ink-3">· asked for {dateTime(item.askedAt)}</span>
                </p>
                <p className="text-ink-2">{reasonText(item)}</p>
                <details className="mt-1">
                    <summary className="w-fit text-xs text-ink-3">What it carries</summary>
                    <div className="mt-1.5 space-y-2">
                        {start && <CarriedView carried={start.input} label="the input" />}
                        {signal && <CarriedView carried={signal.payload} label="what the signal carries" />}
                    </div>
                </details>
            </div>
            {ask && (
                <div className="flex gap-2">
                    <Button onPress={() => ask('AGAIN')}>
                        <RotateCcw size={14} aria-hidden /> Try again
                    </Button>
                    <Button look="danger" onPress={() => ask('DISCARD')}>
                        <Trash2 size={14} aria-hidden /> Discard
                    </Button>
                </div>
            )}
        </li>
    );
}
