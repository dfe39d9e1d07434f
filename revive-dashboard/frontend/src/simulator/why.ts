// SPDX-License-Identifier: Apache-2.0
import type { State } from './state';
import { awaited } from './wait';
import type { Command } from './useSimulator';

/** Why a command makes no sense now. */
export function why(command: Command, state: State): string {
    const isFinished = state.workflow?.finishedAt != null;
    const anyAlive = state.workers.some((worker) => worker.state !== 'DEAD');
    switch (command) {
        case 'run':
            return 'A workflow is there and is not finished. Resume it, or reset everything.';
        case 'crash':
            return 'No process is alive. Run or resume the workflow first.';
        case 'resume':
            if (state.plan === null) {
                return 'There is nothing to resume yet. Run the workflow first.';
            }
            return isFinished ? 'The workflow is finished.' : 'A process is alive and works on it. Kill it first.';
        case 'second':
            if (state.plan === null || isFinished) {
                return 'A second executor has something to do only while a workflow is unfinished.';
            }
            return anyAlive ? 'There are executors enough.' : 'No process is alive: resume instead.';
        case 'freeze':
            return 'Only a process that is alive can be frozen.';
        case 'thaw':
            return 'It is not frozen.';
        case 'approve':
            if (awaited(state)) {
                return 'The approval is in its inbox already.';
            }
            return isFinished ? 'The workflow is finished.' : 'No approval is waited for now.';
        case 'cancel':
            if (isFinished) {
                return 'The workflow is finished.';
            }
            return state.workflow === null ? 'There is no hire to call off yet. Run the workflow first.' : 'The hire is called off already.';
        case 'reset':
            return 'There is nothing to reset yet.';
    }
}
