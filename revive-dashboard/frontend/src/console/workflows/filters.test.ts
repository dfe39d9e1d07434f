// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { query } from '../../parts/api';
import { countText, isFiltered, readFilters, toggled, writeFilters } from './filters';

it('comes back from the address as it went in', () => {
    const filters = { statuses: ['FAILED' as const, 'DUE' as const], name: 'a&b=c', idPrefix: '<x>/..#? ü%', executor: '' };

    expect(readFilters(new URLSearchParams(writeFilters(filters).toString()))).toEqual(filters);
});

it('passes over states that do not exist', () => {
    expect(readFilters(new URLSearchParams('status=ODD&status=FAILED')).statuses).toEqual(['FAILED']);
});

it('leaves a bare address without filters', () => {
    const none = readFilters(new URLSearchParams());

    expect(writeFilters(none).toString()).toBe('');
    expect(isFiltered(none)).toBe(false);
    expect(isFiltered(toggled(none, 'DUE'))).toBe(true);
    expect(toggled(toggled(none, 'DUE'), 'DUE')).toEqual(none);
});

it('says where the store stopped counting', () => {
    expect(countText(1204, false)).toBe('1,204');
    expect(countText(10_000, true)).toBe('10,000+');
});

it('asks for a page after a key of any characters', () => {
    expect(query({ after: 'a&b #1', limit: 2, name: '', status: ['DUE', 'FAILED'] })).toBe('?after=a%26b+%231&limit=2&status=DUE&status=FAILED');
});
