// SPDX-License-Identifier: Apache-2.0
import type { Undelivered, UndeliveredList } from '../../parts/api';

/** "3 requests of committed transactions could not be done" */
export function noticeText({ items, areCut }: Pick<UndeliveredList, 'areCut'> & { items: readonly unknown[] }): string {
    const many = areCut ? `More than ${items.length}` : String(items.length);
    return items.length === 1 && !areCut
        ? '1 request of a committed transaction could not be done'
        : `${many} requests of committed transactions could not be done`;
}

type What = Pick<Undelivered, 'start' | 'signal'>;

/** "start order v1", "signal approval", or both. */
export function whatText({ start, signal }: What): string {
    const starts = start && `start ${start.name} v${start.version}`;
    const sends = signal && (signal.isKnown ? `signal ${signal.name}` : 'something of a newer Revive');
    return [starts, sends].filter(Boolean).join(' and ');
}

/** Why it could not be done, as it was when it was tried. */
export function reasonText({ reason, start }: Pick<Undelivered, 'reason' | 'start'>): string {
    switch (reason) {
        case 'CONFLICT':
            return start === null
                ? 'It was asked for behind a start that could not be done.'
                : start.mustBeNew
                  ? 'There was a workflow with this id, and it was to be new; or an earlier start of this id could not be done.'
                  : 'The id belongs to another workflow, version or input; or an earlier start of this id could not be done.';
        case 'NOT_FOUND':
            return 'There was no workflow with this id.';
        case 'ENDED':
            return 'The workflow had ended.';
        case 'REFUSED':
            return 'The database refused to write it. The log of the host application has what it said.';
        default:
            return 'For a reason that this console does not know; a newer Revive does.';
    }
}
