// SPDX-License-Identifier: Apache-2.0
import { isFailing, isWait } from '../status';
import type { Layout } from './layout';

const SAMPLES: [string, string, (layout: Layout) => boolean][] = [
    ['Completed', 'bg-ok-fill', (l) => l.bars.some((b) => b.step.status === 'COMPLETED')],
    ['Running', 'bg-run-fill', (l) => l.bars.some((b) => b.step.status === 'STARTED' && !b.step.isZombie && !isWait(b.step))],
    ['Failed', 'bg-bad-fill', (l) => l.bars.some((b) => isFailing(b.step))],
    ['Cancelled, or its branch cut off', 'bg-idle-fill', (l) => l.bars.some((b) => b.step.status === 'CANCELLED' && b.step.kind !== 'PARALLEL')],
    ['Earlier attempts', 'bg-idle-fill', (l) => l.bars.some((b) => b.segments.some((s) => s.kind === 'earlier'))],
    ['Waiting', 'bg-wait-fill', (l) => l.bars.some((b) => b.segments.some((s) => s.kind === 'sleep' || s.kind === 'backoff'))],
    ['Cut off, outcome unknown', 'bg-warn-fill', (l) => l.bars.some((b) => b.segments.some((s) => s.kind === 'cut'))],
];

export function Legend({ layout }: { layout: Layout }) {
    return (
        <ul className="flex flex-wrap gap-x-4 gap-y-1 text-xs text-ink-2" aria-label="Colours">
            {SAMPLES.filter(([, , shows]) => shows(layout)).map(([label, colour]) => (
                <li key={label} className="flex items-center gap-1.5">
                    <span className={`h-2.5 w-4 rounded-[3px] ${colour}`} aria-hidden />
                    {label}
                </li>
            ))}
        </ul>
    );
}
