// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef, useState } from 'react';

export type Connection = 'connecting' | 'live' | 'reconnecting' | 'paused';

/** The server beats every 5 s; silence of this length means that the connection is gone, though nobody said so. */
const SILENCE_MS = 25_000;
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 10_000;

/**
 * Listens to server-sent events and says how the connection stands.
 *
 * A hidden page does not listen: a browser opens few connections to one host, and many pages must not use them up. `onOpen` is called
 * whenever the connection is there (again), since changes may have been missed.
 */
export function useLive(
    url: string | null,
    events: Record<string, (data: string) => void>,
    onOpen?: () => void,
): Connection {
    const [connection, setConnection] = useState<Connection>('connecting');
    const handlers = useRef({ events, onOpen });
    handlers.current = { events, onOpen };
    const names = Object.keys(events).join(' ');

    useEffect(() => {
        if (url === null) {
            return;
        }
        let source: EventSource | null = null;
        let watchdog: ReturnType<typeof setTimeout> | undefined;
        let retry: ReturnType<typeof setTimeout> | undefined;
        let wait = FIRST_RETRY_MS;

        const hear = () => {
            clearTimeout(watchdog);
            watchdog = setTimeout(lost, SILENCE_MS);
        };
        const close = () => {
            clearTimeout(watchdog);
            clearTimeout(retry);
            source?.close();
            source = null;
        };
        const lost = () => {
            close();
            setConnection('reconnecting');
            retry = setTimeout(open, wait);
            wait = Math.min(wait * 2, LONGEST_RETRY_MS);
        };
        const open = () => {
            close();
            source = new EventSource(url);
            source.onopen = () => {
                wait = FIRST_RETRY_MS;
                setConnection('live');
                hear();
                handlers.current.onOpen?.();
            };
            source.onerror = lost;
            source.addEventListener('beat', hear);
            for (const name of names.split(' ')) {
                source.addEventListener(name, (event) => {
                    hear();
                    handlers.current.events[name]?.((event as MessageEvent<string>).data);
                });
            }
            hear();
        };
        const visibility = () => {
            if (document.visibilityState === 'hidden') {
                close();
                setConnection('paused');
            } else if (source === null) {
                setConnection('reconnecting');
                open();
            }
        };

        open();
        document.addEventListener('visibilitychange', visibility);
        return () => {
            document.removeEventListener('visibilitychange', visibility);
            close();
        };
    }, [url, names]);

    return connection;
}
