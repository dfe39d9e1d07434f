// SPDX-License-Identifier: Apache-2.0
import { type ReactNode, useId } from 'react';

/** A card with a heading. What does not fit scrolls inside it, by keyboard too. */
export function Panel(props: { area: string; title: string; hint?: string; children: ReactNode; flush?: boolean }) {
    const heading = useId();
    return (
        <section className={`card flex min-h-0 min-w-0 flex-col area-${props.area}`} aria-labelledby={heading}>
            <div className="flex flex-wrap items-baseline gap-x-2 border-b border-line px-3 py-1.5">
                <h2 id={heading} className="font-semibold">
                    {props.title}
                </h2>
                {props.hint && <span className="text-[12px] text-ink-3">{props.hint}</span>}
            </div>
            <div
                className={`min-h-0 grow overflow-auto ${props.flush ? '' : 'p-3'}`}
                tabIndex={0}
                role="group"
                aria-labelledby={heading}
            >
                {props.children}
            </div>
        </section>
    );
}

export function Empty({ children }: { children: ReactNode }) {
    return <p className="p-3 text-ink-3">{children}</p>;
}
