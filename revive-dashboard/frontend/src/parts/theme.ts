// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'react';

export type Theme = 'light' | 'dark' | 'system';

const KEY = 'revive-theme';
const systemDark = window.matchMedia('(prefers-color-scheme: dark)');

function stored(): Theme {
    try {
        const value = localStorage.getItem(KEY);
        return value === 'light' || value === 'dark' ? value : 'system';
    } catch {
        return 'system';
    }
}

function apply(theme: Theme): void {
    const dark = theme === 'dark' || (theme === 'system' && systemDark.matches);
    document.documentElement.dataset.theme = dark ? 'dark' : 'light';
}

apply(stored());

export function useTheme(): [Theme, (theme: Theme) => void] {
    const [theme, setTheme] = useState(stored);
    useEffect(() => {
        apply(theme);
        try {
            if (theme === 'system') {
                localStorage.removeItem(KEY);
            } else {
                localStorage.setItem(KEY, theme);
            }
        } catch {
            // A browser that keeps nothing still shows the theme until the page is left.
        }
        const follow = () => apply(theme);
        systemDark.addEventListener('change', follow);
        return () => systemDark.removeEventListener('change', follow);
    }, [theme]);
    return [theme, setTheme];
}
