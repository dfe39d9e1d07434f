// SPDX-License-Identifier: Apache-2.0
import { Monitor, Moon, Sun } from 'lucide-react';
import { IconButton } from './Button';
import { type Theme, useTheme } from './theme';

const NEXT: Record<Theme, Theme> = { system: 'light', light: 'dark', dark: 'system' };
const ICON = { system: Monitor, light: Sun, dark: Moon };

export function ThemeSwitch() {
    const [theme, setTheme] = useTheme();
    const Icon = ICON[theme];
    return (
        <IconButton label={`Theme: ${theme}. Change to ${NEXT[theme]}`} onPress={() => setTheme(NEXT[theme])}>
            <Icon size={16} aria-hidden />
        </IconButton>
    );
}
