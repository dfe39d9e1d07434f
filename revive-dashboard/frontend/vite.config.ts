// SPDX-License-Identifier: Apache-2.0
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';
import { licences } from './licences.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** React Aria brings its few words in thirty languages; the pages speak English. */
function englishOnly(): Plugin {
    return {
        name: 'english-only',
        enforce: 'pre',
        load: (id) =>
            /react-aria.*\/intl\/(?!.*en-US)[^/]*\/?[a-z]{2}-[A-Z]{2}\.m?js/.test(id) ? 'export default {};' : null,
    };
}

/** One project, two bundles: the console goes into revive-dashboard's resources, the simulator's page into revive-examples'. */
const bundles = {
    console: { page: 'index.html', out: '../src/main/resources/dev/revive/dashboard/web' },
    simulator: {
        page: 'simulator.html',
        out: '../../revive-examples/src/main/resources/dev/revive/examples/simulator/web',
    },
};

export default defineConfig(({ mode }) => {
    const bundle = mode === 'simulator' ? bundles.simulator : bundles.console;
    return {
        // Relative, so that one build serves below any prefix.
        base: './',
        plugins: [react(), tailwindcss(), englishOnly(), licences(here('src/fonts/inter-LICENSE.txt'))],
        server: { proxy: { '/api': process.env.REVIVE_URL ?? 'http://localhost:8080' } },
        build: {
            outDir: here(bundle.out),
            assetsDir: 'assets',
            emptyOutDir: true,
            target: 'es2022',
            modulePreload: { polyfill: false },
            assetsInlineLimit: 0,
            reportCompressedSize: false,
            rolldownOptions: { input: here(bundle.page) },
        },
        test: { include: ['src/**/*.test.ts'], environment: 'node' },
    };
});
