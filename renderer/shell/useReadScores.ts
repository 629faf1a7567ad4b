/** What the engine reads in files about heads, asked anew as it is told how to read them. */
import { useEffect, useState } from 'react';
import type { ResultOf } from '../../engine/results/contract.ts';
import type { ExpectedModel } from '../../engine/results/importedScores.ts';
import { useModelInfo } from '../api/hooks.ts';
import { useWorkbench } from '../api/workbench.ts';
import type { ScoreFiles } from './scoreFiles.ts';

/** How files are read that do not say it themselves. */
export interface Reading {
  /** Null: told from the content. */
  readonly format: 'hf-heads' | 'razor' | null;
  readonly countsFrom: 0 | 1;
}

export interface ReadScores {
  readonly read: ResultOf<'importScores'> | null;
  readonly error: Error | null;
}

const nothing: ReadScores = { read: null, error: null };

export function useReadScores({ files }: ScoreFiles, { format, countsFrom }: Reading): ReadScores {
  const { client } = useWorkbench();
  const info = useModelInfo();
  const [state, setState] = useState(nothing);
  useEffect(() => {
    if (info === null) return;
    const controller = new AbortController();
    const { name, fingerprint, perLayer } = info;
    const heads = perLayer.map(({ heads: q, kvHeads }) => ({ heads: q, kvHeads }));
    const expected: ExpectedModel = { name, fingerprint, perLayer: heads, countsFrom };
    const request = { files, expected, ...(format === null ? {} : { format }) };
    const answer = client.importScores(request, { signal: controller.signal }) as Promise<ResultOf<'importScores'>>;
    answer.then(
      (read) => controller.signal.aborted || setState({ read, error: null }),
      (error: unknown) => controller.signal.aborted || setState({ read: null, error: error as Error }),
    );
    return () => controller.abort();
  }, [client, info, files, format, countsFrom]);
  return state;
}
