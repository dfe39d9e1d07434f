// SPDX-License-Identifier: Apache-2.0
import { Link, Route, Routes } from 'react-router';
import { Empty } from '../parts/States';
import { ExecutorsPage } from './ExecutorsPage';
import { Shell } from './Shell';
import { UndeliveredPage } from './undelivered/UndeliveredPage';
import { WorkflowPage } from './workflow/WorkflowPage';
import { WorkflowsPage } from './workflows/WorkflowsPage';

export function App() {
    return (
        <Routes>
            <Route element={<Shell />}>
                <Route index element={<WorkflowsPage />} />
                <Route path="workflows" element={<WorkflowsPage />} />
                <Route path="workflow" element={<WorkflowPage />} />
                <Route path="executors" element={<ExecutorsPage />} />
                <Route path="undelivered" element={<UndeliveredPage />} />
                <Route
                    path="*"
                    element={
                        <Empty title="There is no such page">
                            <Link to="/" className="text-accent underline">
                                To the workflows
                            </Link>
                        </Empty>
                    }
                />
            </Route>
        </Routes>
    );
}
