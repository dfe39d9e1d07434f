// SPDX-License-Identifier: Apache-2.0
import { Hourglass } from 'lucide-react';
import { useNow } from '../parts/clock';
import { clock, duration, instant } from '../parts/time';
import type { State } from './state';
import { awaited } from './wait';

/** Until when the workflow waits for the approval or for the first day. */
export function WaitNote({ state }: { state: State }) {
    const wait = awaited(state);
    const until = wait?.nextAt ?? null;
    const now = useNow(until === null ? null : 1000);
    if (wait === undefined || until === null) {
        return null;
    }
    const isAsleep = wait.kind === 'SLEEP';
    const left = Math.ceil((instant(until) - now) / 1000) * 1000;
    return (
        <p className="flex items-start gap-2 rounded-md bg-wait-soft px-2.5 py-1.5 text-[13px] text-wait">
            <Hourglass size={15} className="mt-0.5 shrink-0" aria-hidden />
            <span>
                {isAsleep ? 'Sleeps until the first day,' : 'Waits for the approval until'} <time dateTime={until}>{clock(until)}</time>
                {left > 0 ? <span className="block">{duration(left)} left</span> : <span className="block">The time is up: a process must record that.</span>}
                {isAsleep && !state.can.cancel && <span className="block">The hire is called off: a process must hear of it.</span>}
                {!isAsleep && !state.can.approve && <span className="block">The approval is in its inbox.</span>}
            </span>
        </p>
    );
}
