// SPDX-License-Identifier: Apache-2.0
import { type RefObject, useEffect, useRef } from 'react';

/** Keeps the end of what is in a panel in sight when that has changed, unless somebody scrolled up to read. */
export function useFollowedEnd(change: number): RefObject<HTMLDivElement | null> {
    const content = useRef<HTMLDivElement>(null);
    const isFollowing = useRef(true);
    useEffect(() => {
        const scroller = content.current?.parentElement;
        if (!scroller) {
            return;
        }
        const look = () => {
            isFollowing.current = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 24;
        };
        scroller.addEventListener('scroll', look, { passive: true });
        return () => scroller.removeEventListener('scroll', look);
    }, []);
    useEffect(() => {
        const scroller = content.current?.parentElement;
        if (scroller && isFollowing.current) {
            scroller.scrollTop = scroller.scrollHeight;
        }
    }, [change]);
    return content;
}
