// SPDX-License-Identifier: Apache-2.0
import { ExternalLink } from 'lucide-react';
import { useState } from 'react';
import { base } from '../parts/base';
import { ConnectionMark } from '../parts/ConnectionMark';
import { ThemeSwitch } from '../parts/ThemeSwitch';
import { Controls } from './Controls';
import { LogPanel } from './LogPanel';
import { RunsPanel } from './RunsPanel';
import { SourcePanel } from './SourcePanel';
import type { Scene } from './state';
import { StepsPanel } from './StepsPanel';
import { Story } from './Story';
import { TimelinePanel } from './TimelinePanel';
import { useSimulator } from './useSimulator';
import { useSource } from './useSource';
import { WorkersPanel } from './WorkersPanel';
import { WorldPanel } from './WorldPanel';

export function SimulatorPage() {
    const simulator = useSimulator();
    const { state } = simulator;
    const [choice, setChoice] = useState<Scene | null>(null);
    const shown = state?.plan?.scene ?? null;
    const chosen = choice ?? shown ?? 'ONBOARDING';
    const source = useSource(shown ?? chosen, simulator.connection);
    return (
        <>
            <header className="flex min-h-12 flex-wrap items-center gap-x-4 gap-y-1 border-b border-line bg-surface px-4 py-2">
                <h1 className="text-[15px] font-semibold tracking-tight">Revive simulator</h1>
                <p className="hidden text-ink-3 md:block">A real workflow, in real processes that really die.</p>
                <span className="grow" />
                <ConnectionMark connection={simulator.connection} />
                {state?.workflow && (
                    <a
                        className="inline-flex items-center gap-1.5 rounded-md px-2 py-1 font-medium text-accent hover:bg-accent-soft"
                        href={`${base}/workflow?id=${encodeURIComponent(state.workflow.id)}`}
                    >
                        Open in the console <ExternalLink size={14} aria-hidden />
                    </a>
                )}
                <ThemeSwitch />
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
                    <Controls simulator={simulator} state={state} chosen={chosen} onChoose={setChoice} />
                    <WorkersPanel simulator={simulator} state={state} />
                    <SourcePanel source={source} state={state} />
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
