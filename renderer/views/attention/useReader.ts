import { useEffect, useMemo } from 'react';
import { keyOf, useStable } from '../../api/useStable.ts';
import { useWorkbench } from '../../api/workbench.ts';
import type { Reader } from './reader.ts';
import { createReader } from './reader.ts';
import type { Subject } from './subject.ts';

/** Of a subject, as long as it stays the same; null reads nothing. */
export function useReader(subject: Subject | null, tokens: number): Reader | null {
  const { client, connection } = useWorkbench();
  const stable = useStable(subject);
  const reader = useMemo(
    () => (stable === null ? null : createReader(client, stable, tokens)),
    [client, stable, tokens],
  );
  useEffect(() => (reader === null ? undefined : reader.rest), [reader]);
  useEffect(
    // What a lost connection broke off is asked again once there is another.
    () => connection.store.subscribe(({ kind }) => (kind === 'open' ? reader?.retry() : undefined)),
    [connection, reader],
  );
  return reader;
}

/** The reader of a subject that may be that of another reader. */
export function useReaderBeside(reader: Reader, subject: Subject | null): Reader | null {
  const isSame = subject !== null && keyOf(subject) === keyOf(reader.subject);
  const other = useReader(isSame ? null : subject, reader.tokens);
  return isSame ? reader : other;
}
