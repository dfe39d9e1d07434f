// SPDX-License-Identifier: Apache-2.0
import { CircleAlert, CircleCheck, CircleX, Ghost, Hourglass, LoaderCircle, Moon, CircleSlash } from 'lucide-react';
import type { StepSummary, WorkflowStatus } from './api';
import { isWait, stepLabel, stepTone, type Tone, WORKFLOW_LABEL, WORKFLOW_TONE } from './status';

export const TONE_TEXT: Record<Tone, string> = {
    ok: 'text-ok',
    run: 'text-run',
    bad: 'text-bad',
    warn: 'text-warn',
    wait: 'text-wait',
    idle: 'text-idle',
};

const TONE_CHIP: Record<Tone, string> = {
    ok: 'bg-ok-soft text-ok',
    run: 'bg-run-soft text-run',
    bad: 'bg-bad-soft text-bad',
    warn: 'bg-warn-soft text-warn',
    wait: 'bg-wait-soft text-wait',
    idle: 'bg-idle-soft text-idle',
};

const ICONS = { ok: CircleCheck, run: LoaderCircle, bad: CircleX, warn: CircleAlert, wait: Hourglass, idle: CircleSlash };

export function ToneIcon({ tone, size = 14 }: { tone: Tone; size?: number }) {
    const Icon = ICONS[tone];
    return <Icon size={size} strokeWidth={2.25} aria-hidden className="shrink-0" />;
}

const CHIP = 'inline-flex h-[22px] items-center gap-1.5 rounded-full px-2 text-xs font-medium whitespace-nowrap';

export function StateChip({ status }: { status: WorkflowStatus }) {
    const tone = WORKFLOW_TONE[status];
    return (
        <span className={`${CHIP} ${TONE_CHIP[tone]}`}>
            <ToneIcon tone={tone} size={13} />
            {WORKFLOW_LABEL[status]}
        </span>
    );
}

export function StepChip({ step }: { step: Pick<StepSummary, 'status' | 'isZombie' | 'kind' | 'isCutOff'> }) {
    const tone = stepTone(step);
    const Icon = step.isZombie ? Ghost : isWait(step) && step.status === 'STARTED' ? Moon : ICONS[tone];
    return (
        <span className={`${CHIP} ${TONE_CHIP[tone]}`}>
            <Icon size={13} strokeWidth={2.25} aria-hidden className="shrink-0" />
            {stepLabel(step)}
        </span>
    );
}

export function Chip({ tone, children }: { tone: Tone; children: React.ReactNode }) {
    return <span className={`${CHIP} ${TONE_CHIP[tone]}`}>{children}</span>;
}
