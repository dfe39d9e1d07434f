// SPDX-License-Identifier: Apache-2.0

export function Brand({ suffix }: { suffix?: string }) {
    return (
        <span className="flex items-center gap-2 text-[15px] font-semibold tracking-tight">
            <svg viewBox="0 0 32 32" className="size-6 shrink-0" aria-hidden>
                <rect width="32" height="32" rx="8" fill="#4353d9" />
                <path
                    d="M8 20V12a4 4 0 0 1 4-4h6a4.5 4.5 0 0 1 0 9h-6l10 7"
                    fill="none"
                    stroke="#fff"
                    strokeWidth="3"
                    strokeLinecap="round"
                    strokeLinejoin="round"
                />
            </svg>
            Revive
            {suffix && <span className="font-normal text-ink-3">{suffix}</span>}
        </span>
    );
}
