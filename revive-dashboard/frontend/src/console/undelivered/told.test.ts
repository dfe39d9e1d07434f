// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { noticeText, reasonText, whatText } from './told';

const NOTHING = { json: null, isRedacted: true, isTruncated: false };
const START = { name: 'order', version: 2, mustBeNew: false, input: NOTHING };
const SIGNAL = { isKnown: true, name: 'approval', payload: NOTHING };

describe('what could not be done', () => {
    it('is counted', () => {
        expect(noticeText({ items: [0], areCut: false })).toBe('1 request of a committed transaction could not be done');
        expect(noticeText({ items: [0, 0, 0], areCut: false })).toBe('3 requests of committed transactions could not be done');
        expect(noticeText({ items: [0, 0], areCut: true })).toBe('More than 2 requests of committed transactions could not be done');
    });

    it('is a start, a signal, or both', () => {
        expect(whatText({ start: START, signal: null })).toBe('start order v2');
        expect(whatText({ start: null, signal: SIGNAL })).toBe('signal approval');
        expect(whatText({ start: START, signal: SIGNAL })).toBe('start order v2 and signal approval');
        expect(whatText({ start: null, signal: { ...SIGNAL, isKnown: false, name: '' } })).toBe('something of a newer Revive');
    });

    it('says why', () => {
        expect(reasonText({ reason: 'CONFLICT', start: START })).toContain('another workflow, version or input');
        expect(reasonText({ reason: 'CONFLICT', start: { ...START, mustBeNew: true } })).toContain('was to be new');
        expect(reasonText({ reason: 'CONFLICT', start: null })).toContain('behind a start');
        expect(reasonText({ reason: 'UNKNOWN', start: null })).toContain('a newer Revive');
    });
});
