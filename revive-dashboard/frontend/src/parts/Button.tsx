// SPDX-License-Identifier: Apache-2.0
import { Button as AriaButton, type ButtonProps } from 'react-aria-components';

type Look = 'primary' | 'plain' | 'danger' | 'quiet';

const LOOKS: Record<Look, string> = {
    primary: 'bg-ink text-bg border-ink hover:opacity-90',
    plain: 'bg-surface text-ink border-line-strong hover:bg-sunken',
    danger: 'bg-surface text-bad border-bad-fill hover:bg-bad-soft',
    quiet: 'border-transparent text-ink-2 hover:bg-sunken hover:text-ink',
};

export function Button({ look = 'plain', className = '', ...props }: ButtonProps & { look?: Look; className?: string }) {
    return (
        <AriaButton
            {...props}
            className={`inline-flex h-8 shrink-0 items-center justify-center gap-1.5 rounded-[7px] border px-3 text-[13px] font-medium whitespace-nowrap data-[disabled]:cursor-not-allowed data-[disabled]:border-line data-[disabled]:bg-sunken data-[disabled]:text-ink-3 data-[disabled]:opacity-70 ${LOOKS[look]} ${className}`}
        />
    );
}

export function IconButton({ label, className = '', ...props }: ButtonProps & { label: string; className?: string }) {
    return (
        <AriaButton
            aria-label={label}
            {...props}
            className={`inline-flex size-8 shrink-0 items-center justify-center rounded-[7px] text-ink-2 hover:bg-sunken hover:text-ink data-[disabled]:opacity-40 ${className}`}
        />
    );
}
