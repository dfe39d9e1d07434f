// SPDX-License-Identifier: Apache-2.0
import type { Failure } from './api';

const KIND = {
    THROWN: 'It threw an exception.',
    TIMED_OUT: 'It took too long.',
    OUTCOME_UNKNOWN: 'It may or may not have happened.',
    CANCELLED: 'Somebody cancelled the workflow.',
    TERMINATED: 'Somebody ended the workflow as it stood.',
    NOT_SERIALIZABLE: 'Its value could not be written as JSON, or not be read back.',
} as const;

/** A branch that was cut off: nobody has cancelled its workflow. */
function isCutOff({ kind, type }: Failure): boolean {
    return kind === 'CANCELLED' && type === 'dev.revive.workflow.Parallel';
}

/** An exception with its chain of causes, the outermost first. */
export function FailureView({ failure }: { failure: Failure }) {
    const chain: Failure[] = [];
    for (let one: Failure | null = failure; one !== null; one = one.cause) {
        chain.push(one);
    }
    return (
        <ol className="space-y-2" aria-label="Failure and its causes">
            {chain.map((one, i) => (
                <li key={i} className="rounded-lg border border-line bg-sunken p-3">
                    {i > 0 && <p className="label">Caused by</p>}
                    {!isCutOff(one) && <p className="font-mono text-[12.5px] font-semibold break-all text-bad">{one.type}</p>}
                    {one.message !== null && <p className="mt-0.5 break-words whitespace-pre-wrap">{one.message}</p>}
                    {i === 0 && <p className="mt-1 text-xs text-ink-3">{isCutOff(one) ? 'Its branch was cut off: its parallel was decided without it.' : KIND[one.kind]}</p>}
                    {one.trace.length > 0 && (
                        <details className="mt-1.5">
                            <summary className="text-xs text-ink-3">{one.trace.length} stack frames</summary>
                            <pre className="mt-1 overflow-x-auto font-mono text-[11.5px] leading-relaxed text-ink-2">
                                {one.trace.join('\n')}
                            </pre>
                        </details>
                    )}
                </li>
            ))}
        </ol>
    );
}
