// SPDX-License-Identifier: Apache-2.0
import { useState } from 'react';
import { type DecisionKind, postWith, type StepSummary } from './api';
import { Button } from './Button';
import { parseJson } from './json';

const CHOICES: [DecisionKind, string, string][] = [
    ['HAPPENED', 'It happened', 'The step completes with the value that you give. It does not run again.'],
    ['RUN_AGAIN', 'Run it again', 'It did not happen, or it may happen twice.'],
    ['FAIL', 'Fail it', 'It stays unknown. The workflow sees an exception and may handle it.'],
];

/** Asks what a person found out about a step that may or may not have happened. */
export function DecideForm({ workflowId, step, onDone }: { workflowId: string; step: StepSummary; onDone: () => void }) {
    const [choice, setChoice] = useState<DecisionKind | null>(null);
    const [value, setValue] = useState('null');
    const [reason, setReason] = useState('');
    const [sure, setSure] = useState(false);
    const [state, setState] = useState<{ busy: boolean; error: string | null }>({ busy: false, error: null });
    const valid = choice !== null && (choice !== 'HAPPENED' || parseJson(value) !== null) && (choice !== 'FAIL' || reason.trim() !== '');

    const send = async () => {
        setState({ busy: true, error: null });
        try {
            const body = {
                id: workflowId,
                scope: step.scope,
                sequence: step.sequence,
                epoch: step.epoch,
                attempt: step.attempt,
                decision: choice,
                reason: choice === 'FAIL' ? reason : null,
            };
            await postWith('v1/workflow/decide', body, 'value', choice === 'HAPPENED' ? value : 'null');
            onDone();
        } catch (e) {
            setState({ busy: false, error: (e as Error).message });
            setSure(false);
        }
    };

    return (
        <form
            aria-label="Decide"
            className="mt-4 rounded-lg border border-line-strong p-4"
            onSubmit={(e) => {
                e.preventDefault();
                if (sure) {
                    void send();
                } else {
                    setSure(true);
                }
            }}
        >
            <fieldset>
                <legend className="mb-2 font-semibold">What did you find out?</legend>
                {CHOICES.map(([kind, label, explains]) => (
                    <label key={kind} className="flex gap-2.5 py-1">
                        <input
                            type="radio"
                            name="decision"
                            checked={choice === kind}
                            onChange={() => {
                                setChoice(kind);
                                setSure(false);
                            }}
                            className="mt-1 accent-(--accent)"
                        />
                        <span>
                            <span className="font-medium">{label}</span>
                            <span className="block text-xs text-ink-3">{explains}</span>
                        </span>
                    </label>
                ))}
            </fieldset>
            {choice === 'HAPPENED' && (
                <label className="mt-2 block">
                    <span className="label">Its value, as JSON</span>
                    <textarea value={value} onChange={(e) => setValue(e.target.value)} rows={3} aria-invalid={!valid} className="mt-1 w-full rounded-[7px] border border-line-strong bg-surface p-2 font-mono text-[12.5px]" />
                    {!valid && <span className="text-xs text-bad">This is not JSON. A text needs quotes: "done".</span>}
                </label>
            )}
            {choice === 'FAIL' && (
                <label className="mt-2 block">
                    <span className="label">Reason, for the record</span>
                    <input value={reason} onChange={(e) => setReason(e.target.value)} className="field mt-1 w-full" />
                </label>
            )}
            {state.error && (
                <p role="alert" className="mt-2 text-bad">
                    {state.error}
                </p>
            )}
            <div className="mt-3 flex items-center gap-2">
                <Button type="submit" look="primary" isDisabled={!valid || state.busy}>
                    {sure ? 'Yes, record it' : 'Decide'}
                </Button>
                {sure && (
                    <>
                        <Button onPress={() => setSure(false)}>Not yet</Button>
                        <span className="text-xs text-ink-3">This cannot be undone.</span>
                    </>
                )}
            </div>
        </form>
    );
}
