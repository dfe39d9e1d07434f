// SPDX-License-Identifier: Apache-2.0
import { useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { postWith } from '../../parts/api';
import { Button } from '../../parts/Button';
import { parseJson } from '../../parts/json';
import { Modal } from '../../parts/Modal';

interface Props {
    id: string;
    /** The names that the workflow waits for. */
    waitedFor: readonly string[];
    onClose: () => void;
}

/** Sends a signal. Sent again after an answer that was lost it is the same signal, for it goes out under the same key. */
export function SignalForm({ id, waitedFor, onClose }: Props) {
    const queries = useQueryClient();
    const [name, setName] = useState(waitedFor[0] ?? '');
    const [value, setValue] = useState('');
    const [key, setKey] = useState('');
    const own = useMemo(() => freshKey(), [name, value]);
    const [state, setState] = useState<{ busy: boolean; error: string | null }>({ busy: false, error: null });
    const node = useMemo(() => parseJson(value), [value]);
    const isNull = node?.type === 'word' && node.text === 'null';
    const isJson = node !== null && !isNull;
    const send = async () => {
        if (state.busy) {
            return;
        }
        setState({ busy: true, error: null });
        try {
            await postWith('v1/workflow/signal', { id, signal: name, idempotencyKey: key === '' ? own : key }, 'value', value);
            void queries.invalidateQueries({ queryKey: ['workflow', id] });
            onClose();
        } catch (e) {
            setState({ busy: false, error: (e as Error).message });
        }
    };
    return (
        <Modal title="Send a signal to this workflow" isOpen onClose={onClose} wide>
            <p className="mt-2 font-mono text-[12.5px] break-all text-ink-2">{id}</p>
            <form
                className="mt-3 space-y-3"
                onSubmit={(e) => {
                    e.preventDefault();
                    void send();
                }}
            >
                <label className="block">
                    <span className="label">Name of the signal</span>
                    <input value={name} maxLength={200} list="waited-for" autoFocus onChange={(e) => setName(e.target.value)} className="field mt-1 w-full" />
                    <datalist id="waited-for">
                        {waitedFor.map((one) => (
                            <option key={one} value={one} />
                        ))}
                    </datalist>
                </label>
                <label className="block">
                    <span className="label">What it carries, as JSON</span>
                    <textarea
                        value={value}
                        rows={4}
                        aria-invalid={value !== '' && !isJson}
                        onChange={(e) => setValue(e.target.value)}
                        className="mt-1 w-full rounded-[7px] border border-line-strong bg-surface p-2 font-mono text-[12.5px]"
                    />
                    {value !== '' && !isJson && (
                        <span className="text-xs text-bad">
                            {isNull ? 'A signal never carries null.' : 'This is not JSON. A text needs quotes: "done".'}
                        </span>
                    )}
                </label>
                <label className="block">
                    <span className="label">Idempotency key, if you have one</span>
                    <input value={key} maxLength={200} onChange={(e) => setKey(e.target.value)} className="field mt-1 w-full" />
                    <span className="text-xs text-ink-3">Of all signals to this workflow under one key the first counts.</span>
                </label>
                {state.error && (
                    <p role="alert" className="text-bad">
                        {state.error}
                    </p>
                )}
                <div className="flex justify-end gap-2">
                    <Button onPress={onClose}>Not now</Button>
                    <Button type="submit" look="primary" isDisabled={name.trim() === '' || !isJson}>
                        Send
                    </Button>
                </div>
            </form>
        </Modal>
    );
}

function freshKey(): string {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return `console-${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
