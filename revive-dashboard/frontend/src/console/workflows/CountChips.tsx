// SPDX-License-Identifier: Apache-2.0
import { type Counts, WORKFLOW_STATUSES } from '../../parts/api';
import { TONE_TEXT, ToneIcon } from '../../parts/Chip';
import { WORKFLOW_LABEL, WORKFLOW_MEANING, WORKFLOW_TONE } from '../../parts/status';
import { countText, type Filters, toggled } from './filters';

interface Props {
    counts: Counts | undefined;
    filters: Filters;
    onChange: (filters: Pick<Filters, 'statuses'>) => void;
}

/** How many workflows are in each state; a chip shows only those. */
export function CountChips({ counts, filters, onChange }: Props) {
    return (
        <div role="group" aria-label="States" className="grid grid-cols-2 gap-2 sm:grid-cols-4 xl:grid-cols-8">
            {WORKFLOW_STATUSES.map((status) => {
                const found = counts?.counts.find((one) => one.status === status);
                const chosen = filters.statuses.includes(status);
                const none = found !== undefined && found.count === 0 && !found.isLowerBound;
                return (
                    <button
                        key={status}
                        type="button"
                        aria-pressed={chosen}
                        title={WORKFLOW_MEANING[status]}
                        onClick={() => onChange({ statuses: toggled(filters, status).statuses })}
                        className={`card px-3 py-2 text-left transition-colors max-sm:flex max-sm:items-center max-sm:justify-between sm:px-3.5 sm:py-2.5 ${chosen ? 'border-accent! bg-accent-soft!' : 'hover:border-line-strong'}`}
                    >
                        <span className={`flex items-center gap-1.5 text-xs font-medium ${none ? 'text-ink-3' : TONE_TEXT[WORKFLOW_TONE[status]]}`}>
                            <ToneIcon tone={WORKFLOW_TONE[status]} size={13} />
                            {WORKFLOW_LABEL[status]}
                        </span>
                        <span className={`block font-semibold sm:mt-0.5 sm:text-xl tracking-tight tabular-nums ${none ? 'text-ink-3' : ''}`}>
                            {found ? countText(found.count, found.isLowerBound) : '–'}
                        </span>
                    </button>
                );
            })}
        </div>
    );
}
