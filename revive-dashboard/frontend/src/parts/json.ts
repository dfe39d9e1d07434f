// SPDX-License-Identifier: Apache-2.0

/** JSON as it is written: numbers keep their digits, which JSON.parse would round, and objects keep repeated names. */
export type Node =
    | { type: 'object'; entries: [string, Node][] }
    | { type: 'array'; items: Node[] }
    | { type: 'string'; value: string }
    | { type: 'number'; text: string }
    | { type: 'word'; text: 'true' | 'false' | 'null' };

const MAX_DEPTH = 500;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\.)*"/y;
const SPACE = /[ \t\r\n]*/y;

/** Reads JSON text, or answers null for what is not JSON, or is too deep to show. */
export function parseJson(text: string): Node | null {
    let at = 0;

    const match = (pattern: RegExp): string | null => {
        pattern.lastIndex = at;
        const found = pattern.exec(text);
        if (!found) {
            return null;
        }
        at += found[0].length;
        return found[0];
    };
    const space = () => void match(SPACE);
    const expect = (char: string) => {
        space();
        if (text[at] !== char) {
            throw new SyntaxError();
        }
        at++;
    };
    const string = (): string => {
        space();
        const quoted = match(STRING);
        if (quoted === null) {
            throw new SyntaxError();
        }
        return JSON.parse(quoted) as string;
    };
    const list = (close: string, item: () => void) => {
        space();
        if (text[at] === close) {
            at++;
            return;
        }
        for (;;) {
            item();
            space();
            if (text[at] === close) {
                at++;
                return;
            }
            expect(',');
        }
    };
    const value = (depth: number): Node => {
        if (depth > MAX_DEPTH) {
            throw new RangeError();
        }
        space();
        const char = text[at];
        if (char === '{') {
            at++;
            const entries: [string, Node][] = [];
            list('}', () => {
                const name = string();
                expect(':');
                entries.push([name, value(depth + 1)]);
            });
            return { type: 'object', entries };
        }
        if (char === '[') {
            at++;
            const items: Node[] = [];
            list(']', () => void items.push(value(depth + 1)));
            return { type: 'array', items };
        }
        if (char === '"') {
            return { type: 'string', value: string() };
        }
        for (const word of ['true', 'false', 'null'] as const) {
            if (text.startsWith(word, at)) {
                at += word.length;
                return { type: 'word', text: word };
            }
        }
        const number = match(NUMBER);
        if (number === null || number === '') {
            throw new SyntaxError();
        }
        return { type: 'number', text: number };
    };

    try {
        const node = value(0);
        space();
        return at === text.length ? node : null;
    } catch {
        return null;
    }
}

/** One line for a folded node: "{ number, name }" or "[ 3 items ]". */
export function summary(node: Node): string {
    if (node.type === 'object') {
        const names = node.entries.slice(0, 4).map(([name]) => (name.length > 24 ? `${name.slice(0, 23)}…` : name));
        return node.entries.length === 0 ? '{}' : `{ ${names.join(', ')}${node.entries.length > 4 ? ', …' : ''} }`;
    }
    if (node.type === 'array') {
        return node.items.length === 0 ? '[]' : `[ ${node.items.length} ${node.items.length === 1 ? 'item' : 'items'} ]`;
    }
    return '';
}
