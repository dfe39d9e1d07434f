// SPDX-License-Identifier: Apache-2.0
import { ExternalLink, Moon, RotateCcw, Sun, SunMoon } from 'lucide-react';
import { base } from '../parts/base';
import type { Connection } from '../parts/live';
import { type Theme, useTheme } from '../parts/theme';
import { Controls } from './Controls';
import { LogPanel } from './LogPanel';
import { RunsPanel } from './RunsPanel';
import { SourcePanel } from './SourcePanel';
import { StepsPanel } from './StepsPanel';
import { Story } from './Story';
import { TimelinePanel } from './TimelinePanel';
import { useSimulator } from './useSimulator';
import { WorkersPanel } from './WorkersPanel';
import { WorldPanel } from './WorldPanel';

export function SimulatorPage() {
    const simulator = useSimulator();
    const { state } = simulator;
    return (
        <>
            <header className="flex min-h-12 flex-wrap items-center gap-x-4 gap-y-1 border-b border-line bg-surface px-4 py-2">
                <h1 className="text-[15px] font-semibold tracking-tight">Revive simulator</h1>
                <p className="hidden text-ink-3 md:block">A real workflow, in real processes that really die.</p>
                <span className="grow" />
                <ConnectionChip connection={simulator.connection} />
                {state?.workflow && (
                    <a
                        className="inline-flex items-center gap-1.5 rounded-md px-2 py-1 font-medium text-accent hover:bg-accent-soft"
                        href={`${base}/workflow?id=${encodeURIComponent(state.workflow.id)}`}
                    >
                        Open in the console <ExternalLink size={14} aria-hidden />
                    </a>
                )}
                <ThemeButton />
            </header>
            {state === null ? (
                <main className="p-8 text-ink-2" aria-busy="true">
                    {simulator.connection === 'reconnecting'
                        ? 'The program that serves this page does not answer. It is asked again every few seconds.'
                        : 'Asking for the state …'}
                </main>
            ) : (
                <main className="stage">
                    <Story captions={state.captions} />
                    <Controls simulator={simulator} state={state} />
                    <WorkersPanel simulator={simulator} state={state} />
                    <SourcePanel source={simulator.source} state={state} />
                    <StepsPanel state={state} />
                    <TimelinePanel state={state} />
                    <WorldPanel state={state} />
                    <RunsPanel state={state} />
                    <LogPanel state={state} />
                </main>
            )}
        </>
    );
}

function ConnectionChip({ connection }: { connection: Connection }) {
    const isLive = connection === 'live';
    return (
        <span
            role="status"
            className={`inline-flex items-center gap-1.5 rounded-full px-2.5 py-0.5 text-[12px] font-medium ${
                isLive ? 'bg-ok-soft text-ok' : 'bg-warn-soft text-warn'
            }`}
        >
            {isLive ? (
                <span className="size-2 rounded-full bg-ok-fill" aria-hidden />
            ) : (
                <RotateCcw size={12} className="breathe" aria-hidden />
            )}
            {isLive ? 'live' : connection === 'connecting' ? 'connecting' : 'reconnecting'}
        </span>
    );
}

const NEXT: Record<Theme, Theme> = { system: 'light', light: 'dark', dark: 'system' };

function ThemeButton() {
    const [theme, setTheme] = useTheme();
    const Icon = theme === 'light' ? Sun : theme === 'dark' ? Moon : SunMoon;
    return (
        <button
            type="button"
            className="rounded-md p-1.5 text-ink-2 hover:bg-sunken"
            aria-label={`Theme: ${theme}. Change to ${NEXT[theme]}.`}
            title={`Theme: ${theme}`}
            onClick={() => setTheme(NEXT[theme])}
        >
            <Icon size={16} aria-hidden />
        </button>
    );
}
