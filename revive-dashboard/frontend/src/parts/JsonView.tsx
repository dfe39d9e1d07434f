// SPDX-License-Identifier: Apache-2.0
import { ChevronRight } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { Carried, Payload } from './api';
import { Copy } from './Copy';
import { type Node, parseJson, summary } from './json';

const OPEN_BELOW = 3;
const PAGE = 100;
const LONG_TEXT = 400;

/** A payload as a tree that opens and closes. Everything is text; nothing of it ever becomes markup. */
export function PayloadView({ payload, label }: { payload: Payload | null; label: string }) {
    const node = useMemo(() => (payload?.json == null ? null : parseJson(payload.json)), [payload?.json]);
    if (payload === null) {
        return <p className="text-ink-3">Nothing recorded.</p>;
    }
    if (payload.isRedacted && payload.json === null) {
        return (
            <p className="text-ink-3">
                Hidden ({payload.chars.toLocaleString()} characters): the host application hides it, or your user has no role VIEW_PAYLOADS.
            </p>
        );
    }
    if (payload.json === null) {
        return <p className="text-ink-3">No value.</p>;
    }
    return (
        <div>
            <div className="relative overflow-x-auto rounded-lg border border-line bg-sunken p-3 pr-10 font-mono text-[12.5px] leading-relaxed">
                <div className="absolute top-1 right-1">
                    <Copy text={payload.json} label={`Copy ${label}`} />
                </div>
                {node ? (
                    <Value node={node} depth={0} name={null} />
                ) : (
                    <pre className="break-words whitespace-pre-wrap">{payload.json}</pre>
                )}
            </div>
            {payload.isRedacted && <p className="mt-1 text-xs text-ink-3">Parts of it are hidden by the host application.</p>}
            {payload.isTruncated && (
                <p className="mt-1 text-xs text-ink-3">
                    Cut: this is the beginning of {payload.chars.toLocaleString()} characters.
                </p>
            )}
        </div>
    );
}

/** The same of a text of which no more is read than is shown: nobody knows how long it is. */
export function CarriedView({ carried: { json, isRedacted, isTruncated }, label }: { carried: Carried; label: string }) {
    if (json === null) {
        return <p className="text-ink-3">Hidden: the host application hides it, or your user has no role VIEW_PAYLOADS.</p>;
    }
    return (
        <>
            <PayloadView payload={{ json, chars: json.length, isRedacted, isTruncated: false }} label={label} />
            {isTruncated && <p className="mt-1 text-xs text-ink-3">Cut: this is its beginning.</p>}
        </>
    );
}

function Value({ node, depth, name }: { node: Node; depth: number; name: string | null }) {
    const [open, setOpen] = useState(depth < OPEN_BELOW);
    const [shown, setShown] = useState(PAGE);
    const children: [string, Node][] =
        node.type === 'object' ? node.entries : node.type === 'array' ? node.items.map((item, i) => [String(i), item]) : [];
    const label = name === null ? null : <span className="text-accent">{name}: </span>;

    if (children.length === 0) {
        return (
            <div className="break-words whitespace-pre-wrap">
                {label}
                <Leaf node={node} />
            </div>
        );
    }
    return (
        <div>
            <button
                type="button"
                aria-expanded={open}
                onClick={() => setOpen(!open)}
                className="-ml-1 inline-flex items-center rounded text-left hover:bg-line"
            >
                <ChevronRight size={13} className={`shrink-0 text-ink-3 ${open ? 'rotate-90' : ''}`} aria-hidden />
                {label}
                <span className="ml-1 text-ink-3">{open ? (node.type === 'object' ? '{' : '[') : summary(node)}</span>
            </button>
            {open && (
                <div className="ml-1 border-l border-line pl-3.5">
                    {children.slice(0, shown).map(([key, child], i) => (
                        <Value key={i} node={child} depth={depth + 1} name={key} />
                    ))}
                    {children.length > shown && (
                        <button type="button" onClick={() => setShown(shown * 4)} className="text-accent underline">
                            {(children.length - shown).toLocaleString()} more
                        </button>
                    )}
                </div>
            )}
            {open && <div className="ml-0.5 text-ink-3">{node.type === 'object' ? '}' : ']'}</div>}
        </div>
    );
}

function Leaf({ node }: { node: Node }) {
    const [whole, setWhole] = useState(false);
    switch (node.type) {
        case 'string': {
            const cut = !whole && node.value.length > LONG_TEXT;
            return (
                <>
                    <span className="text-ok">
                        {JSON.stringify(cut ? node.value.slice(0, LONG_TEXT) : node.value).slice(0, cut ? -1 : undefined)}
                        {cut && '…'}
                    </span>
                    {cut && (
                        <button type="button" onClick={() => setWhole(true)} className="ml-1 text-accent underline">
                            all {node.value.length.toLocaleString()} characters
                        </button>
                    )}
                </>
            );
        }
        case 'number':
            return <span className="text-run">{node.text}</span>;
        case 'word':
            return <span className="text-wait">{node.text}</span>;
        default:
            return <span className="text-ink-3">{summary(node)}</span>;
    }
}
