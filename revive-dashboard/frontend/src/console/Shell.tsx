// SPDX-License-Identifier: Apache-2.0
import { useQuery } from '@tanstack/react-query';
import { Keyboard, Lock } from 'lucide-react';
import { useRef, useState } from 'react';
import { Link, NavLink, Outlet, useNavigate } from 'react-router';
import { get, type Me } from '../parts/api';
import { Brand } from '../parts/Brand';
import { IconButton } from '../parts/Button';
import { useKeys } from '../parts/keys';
import { Modal } from '../parts/Modal';
import { ThemeSwitch } from '../parts/ThemeSwitch';

export function useMe(): Me | undefined {
    return useQuery({ queryKey: ['me'], queryFn: ({ signal }) => get<Me>('v1/me', {}, signal), staleTime: 60_000 }).data;
}

const TAB = 'flex h-14 items-center border-b-2 px-1 font-medium';

export function Shell() {
    const me = useMe();
    const navigate = useNavigate();
    const [help, setHelp] = useState(false);

    const before = useRef('');
    useKeys((event) => {
        if (event.key === '?') {
            setHelp(true);
        } else if (before.current === 'g' && event.key === 'w') {
            void navigate('/');
        } else if (before.current === 'g' && event.key === 'e') {
            void navigate('/executors');
        }
        before.current = event.key;
    });

    const tab = ({ isActive }: { isActive: boolean }) =>
        `${TAB} ${isActive ? 'border-accent text-ink' : 'border-transparent text-ink-2 hover:text-ink'}`;
    return (
        <>
            <a href="#main" className="sr-only focus:not-sr-only focus:absolute focus:z-50 focus:bg-surface focus:p-3">
                Skip to the content
            </a>
            <header className="border-b border-line bg-surface">
                <div className="mx-auto flex h-14 max-w-[1680px] items-center gap-3 px-4 sm:gap-5 sm:px-6">
                    <Link to="/" aria-label="Revive, to the workflows">
                        <Brand />
                    </Link>
                    <nav aria-label="Pages" className="flex gap-4">
                        <NavLink to="/" end className={tab}>
                            Workflows
                        </NavLink>
                        <NavLink to="/executors" className={tab}>
                            Executors
                        </NavLink>
                    </nav>
                    <div className="ml-auto flex items-center gap-1">
                        {me && (me.readOnly || !me.roles.includes('OPERATE')) && (
                            <span className="mr-2 hidden items-center gap-1 text-xs text-ink-3 sm:flex" title="You can look at everything that you may see, and change nothing.">
                                <Lock size={13} aria-hidden /> Read only
                            </span>
                        )}
                        {me?.user && <span className="mr-2 hidden max-w-40 truncate text-xs text-ink-3 sm:block">{me.user}</span>}
                        <IconButton label="Keyboard shortcuts" onPress={() => setHelp(true)}>
                            <Keyboard size={16} aria-hidden />
                        </IconButton>
                        <ThemeSwitch />
                    </div>
                </div>
            </header>
            <main id="main" className="mx-auto max-w-[1680px] px-4 py-5 sm:px-6">
                <Outlet />
            </main>
            <Modal title="Keyboard shortcuts" isOpen={help} onClose={() => setHelp(false)}>
                <dl className="mt-4 grid grid-cols-[90px_1fr] gap-y-2">
                    {SHORTCUTS.map(([keys, what]) => (
                        <div key={keys} className="contents">
                            <dt>
                                <kbd className="rounded border border-line-strong bg-sunken px-1.5 py-0.5 font-mono text-xs">{keys}</kbd>
                            </dt>
                            <dd className="text-ink-2">{what}</dd>
                        </div>
                    ))}
                </dl>
                {me && <p className="mt-5 text-xs text-ink-3">Revive {me.version}</p>}
            </Modal>
        </>
    );
}

const SHORTCUTS = [
    ['/', 'Search workflows by the beginning of the id'],
    ['j', 'Next workflow or step'],
    ['k', 'Previous workflow or step'],
    ['Enter', 'Open it'],
    ['Esc', 'Close what is open, or go back to the list'],
    ['g w', 'To the workflows'],
    ['g e', 'To the executors'],
    ['?', 'This list'],
] as const;
