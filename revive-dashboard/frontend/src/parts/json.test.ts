// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { parseJson, summary } from './json';

describe('JSON for people', () => {
    it('keeps the digits of numbers', () => {
        expect(parseJson('12345678901234567890.10')).toEqual({ type: 'number', text: '12345678901234567890.10' });
        expect(parseJson('-0.5e+3')).toEqual({ type: 'number', text: '-0.5e+3' });
    });

    it('keeps the order and repetitions of names', () => {
        expect(parseJson('{"b":1,"a":true,"b":null}')).toEqual({
            type: 'object',
            entries: [
                ['b', { type: 'number', text: '1' }],
                ['a', { type: 'word', text: 'true' }],
                ['b', { type: 'word', text: 'null' }],
            ],
        });
    });

    it('reads escapes', () => {
        expect(parseJson('"a\\"\\u00fc\\n<b>"')).toEqual({ type: 'string', value: 'a"ü\n<b>' });
    });

    it('reads what is empty', () => {
        expect(parseJson(' { } ')).toEqual({ type: 'object', entries: [] });
        expect(parseJson('[ ]')).toEqual({ type: 'array', items: [] });
    });

    it.each(['', '{', '[1,]', '{"a" 1}', '01', 'nul', '"a', '1 2', '{"a":1,}', "'a'", 'NaN', '"\n"'])('answers null for %s', (text) => {
        expect(parseJson(text)).toBeNull();
    });

    it('agrees with JSON.parse on what is JSON', () => {
        const texts = ['[1,{"a":[[],{}]},"x",false]', '"\\\\"', '0', '-1', '1E5', '[null]', '\t[1 ,2 ]\n'];
        for (const text of texts) {
            JSON.parse(text);
            expect(parseJson(text)).not.toBeNull();
        }
    });

    it('answers null for what is too deep to show, and does not overflow', () => {
        expect(parseJson('['.repeat(100_000) + ']'.repeat(100_000))).toBeNull();
    });

    it('sums up what is folded', () => {
        expect(summary(parseJson('{"a":1,"b":2,"c":3,"d":4,"e":5}')!)).toBe('{ a, b, c, d, … }');
        expect(summary(parseJson('[1]')!)).toBe('[ 1 item ]');
    });
});
