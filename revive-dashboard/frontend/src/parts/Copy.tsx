// SPDX-License-Identifier: Apache-2.0
import { Check, Copy as CopyIcon } from 'lucide-react';
import { useState } from 'react';
import { IconButton } from './Button';

export function Copy({ text, label }: { text: string; label: string }) {
    const [copied, setCopied] = useState(false);
    const copy = async () => {
        try {
            await navigator.clipboard.writeText(text);
            setCopied(true);
            setTimeout(() => setCopied(false), 1500);
        } catch {
            // Without permission nothing is copied, and the icon does not claim it.
        }
    };
    return (
        <IconButton label={copied ? 'Copied' : label} onPress={() => void copy()} className="size-7!">
            {copied ? <Check size={14} className="text-ok" aria-hidden /> : <CopyIcon size={14} aria-hidden />}
        </IconButton>
    );
}
