// SPDX-License-Identifier: Apache-2.0
import type { Message } from '../../parts/api';
import { CarriedView } from '../../parts/JsonView';
import { dateTime } from '../../parts/time';
import { WorkflowLink } from '../../parts/WorkflowLink';
import { isNewsOfChild } from './told';

interface Props {
    messages: readonly Message[];
    areCut: boolean;
    hasEnded: boolean;
}

/** What came for the workflow and waits: nobody has received it. */
export function InboxPanel({ messages, areCut, hasEnded }: Props) {
    return (
        <section className="card mt-4 p-4" aria-label="Inbox">
            <h2 className="font-semibold">
                Inbox
                <span className="ml-1.5 text-xs font-normal text-ink-3 tabular-nums">
                    {messages.length}
                    {areCut && '+'}
                </span>
            </h2>
            <p className="text-ink-3">{hasEnded ? 'Nobody received this before the workflow ended.' : 'This waits until the workflow receives it.'}</p>
            <ol className="mt-2 max-h-80 overflow-auto" tabIndex={0} aria-label="Messages, the oldest first">
                {messages.map((message) => (
                    <li key={message.position} className="border-b border-line py-1.5 last:border-0">
                        {isNewsOfChild(message) ? <News message={message} /> : <Carrying message={message} />}
                    </li>
                ))}
            </ol>
        </section>
    );
}

/** What the child has ended with is on its own page. */
function News({ message }: { message: Message }) {
    return (
        <p>
            Child <WorkflowLink id={message.name} /> has ended
            <span className="text-ink-3"> · {dateTime(message.sentAt)}</span>
        </p>
    );
}

function Carrying({ message }: { message: Message }) {
    return (
        <details>
            <summary>
                <span className="font-mono text-[12.5px] break-all">{message.name}</span>
                <span className="text-ink-3">
                    {' '}
                    · {message.kind === 'UNKNOWN' ? 'of a newer Revive' : 'signal'}, sent {dateTime(message.sentAt)}
                </span>
            </summary>
            <div className="mt-1.5">
                <CarriedView carried={{ ...message, json: message.payload }} label={`what ${message.name} carries`} />
            </div>
        </details>
    );
}
