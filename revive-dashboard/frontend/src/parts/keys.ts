// SPDX-License-Identifier: Apache-2.0
import { type RefObject, useEffectEvent, useLayoutEffect } from 'react';

/** Whether a key belongs to a field or an open dialog, and is no shortcut. */
function isTyping(target: EventTarget | null): boolean {
    return (
        target instanceof HTMLElement &&
        (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.closest('[role=dialog]') !== null)
    );
}

/**
 * Shortcuts of the page. The handler is there as soon as the page is drawn, and it is never older than what is drawn: whoever types fast loses no key
 * between a drawing and the effects that follow it.
 */
export function useKeys(press: (event: KeyboardEvent) => void): void {
    const latest = useEffectEvent(press);
    useLayoutEffect(() => {
        const listener = (event: KeyboardEvent) => {
            if (!event.ctrlKey && !event.metaKey && !event.altKey && !isTyping(event.target)) {
                latest(event);
            }
        };
        document.addEventListener('keydown', listener);
        return () => document.removeEventListener('keydown', listener);
    }, []);
}

const TRIES = 10;

/** `j` and `k` move the focus from row to row, also to rows that are not drawn yet. */
export function useRowKeys(list: RefObject<HTMLElement | null>, count: number, show: (index: number) => void): void {
    const focus = (index: number, tries: number) => {
        const row = list.current?.querySelector<HTMLElement>(`[data-row="${index}"]`);
        if (row) {
            row.focus({ preventScroll: false });
        } else if (tries > 0) {
            show(index);
            requestAnimationFrame(() => focus(index, tries - 1));
        }
    };
    useKeys((event) => {
        if (event.key !== 'j' && event.key !== 'k') {
            return;
        }
        const at = document.activeElement?.getAttribute('data-row');
        const next = at == null ? 0 : Number(at) + (event.key === 'j' ? 1 : -1);
        if (next >= 0 && next < count) {
            event.preventDefault();
            focus(next, TRIES);
        }
    });
}
