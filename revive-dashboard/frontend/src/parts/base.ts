// SPDX-License-Identifier: Apache-2.0

/** Where the console is mounted: "" at the root, "/revive" below a prefix. The server writes it into the page. */
export const base: string = readBase();

function readBase(): string {
    if (typeof document === 'undefined') {
        return '';
    }
    const told = document.querySelector('meta[name="revive-base"]')?.getAttribute('content') ?? '';
    // Still the placeholder: served by the development server, at the root.
    return told.startsWith('__') ? '' : told.replace(/\/+$/, '');
}

export function apiUrl(path: string): string {
    return `${base}/api/${path}`;
}

/** What the address asks for. It is ahead of what is drawn: two changes in a moment must not undo each other. */
export function asked(): URLSearchParams {
    return new URLSearchParams(window.location.search);
}

export function workflowUrl(id: string): string {
    return `/workflow?id=${encodeURIComponent(id)}`;
}
