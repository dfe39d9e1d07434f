// SPDX-License-Identifier: Apache-2.0
import { CircleAlert } from 'lucide-react';
import type { Attention, DiffLine } from '../../parts/api';

const TITLE = {
    NON_DETERMINISM: 'The code asks for other calls than were recorded',
    UNREADABLE_PAYLOAD: 'A recorded value cannot be read',
    UNDECIDED_ZOMBIE: 'A step may or may not have happened',
    REPEATED_ERRORS: 'Its runs end badly again and again',
    SWALLOWED_CANCELLATION: 'Its code goes on though it was cancelled',
    STORE_REFUSED: 'The store refuses a row',
    NEWER_REVIVE: 'A newer Revive recorded something that this one does not know',
} as const;

export function AttentionPanel({ attention }: { attention: Attention }) {
    return (
        <section aria-label="Needs attention" className="mt-4 overflow-hidden rounded-[10px] border border-warn-fill bg-surface">
            <div className="flex gap-3 bg-warn-soft p-4">
                <CircleAlert size={20} className="mt-0.5 shrink-0 text-warn" aria-hidden />
                <div className="min-w-0">
                    <h2 className="font-semibold">{TITLE[attention.reason]}</h2>
                    <p className="mt-0.5 break-words whitespace-pre-wrap text-ink-2">{attention.message}</p>
                </div>
            </div>
            {attention.diff.length > 0 && <Diff lines={attention.diff} />}
        </section>
    );
}

/** What was recorded and what the code asked for, side by side. */
function Diff({ lines }: { lines: readonly DiffLine[] }) {
    return (
        <div className="max-h-96 overflow-auto" role="group" aria-label="Recorded and requested calls" tabIndex={0}>
            <table className="w-full min-w-[520px] table-fixed border-collapse text-left">
                <caption className="sr-only">Recorded and requested calls</caption>
                <thead>
                    <tr className="label border-y border-line">
                        <th scope="col" className="w-24 px-4 py-2 font-medium">
                            Position
                        </th>
                        <th scope="col" className="px-3 py-2 font-medium">
                            Recorded by an earlier run
                        </th>
                        <th scope="col" className="px-3 py-2 font-medium">
                            Requested by the code now
                        </th>
                    </tr>
                </thead>
                <tbody className="font-mono text-[12.5px]">
                    {lines.map((line, i) => (
                        <tr key={i} className="border-b border-line align-top last:border-0">
                            <th scope="row" className="px-4 py-1.5 font-normal text-ink-3">
                                {line.position}
                                {line.differs && <span className="sr-only"> differs</span>}
                            </th>
                            <Cell text={line.recorded} differs={line.differs} className="bg-bad-soft text-bad" />
                            <Cell text={line.requested} differs={line.differs} className="bg-ok-soft text-ok" />
                        </tr>
                    ))}
                </tbody>
            </table>
        </div>
    );
}

function Cell({ text, differs, className }: { text: string; differs: boolean; className: string }) {
    return (
        <td className={`px-3 py-1.5 break-words ${differs ? className : 'text-ink-2'}`}>
            {text === '' ? <span className="font-sans text-ink-3 italic">nothing</span> : text}
        </td>
    );
}
