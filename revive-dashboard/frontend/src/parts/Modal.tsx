// SPDX-License-Identifier: Apache-2.0
import { Dialog, Heading, Modal as AriaModal, ModalOverlay } from 'react-aria-components';
import { type ReactNode, useEffect, useState } from 'react';

interface Props {
    title: string;
    isOpen: boolean;
    onClose: () => void;
    children: ReactNode;
    wide?: boolean;
}

export function Modal({ title, isOpen, onClose, children, wide = false }: Props) {
    return (
        <ModalOverlay
            isOpen={isOpen}
            onOpenChange={(open) => !open && onClose()}
            isDismissable
            className="fixed inset-0 z-50 grid place-items-center overflow-y-auto bg-black/40 p-4"
        >
            <AriaModal className={`rise card w-full ${wide ? 'max-w-xl' : 'max-w-md'} p-5 shadow-(--shadow)`}>
                <Dialog className="outline-none">
                    <Heading slot="title" className="text-base font-semibold">
                        {title}
                    </Heading>
                    <FocusGoesBack />
                    {children}
                </Dialog>
            </AriaModal>
        </ModalOverlay>
    );
}

/** To what had the focus before: the dialog gives it back itself, but on a slow machine while all beside it is still inert, and then nothing has it. */
function FocusGoesBack() {
    const [before] = useState(() => document.activeElement);
    useEffect(
        () => () => {
            requestAnimationFrame(() =>
                requestAnimationFrame(() => {
                    if (document.activeElement === document.body && before instanceof HTMLElement) {
                        before.focus();
                    }
                }),
            );
        },
        [before],
    );
    return null;
}
