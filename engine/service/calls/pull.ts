/** Downloads a model to the standard cache. */
import { pull } from '../../files/pull.ts';
import type { EventOf, ResultOf, Service } from '../../results/index.ts';
import { emitting } from './emitting.ts';

export function pullCall(): Service['pull'] {
  return (request, { signal }) =>
    emitting<EventOf<'pull'>, ResultOf<'pull'>>((emit) =>
      pull({
        ...request,
        signal,
        onProgress: (done, total) => emit({ kind: 'progress', of: 'bytes', done, total }),
        onFile: (file, bytes) => emit({ kind: 'file', file, bytes }),
      }),
    );
}
