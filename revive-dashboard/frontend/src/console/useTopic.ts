// SPDX-License-Identifier: Apache-2.0
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { query } from '../parts/api';
import { apiUrl } from '../parts/base';
import { useLive, type Connection } from '../parts/live';

const SHORTEST_PAUSE_MS = 300;
const POLL_MS = 5_000;

/** Asks again for what these keys name when the server says that the topic changed; by the clock while it cannot say so. */
export function useTopic(topic: string, id: string | null, keys: readonly string[]): Connection {
    const queries = useQueryClient();
    const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
    const again = () => {
        for (const key of keys) {
            void queries.invalidateQueries({ queryKey: [key] });
        }
    };
    const latest = useRef(again);
    latest.current = again;
    const soon = () => {
        timer.current ??= setTimeout(() => {
            timer.current = undefined;
            latest.current();
        }, SHORTEST_PAUSE_MS);
    };
    const connection = useLive(apiUrl('v1/events') + query({ topic, id }), { changed: soon }, soon);
    useEffect(() => {
        if (connection !== 'reconnecting') {
            return;
        }
        const poll = setInterval(() => latest.current(), POLL_MS);
        return () => clearInterval(poll);
    }, [connection]);
    useEffect(() => () => clearTimeout(timer.current), []);
    return connection;
}
