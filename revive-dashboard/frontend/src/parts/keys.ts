// SPDX-License-Identifier: Apache-2.0
import { type RefObject, useEffect, useRef } from 'react';

/** Whether a key belongs to a field or an open dialog, and is no shortcut. */
export function isTyping(target: EventTarget | null): boolean {
    const element = target as HTMLElement | null;
    return element !== null && (element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName) || element.closest('[role=dialog]') !== null);
}

/** `j` and `k` move the focus from row to row, also to rows that are not drawn yet. */
export function useRowKeys(
    list: RefObject<HTMLElement | null>,
    count: number,
    show: (index: number) => void,
): void {
    const latest = useRef({ count, show });
    latest.current = { count, show };
    useEffect(() => {
        const keys = (event: KeyboardEvent) => {
            if ((event.key !== 'j' && event.key !== 'k') || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) {
                return;
            }
            const at = document.activeElement?.getAttribute('data-row');
            const next = at == null ? 0 : Number(at) + (event.key === 'j' ? 1 : -1);
            if (next < 0 || next >= latest.current.count) {
                return;
            }
            event.preventDefault();
            const focus = (tries: number) => {
                const row = list.current?.querySelector<HTMLElement>(`[data-row="${next}"]`);
                if (row) {
                    row.focus({ preventScroll: false });
                } else if (tries > 0) {
                    latest.current.show(next);
                    requestAnimationFrame(() => focus(tries - 1));
                }
            };
            focus(10);
        };
        document.addEventListener('keydown', keys);
        return () => document.removeEventListener('keydown', keys);
    }, [list]);
}
