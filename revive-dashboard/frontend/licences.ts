// SPDX-License-Identifier: Apache-2.0
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Plugin } from 'vite';

/** Writes the licences of what a bundle is made of beside it. */
export function licences(font: string): Plugin {
    return {
        name: 'licences',
        apply: 'build',
        generateBundle(_, bundle) {
            const found = new Map<string, string>([['Inter (font)', readFileSync(font, 'utf8')]]);
            for (const chunk of Object.values(bundle)) {
                for (const id of chunk.type === 'chunk' ? Object.keys(chunk.modules) : []) {
                    const folder = packageOf(id);
                    if (folder !== null) {
                        const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<string, string>;
                        found.set(`${name} ${version} (${license})`, licenceIn(folder));
                    }
                }
            }
            const source = [...found]
                .sort(([a], [b]) => (a < b ? -1 : 1))
                .map(([name, text]) => `${name}\n${'='.repeat(name.length)}\n${text.trim()}\n`)
                .join('\n\n');
            this.emitFile({ type: 'asset', fileName: 'third-party-licences.txt', source });
        },
    };
}

/** The nearest folder above with a package that has a name and a version: some packages have nameless ones inside. */
function packageOf(id: string): string | null {
    const path = id.replace(/^\0/, '').replace(/\?.*$/, '');
    if (!path.includes('node_modules')) {
        return null;
    }
    for (let folder = dirname(path); folder.includes('node_modules'); folder = dirname(folder)) {
        const description = join(folder, 'package.json');
        if (existsSync(description) && (JSON.parse(readFileSync(description, 'utf8')) as { version?: string }).version) {
            return folder;
        }
    }
    return null;
}

function licenceIn(folder: string): string {
    const file = readdirSync(folder).find((name) => /^licen[cs]e/i.test(name));
    return file ? readFileSync(join(folder, file), 'utf8') : 'The package has no licence file of its own.';
}
