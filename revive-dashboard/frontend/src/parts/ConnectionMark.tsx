// SPDX-License-Identifier: Apache-2.0
import type { Connection } from './live';

const TEXT: Record<Connection, string> = {
    connecting: 'Connecting',
    live: 'Live',
    reconnecting: 'Reconnecting',
    paused: 'Paused',
};

export function ConnectionMark({ connection }: { connection: Connection }) {
    const live = connection === 'live';
    return (
        <span
            role="status"
            aria-label={`Updates: ${TEXT[connection]}`}
            title={live ? 'Changes appear by themselves.' : 'What you see may be old. The page connects again by itself.'}
            className={`inline-flex items-center gap-1.5 text-xs font-medium whitespace-nowrap ${live ? 'text-ink-3' : 'rounded-full bg-warn-soft px-2 py-0.5 text-warn'}`}
        >
            <span className={`size-2 rounded-full ${live ? 'bg-ok-fill' : 'breathe bg-warn-fill'}`} aria-hidden />
            {TEXT[connection]}
            {connection === 'reconnecting' && '…'}
        </span>
    );
}
