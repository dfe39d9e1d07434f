// SPDX-License-Identifier: Apache-2.0
import { CircleAlert } from 'lucide-react';
import { Link } from 'react-router';
import { noticeText } from './told';
import { useUndelivered } from './useUndelivered';

/** Leads to what could not be done; nothing if all is well. */
export function Notice() {
    const { data } = useUndelivered();
    if (data === undefined || data.items.length === 0) {
        return null;
    }
    return (
        <Link
            to="/undelivered"
            className="card mb-4 flex w-fit max-w-full items-center gap-2 border-warn-fill! px-3.5 py-2 text-[13px] hover:bg-sunken!"
        >
            <CircleAlert size={15} className="shrink-0 text-warn" aria-hidden />
            <span className="min-w-0">
                {noticeText(data)}. <span className="whitespace-nowrap text-accent underline">Look</span>
            </span>
        </Link>
    );
}
