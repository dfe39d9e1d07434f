// SPDX-License-Identifier: Apache-2.0

/** Milliseconds since 1970, fractions kept: the stamps have microseconds, which Date would cut. */
export function instant(iso: string): number {
    const match = /^(.*T\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)$/.exec(iso);
    if (!match) {
        return Date.parse(iso);
    }
    const fraction = match[2] ? Number(match[2]) * 1000 : 0;
    return Date.parse(`${match[1]}${match[3]}`) + fraction;
}

const UNITS: [string, number][] = [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['min', 60_000],
];

/** A length of time in at most two units: "420 µs", "1.5 s", "3 min 20 s", "2 d 4 h". */
export function duration(ms: number): string {
    const length = Math.max(0, ms);
    if (length < 1) {
        return length === 0 ? '0 ms' : `${Math.max(1, Math.round(length * 1000))} µs`;
    }
    if (length < 1000) {
        return length < 10 ? `${trim(length, 1)} ms` : `${Math.round(length)} ms`;
    }
    if (length < 59_950) {
        return `${trim(length / 1000, length < 9_950 ? 2 : 1)} s`;
    }
    for (let i = 0; i < UNITS.length; i++) {
        const [unit, size] = UNITS[i]!;
        if (length >= size || i === UNITS.length - 1) {
            const [small, smallSize] = UNITS[i + 1] ?? ['s', 1000];
            let whole = Math.floor(length / size);
            let rest = Math.round((length - whole * size) / smallSize);
            if (rest * smallSize >= size) {
                whole += 1;
                rest = 0;
            }
            return rest === 0 ? `${whole} ${unit}` : `${whole} ${unit} ${rest} ${small}`;
        }
    }
    return '';
}

function trim(value: number, digits: number): string {
    return String(Number(value.toFixed(digits)));
}

/** A time on an axis: as exact as the distance between two of them asks for. */
export function axisLabel(ms: number, step: number): string {
    if (ms < 60_000) {
        return duration(ms);
    }
    const digits = step >= 1000 ? 0 : Math.min(6, Math.ceil(-Math.log10(step / 1000)));
    const total = Number((ms / 1000).toFixed(digits));
    const hours = Math.floor(total / 3600);
    const minutes = Math.floor((total % 3600) / 60);
    const seconds = (total % 60).toFixed(digits).padStart(digits === 0 ? 2 : digits + 3, '0');
    return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${seconds}` : `${minutes}:${seconds}`;
}

/** A rough age for lists: "12 s", "5 min", "3 h", "9 d". */
export function age(ms: number): string {
    const length = Math.max(0, ms);
    if (length < 1000) {
        return 'now';
    }
    if (length < 60_000) {
        return `${Math.floor(length / 1000)} s`;
    }
    for (const [unit, size] of UNITS) {
        if (length >= size) {
            return `${Math.floor(length / size)} ${unit}`;
        }
    }
    return '';
}

const SAME_YEAR: Intl.DateTimeFormatOptions = {
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
};
const DATE_TIME = new Intl.DateTimeFormat(undefined, SAME_YEAR);
const DATE_TIME_YEAR = new Intl.DateTimeFormat(undefined, { ...SAME_YEAR, year: 'numeric' });
const CLOCK = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });

export function dateTime(iso: string): string {
    const date = new Date(iso);
    return (date.getFullYear() === new Date().getFullYear() ? DATE_TIME : DATE_TIME_YEAR).format(date);
}

export function clock(iso: string | number): string {
    return CLOCK.format(new Date(iso));
}

/** The clock with milliseconds, for logs. */
export function preciseClock(iso: string): string {
    return `${clock(iso)}.${String(new Date(iso).getMilliseconds()).padStart(3, '0')}`;
}
