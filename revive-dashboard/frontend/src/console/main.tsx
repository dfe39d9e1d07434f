// SPDX-License-Identifier: Apache-2.0
import '../parts/theme.css';
import '../parts/theme';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { BrowserRouter } from 'react-router';
import { Problem } from '../parts/api';
import { base } from '../parts/base';
import { App } from './App';

const queries = new QueryClient({
    defaultOptions: {
        queries: {
            // What the server says is so is so at once; only silence and a database that is away are worth asking again.
            retry: (times, error) => error instanceof Problem && (error.status === 0 || error.status === 429 || error.status >= 500) && times < 2,
            staleTime: 2_000,
            refetchOnWindowFocus: false,
        },
    },
});

createRoot(document.getElementById('root')!).render(
    <StrictMode>
        <QueryClientProvider client={queries}>
            <BrowserRouter basename={base || '/'}>
                <App />
            </BrowserRouter>
        </QueryClientProvider>
    </StrictMode>,
);
