// SPDX-License-Identifier: Apache-2.0
import type { StepSummary } from '../parts/api';
import { clock } from '../parts/time';
import { isInDoubt, isOrphaned } from './doubt';
import { Empty, Panel } from './Panel';
import { isUndoing, type State } from './state';
import { useFollowedEnd } from './useFollowedEnd';
import { isAwaited } from './wait';

const CHIPS: Record<string, string> = {
    STARTED: 'bg-run-soft text-run',
    BACKOFF: 'bg-wait-soft text-wait',
    DECIDED: 'bg-run-soft text-run',
    COMPLETED: 'bg-ok-soft text-ok',
    FAILED: 'bg-bad-soft text-bad',
    CANCELLED: 'bg-idle-soft text-idle',
};

const RESOLUTIONS: Record<string, string> = {
    RAN_AGAIN: 'ran again',
    FOUND_DONE: 'asked: it had happened',
    FOUND_UNDONE: 'asked: it had not happened',
    GIVEN_UP: 'given up: unknown',
    DECIDED: 'decided by a person',
    DECIDED_AGAIN: 'a person had it run again',
    RETRIED: 'its workflow was retried',
};

/** The step table, as a SELECT shows it. */
export function StepsPanel({ state }: { state: State }) {
    const workflow = state.workflow;
    const content = useFollowedEnd(state.revision);
    return (
        <Panel
            area="steps"
            title="The step table"
            hint={workflow === null ? 'what the database knows' : `workflow ${workflow.status}, epoch ${workflow.epoch}`}
            flush
        >
            <div ref={content}>
                {workflow === null ? (
                    <Empty>No row yet. A workflow and each of its steps get one, before anything happens outside.</Empty>
                ) : (
                    <table className="w-full border-collapse text-[12.5px]">
                        <thead className="sticky top-0 bg-surface text-left text-[11.5px] text-ink-3">
                            <tr>
                                <Head>workflow_id</Head>
                                <Head>step_key</Head>
                                <Head>status</Head>
                                <Head>serialized_output</Head>
                            </tr>
                        </thead>
                        <tbody>
                            {workflow.steps.map((step) => (
                                <Row key={step.key} id={workflow.id} step={step} inDoubt={isInDoubt(step, isOrphaned(state))} />
                            ))}
                        </tbody>
                    </table>
                )}
            </div>
        </Panel>
    );
}

function Row({ id, step, inDoubt }: { id: string; step: StepSummary; inDoubt: boolean }) {
    return (
        <tr className={`rise border-t border-line align-top ${inDoubt ? 'bg-warn-soft' : ''}`}>
            <td className="max-w-20 truncate px-3 py-1 font-mono text-ink-3" title={id}>
                {id}
            </td>
            <td className={`px-1.5 py-1 font-mono ${isUndoing(step.name) ? '' : 'sm:whitespace-nowrap'}`}>{step.key}</td>
            <td className="px-1.5 py-1">
                <span className={`inline-block rounded px-1.5 font-medium ${isAwaited(step) ? CHIPS.BACKOFF : CHIPS[step.status]}`}>{step.status}</span>
                {(step.attempt > 1 || step.zombies > 0) && (
                    <div className="text-[11.5px] whitespace-nowrap text-ink-3">
                        attempt {step.attempt}
                        {step.zombies > 0 && `, ${step.zombies} cut off`}
                    </div>
                )}
                {step.isCutOff && <div className="text-[11.5px] text-ink-2">its branch was cut off</div>}
                {step.resolution !== null && <div className="text-[11.5px] text-ink-2">{RESOLUTIONS[step.resolution]}</div>}
            </td>
            <td className="min-w-32 px-1.5 py-1 font-mono break-all text-ink-2">
                {inDoubt ? (
                    <span className="font-sans font-medium break-normal text-warn">null: a zombie. Did it happen?</span>
                ) : isAwaited(step) || (step.kind === 'AWAIT' && step.preview === null) ? (
                    <Waited step={step} />
                ) : (
                    (step.preview ?? <span className="text-ink-3">null</span>)
                )}
            </td>
        </tr>
    );
}

/** A wait that nothing came to, or not yet. */
function Waited({ step }: { step: StepSummary }) {
    return isAwaited(step) && step.nextAt !== null ? (
        <span className="font-sans font-medium break-normal text-wait">null: waits until {clock(step.nextAt)}</span>
    ) : (
        <span className="font-sans break-normal">null: nothing came in time</span>
    );
}

function Head({ children }: { children: string }) {
    return (
        <th scope="col" className="px-1.5 py-1 font-mono font-medium first:pl-3">
            {children}
        </th>
    );
}
