// SPDX-License-Identifier: Apache-2.0
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import '../parts/theme.css';
import './simulator.css';
import { SimulatorPage } from './SimulatorPage';

createRoot(document.getElementById('root')!).render(
    <StrictMode>
        <SimulatorPage />
    </StrictMode>,
);
