// SPDX-License-Identifier: Apache-2.0
import { CircleDashed, CircleCheck, TriangleAlert, Undo2 } from 'lucide-react';
import { Panel } from './Panel';
import { isUndoing, type Outside, type State } from './state';

const DEEDS: Record<string, string> = {
    'Create Employee Record': 'An employee was created',
    'Provision Laptop': 'A laptop was ordered',
    'Grant Access': 'An account was opened',
    'Send Welcome Email': 'An e-mail was sent',
    'Put On Hold': 'The hire was put on hold',
    'Undo Grant Access': 'The account was closed',
    'Undo Provision Laptop': 'The laptop went back',
    'Undo Create Employee Record': 'The employee was struck off',
};

/** What really happened. Nobody can take it back but by another deed, which is known by the same key; and Revive does not know this list. */
export function WorldPanel({ state }: { state: State }) {
    const isUndone = state.world.some((outside) => isUndoing(outside.step));
    const hint = isUndone ? 'what really happened; what undoes it has its key' : 'what really happened; it cannot be taken back';
    return (
        <Panel area="world" title="The outside world" hint={hint} flush>
            <ul>
                {state.world.map((outside) => (
                    <Item key={outside.step} outside={outside} idempotencyKey={isUndone ? outside.happenings[0]?.idempotencyKey : undefined} />
                ))}
            </ul>
        </Panel>
    );
}

function Item({ outside, idempotencyKey }: { outside: Outside; idempotencyKey: string | undefined }) {
    const once = isUndoing(outside.step) ? Undo2 : CircleCheck;
    const Icon = outside.times === 0 ? CircleDashed : outside.times === 1 ? once : TriangleAlert;
    const tone = outside.times === 0 ? 'text-ink-3' : outside.times === 1 ? 'text-ok' : 'text-warn';
    return (
        <li className={`border-b border-line px-3 py-1 last:border-b-0 ${outside.times > 1 ? 'bg-warn-soft' : ''}`}>
            <div className="flex items-center gap-2">
                <Icon size={15} className={`shrink-0 ${tone}`} aria-hidden />
                <span className={outside.times === 0 ? 'text-ink-3' : ''}>{DEEDS[outside.step] ?? outside.step}</span>
                <span className="grow" />
                {idempotencyKey !== undefined && (
                    <span className="font-mono text-[11.5px] whitespace-nowrap text-ink-3" title="the idempotency key">
                        key {idempotencyKey.slice(0, 4)}
                    </span>
                )}
                <span className="flex flex-wrap justify-end gap-1">
                    {outside.happenings.map((happening) => (
                        <span
                            key={happening.nonce}
                            className="rise rounded bg-sunken px-1.5 font-mono text-[11.5px] text-ink-2"
                            title={`attempt ${happening.attempt}, key ${happening.idempotencyKey}`}
                        >
                            {happening.worker ?? happening.pid}: {happening.nonce.slice(0, 8)}
                        </span>
                    ))}
                </span>
                <span className={`w-14 text-right font-semibold ${tone}`}>{times(outside)}</span>
            </div>
            {outside.why !== null && <p className="pl-[23px] text-[12.5px] leading-snug text-ink-2">{outside.why}</p>}
        </li>
    );
}

function times({ step, times: count }: Outside): string {
    const never = isUndoing(step) ? 'no' : 'not yet';
    return count === 0 ? never : count === 1 ? 'once' : count === 2 ? 'twice' : `${count} times`;
}
