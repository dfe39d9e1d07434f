// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'react';
import { instant } from './time';

const drift = { current: 0 };

/** The server's clock is the one that counts: every answer that carries its time sets the difference. */
export function setServerTime(now: string): void {
    drift.current = instant(now) - Date.now();
}

export function serverTime(): number {
    return Date.now() + drift.current;
}

/** The server's time, which moves on while `everyMs` is given. */
export function useNow(everyMs: number | null): number {
    const [now, setNow] = useState(serverTime);
    useEffect(() => {
        if (everyMs === null) {
            return;
        }
        setNow(serverTime());
        const timer = setInterval(() => setNow(serverTime()), everyMs);
        return () => clearInterval(timer);
    }, [everyMs]);
    return now;
}
