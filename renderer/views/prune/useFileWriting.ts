/** A call that writes files, asked for by the user: how far it is, what came, and a way to stop it. */
import { useState } from 'react';
import type { EventOf, RequestOf, ResultOf } from '../../../engine/results/contract.ts';
import { isAbort } from '../../../engine/results/errors.ts';
import type { Progress } from '../../../engine/results/records.ts';
import { stream } from '../../api/stream.ts';
import { useWorkbench } from '../../api/workbench.ts';

export type Writing<R> =
  | { readonly kind: 'idle' }
  | { readonly kind: 'writing'; readonly progress: Progress | null; readonly cancel: () => void }
  | { readonly kind: 'done'; readonly result: R }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'error'; readonly error: Error };

export interface FileWriting<C extends 'prune' | 'onnx'> {
  readonly writing: Writing<ResultOf<C>>;
  readonly write: (request: RequestOf<C>) => void;
}

export function useFileWriting<C extends 'prune' | 'onnx'>(call: C): FileWriting<C> {
  const { client } = useWorkbench();
  const [writing, setWriting] = useState<Writing<ResultOf<C>>>({ kind: 'idle' });
  const write = async (request: RequestOf<C>) => {
    const controller = new AbortController();
    const cancel = () => controller.abort();
    const onEvent = (progress: EventOf<C>) => setWriting({ kind: 'writing', progress, cancel });
    setWriting({ kind: 'writing', progress: null, cancel });
    try {
      const result = await stream(client, call, request, { onEvent, signal: controller.signal });
      setWriting({ kind: 'done', result });
    } catch (error) {
      setWriting(isAbort(error) ? { kind: 'cancelled' } : { kind: 'error', error: error as Error });
    }
  };
  return { writing, write: (request) => void write(request) };
}
