// SPDX-License-Identifier: Apache-2.0
import { useQuery } from '@tanstack/react-query';
import { get, type UndeliveredList } from '../../parts/api';

/** What was asked for in committed transactions and could not be done. */
export function useUndelivered(everyMs: number | false = false) {
    return useQuery({
        queryKey: ['undelivered'],
        queryFn: ({ signal }) => get<UndeliveredList>('v1/undelivered', {}, signal),
        refetchInterval: everyMs,
    });
}
