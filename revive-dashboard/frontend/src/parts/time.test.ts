// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { age, axisLabel, duration, instant } from './time';

it('keeps microseconds', () => {
    expect(instant('2026-01-01T00:00:00.000250Z') - instant('2026-01-01T00:00:00Z')).toBeCloseTo(0.25, 3);
    expect(instant('2026-01-01T01:00:00+01:00')).toBe(Date.UTC(2026, 0, 1));
});

it.each([
    [0, '0 ms'],
    [0.25, '250 µs'],
    [4.25, '4.3 ms'],
    [420, '420 ms'],
    [1500, '1.5 s'],
    [59_940, '59.9 s'],
    [60_000, '1 min'],
    [80_000, '1 min 20 s'],
    [3_600_000, '1 h'],
    [7_199_900, '2 h'],
    [90_000_000, '1 d 1 h'],
    [-5, '0 ms'],
])('writes %d ms as %s', (ms, text) => {
    expect(duration(ms)).toBe(text);
});

it('writes ages roughly', () => {
    expect([500, 12_000, 300_000, 7_200_000, 200_000_000].map(age)).toEqual(['now', '12 s', '5 min', '2 h', '2 d']);
});

it('writes times on an axis as exactly as they lie apart', () => {
    expect(axisLabel(1500, 500)).toBe('1.5 s');
    expect(axisLabel(95_050, 50)).toBe('1:35.05');
    expect(axisLabel(3_725_000, 5000)).toBe('1:02:05');
});
