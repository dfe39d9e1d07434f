// SPDX-License-Identifier: Apache-2.0
import { useCallback, useRef, useState } from 'react';
import { post, Problem } from '../parts/api';
import { apiUrl } from '../parts/base';
import { setServerTime } from '../parts/clock';
import { type Connection, useLive } from '../parts/live';
import type { State } from './state';

export type Command = 'run' | 'crash' | 'resume' | 'second' | 'freeze' | 'thaw' | 'approve' | 'cancel' | 'reset';

export interface Simulator {
    state: State | null;
    connection: Connection;
    busy: Command | null;
    problem: string | null;
    command: (name: Command, body: unknown) => Promise<void>;
    dismiss: () => void;
}

/** The state as the server tells it, always a whole one; what the page shows is never put together here. */
export function useSimulator(): Simulator {
    const [state, setState] = useState<State | null>(null);
    const [busy, setBusy] = useState<Command | null>(null);
    const [problem, setProblem] = useState<string | null>(null);
    const newest = useRef(-1);

    /** An answer to a command may come before or after the event that tells the same. A server that began again counts from the beginning. */
    const show = useCallback((next: State, isAuthoritative: boolean) => {
        if (next.revision < newest.current && !isAuthoritative) {
            return;
        }
        newest.current = next.revision;
        setServerTime(next.now);
        setState(next);
    }, []);

    const connection = useLive(apiUrl('simulator/events'), {
        state: (data) => show(JSON.parse(data) as State, true),
    });

    const command = useCallback(
        async (name: Command, body: unknown) => {
            setBusy(name);
            setProblem(null);
            try {
                show(await post<State>(`simulator/${name}`, body), false);
            } catch (e) {
                setProblem(e instanceof Problem ? e.message : 'That did not work, and nobody knows why. Look at the program that serves this page.');
            } finally {
                setBusy(null);
            }
        },
        [show],
    );

    return { state, connection, busy, problem, command, dismiss: () => setProblem(null) };
}
