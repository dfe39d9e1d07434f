// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'react';
import { get } from '../parts/api';
import type { Connection } from '../parts/live';
import type { Scene, Source } from './state';

/** The source of a scene's workflow; null until it is there. */
export function useSource(scene: Scene, connection: Connection): Source | null {
    const [sources, setSources] = useState<Partial<Record<Scene, Source>>>({});
    const source = sources[scene] ?? null;
    useEffect(() => {
        if (connection === 'live' && source === null) {
            get<Source>('simulator/source', { scene }).then(
                (got) => setSources((before) => ({ ...before, [scene]: got })),
                () => {}, // asked again when the connection comes back
            );
        }
    }, [connection, scene, source]);
    return source;
}
