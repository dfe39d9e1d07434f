// SPDX-License-Identifier: Apache-2.0
import { ChevronDown, ChevronUp, Lightbulb } from 'lucide-react';
import { useState } from 'react';
import type { Caption } from './state';

/** What just happened, in words; what was said before is one click away. */
export function Story({ captions }: { captions: Caption[] }) {
    const [isOpen, setIsOpen] = useState(false);
    const last = captions[captions.length - 1];
    const earlier = captions.slice(0, -1);
    return (
        <section className="card area-story min-w-0 border-accent/40 bg-accent-soft px-4 py-2.5" aria-label="What happens">
            <div className="flex items-start gap-3">
                <Lightbulb size={18} className="mt-0.5 shrink-0 text-accent" aria-hidden />
                <div aria-live="polite" className="min-h-[42px] grow">
                    {last && (
                        <p key={last.id} data-caption={last.id} className="rise max-w-[110ch] text-[14.5px] text-ink">
                            {last.text}
                        </p>
                    )}
                </div>
                {earlier.length > 0 && (
                    <button
                        type="button"
                        className="inline-flex shrink-0 items-center gap-1 rounded-md px-2 py-1 text-[12.5px] font-medium text-accent hover:bg-surface"
                        aria-expanded={isOpen}
                        onClick={() => setIsOpen(!isOpen)}
                    >
                        {isOpen ? 'Only the last' : `All ${captions.length}`}
                        {isOpen ? <ChevronUp size={14} aria-hidden /> : <ChevronDown size={14} aria-hidden />}
                    </button>
                )}
            </div>
            {isOpen && (
                <ol
                    className="mt-2 max-h-64 list-decimal space-y-1.5 overflow-auto pl-11 text-ink-2"
                    aria-label="What happened before"
                    tabIndex={0}
                >
                    {earlier.map((caption) => (
                        <li key={caption.id} data-caption={caption.id}>
                            {caption.text}
                        </li>
                    ))}
                </ol>
            )}
        </section>
    );
}
