// SPDX-License-Identifier: Apache-2.0
// Fails when what a page may load is more than 200 kB gzipped. Fonts and pictures count as they are served.
import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const LIMIT = 200_000;
const bundles = {
    console: '../src/main/resources/dev/revive/dashboard/web',
    simulator: '../../revive-examples/src/main/resources/dev/revive/examples/simulator/web',
};

let tooBig = false;
for (const [name, folder] of Object.entries(bundles)) {
    const root = new URL(folder + '/', import.meta.url);
    let sum = 0;
    for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile() || entry.name.endsWith('.txt')) continue; // Licences are not loaded by a page.
        const bytes = readFileSync(`${entry.parentPath ?? entry.path}/${entry.name}`);
        const size = entry.name.endsWith('.woff2') ? bytes.length : gzipSync(bytes).length;
        sum += size;
        console.log(`${name.padEnd(10)} ${String(size).padStart(8)}  ${entry.name}`);
    }
    console.log(`${name.padEnd(10)} ${String(sum).padStart(8)}  in all, of ${LIMIT} allowed\n`);
    tooBig ||= sum > LIMIT;
}
process.exit(tooBig ? 1 : 0);
