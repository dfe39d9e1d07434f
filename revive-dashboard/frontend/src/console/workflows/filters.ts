// SPDX-License-Identifier: Apache-2.0
import { WORKFLOW_STATUSES, type WorkflowStatus } from '../../parts/api';

/** What the list shows, kept in the address so that it can be sent to somebody. */
export interface Filters {
    statuses: WorkflowStatus[];
    name: string;
    idPrefix: string;
    executor: string;
}

export function readFilters(search: URLSearchParams): Filters {
    return {
        statuses: WORKFLOW_STATUSES.filter((status) => search.getAll('status').includes(status)),
        name: search.get('name') ?? '',
        idPrefix: search.get('idPrefix') ?? '',
        executor: search.get('executor') ?? '',
    };
}

export function writeFilters({ statuses, name, idPrefix, executor }: Filters): URLSearchParams {
    const search = new URLSearchParams();
    for (const status of WORKFLOW_STATUSES) {
        if (statuses.includes(status)) {
            search.append('status', status);
        }
    }
    for (const [key, value] of Object.entries({ name, idPrefix, executor })) {
        if (value !== '') {
            search.set(key, value);
        }
    }
    return search;
}

let lastList = '';

/** Remembers what the list showed, for the way back to it. */
export function rememberList(search: URLSearchParams): void {
    lastList = search.toString();
}

export function listUrl(): string {
    return lastList === '' ? '/' : `/?${lastList}`;
}

export function toggled(filters: Filters, status: WorkflowStatus): Filters {
    const statuses = filters.statuses.includes(status)
        ? filters.statuses.filter((one) => one !== status)
        : [...filters.statuses, status];
    return { ...filters, statuses };
}

export function isFiltered({ statuses, name, idPrefix, executor }: Filters): boolean {
    return statuses.length > 0 || name !== '' || idPrefix !== '' || executor !== '';
}

/** "1,204", or "10,000+" where the store stopped counting. */
export function countText(count: number, isLowerBound: boolean): string {
    return count.toLocaleString('en-US') + (isLowerBound ? '+' : '');
}
