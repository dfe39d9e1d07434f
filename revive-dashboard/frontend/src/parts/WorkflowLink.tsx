// SPDX-License-Identifier: Apache-2.0
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { workflowUrl } from './base';

/** The way to a workflow's page: its id, unless something else is said. */
export function WorkflowLink({ id, children }: { id: string; children?: ReactNode }) {
    return (
        <Link to={workflowUrl(id)} className="break-all text-accent hover:underline">
            {children ?? <span className="font-mono text-[12.5px]">{id}</span>}
        </Link>
    );
}
