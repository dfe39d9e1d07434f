// SPDX-License-Identifier: Apache-2.0
import { useState } from 'react';
import { Button } from '../parts/Button';
import { Modal } from '../parts/Modal';

interface Props {
    title: string;
    /** What it is done to. */
    about: string;
    /** What happens then. */
    text: string;
    verb: string;
    look?: 'danger' | undefined;
    asksReason?: boolean;
    send: (reason: string | null) => Promise<void>;
    onClose: () => void;
}

/** Asks before something is changed, and says why if it could not be. */
export function Confirm({ title, about, text, verb, look, asksReason = false, send, onClose }: Props) {
    const [reason, setReason] = useState('');
    const [state, setState] = useState<{ busy: boolean; error: string | null }>({ busy: false, error: null });
    // Once, though the button stays enabled meanwhile: a button that is disabled loses the focus, which would not come back to where the dialog was opened.
    const sendOnce = async () => {
        if (state.busy) {
            return;
        }
        setState({ busy: true, error: null });
        try {
            await send(reason.trim() === '' ? null : reason);
            onClose();
        } catch (e) {
            setState({ busy: false, error: (e as Error).message });
        }
    };
    return (
        <Modal title={title} isOpen onClose={onClose}>
            <p className="mt-2 font-mono text-[12.5px] break-all text-ink-2">{about}</p>
            <p className="mt-2 text-ink-2">{text}</p>
            <form
                onSubmit={(e) => {
                    e.preventDefault();
                    void sendOnce();
                }}
            >
                {asksReason && (
                    <label className="mt-3 block">
                        <span className="label">Reason, for whoever asks later</span>
                        <input value={reason} maxLength={2_000} autoFocus onChange={(e) => setReason(e.target.value)} className="field mt-1 w-full" />
                    </label>
                )}
                {state.error && (
                    <p role="alert" className="mt-3 text-bad">
                        {state.error}
                    </p>
                )}
                <div className="mt-5 flex justify-end gap-2">
                    <Button onPress={onClose}>Not now</Button>
                    <Button type="submit" look={look ?? 'primary'} autoFocus={!asksReason}>
                        {verb}
                    </Button>
                </div>
            </form>
        </Modal>
    );
}
