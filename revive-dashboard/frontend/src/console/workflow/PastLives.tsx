// SPDX-License-Identifier: Apache-2.0
import type { PastLife } from '../../parts/api';
import { StepChip } from '../../parts/Chip';
import { FailureView } from '../../parts/FailureView';
import { dateTime } from '../../parts/time';

/** How the workflow failed before it was retried, and the calls that were kept aside: history, which no run reads. */
export function PastLives({ lives, areCut }: { lives: readonly PastLife[]; areCut: boolean }) {
    return (
        <section className="card mt-4 p-4" aria-label="Past lives">
            <h2 className="font-semibold">Failed and retried before</h2>
            {areCut && <p className="mt-1 text-ink-3">Only the latest of it is shown.</p>}
            <ol className="mt-2 space-y-3">
                {lives.map((life) => (
                    <li key={life.epoch}>
                        <details>
                            <summary>
                                Failed {dateTime(life.failedAt)}, retried {dateTime(life.retriedAt)}
                                <span className="text-ink-3">
                                    {' '}
                                    · {life.steps.length === 1 ? '1 call' : `${life.steps.length.toLocaleString('en-US')} calls`} kept aside
                                </span>
                            </summary>
                            {life.steps.length > 0 && (
                                <ul className="mt-2 max-h-80 overflow-auto" aria-label="Calls kept aside">
                                    {life.steps.map((step) => (
                                        <li key={step.key} className="flex items-center gap-3 border-b border-line py-1.5 text-[13px] last:border-0">
                                            <span className="min-w-0 flex-1 truncate font-mono text-[12.5px]">{step.key}</span>
                                            <StepChip step={step} />
                                            <span className="text-ink-2 tabular-nums">
                                                {step.attempt === 1 ? '1 attempt' : `${step.attempt} attempts`}
                                            </span>
                                            <span className="hidden w-2/5 truncate font-mono text-[12px] text-ink-2 md:block">{step.preview ?? ''}</span>
                                        </li>
                                    ))}
                                </ul>
                            )}
                            {life.failure && (
                                <div className="mt-2">
                                    <FailureView failure={life.failure} />
                                </div>
                            )}
                        </details>
                    </li>
                ))}
            </ol>
        </section>
    );
}
