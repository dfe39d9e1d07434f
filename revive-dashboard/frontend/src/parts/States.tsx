// SPDX-License-Identifier: Apache-2.0
import { Inbox, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { Problem } from './api';
import { Button } from './Button';

export function Empty({ title, children }: { title: string; children?: ReactNode }) {
    return (
        <div className="flex flex-col items-center gap-2 px-6 py-16 text-center">
            <Inbox size={28} strokeWidth={1.5} className="text-ink-3" aria-hidden />
            <p className="text-base font-semibold">{title}</p>
            <div className="w-full max-w-md text-ink-2">{children}</div>
        </div>
    );
}

export function Loading({ what }: { what: string }) {
    return (
        <div role="status" className="space-y-3 p-6">
            <span className="sr-only">Loading {what}</span>
            {[72, 100, 86, 94, 60].map((width) => (
                <div key={width} className="breathe h-4 rounded bg-sunken" style={{ width: `${width}%` }} />
            ))}
        </div>
    );
}

const ADVICE: Record<number, string> = {
    0: 'Is the host application running? The page asks again by itself.',
    401: 'Sign in to the host application, then load this page again.',
    403: 'Your user has no role for this. The host application gives out the roles VIEW, VIEW_PAYLOADS and OPERATE.',
    404: 'It may have been deleted, or the id has a typing error.',
    421: 'This host name is not allowed. Open the console as localhost, or add the name with allowedHosts(..).',
    503: 'The database does not answer. The page asks again by itself.',
};

export function ErrorState({ error, retry }: { error: Error; retry?: () => void }) {
    const status = error instanceof Problem ? error.status : -1;
    return (
        <div role="alert" className="flex flex-col items-center gap-2 px-6 py-16 text-center">
            <TriangleAlert size={28} strokeWidth={1.5} className="text-bad" aria-hidden />
            <h1 className="text-base font-semibold">{error instanceof Problem ? error.title : 'Something went wrong'}</h1>
            <p className="max-w-lg break-words text-ink-2">{error.message}</p>
            {ADVICE[status] && <p className="max-w-lg text-ink-3">{ADVICE[status]}</p>}
            {retry && (
                <Button className="mt-2" onPress={retry}>
                    Try again
                </Button>
            )}
        </div>
    );
}
