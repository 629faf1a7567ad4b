/** A detection on two layers of two heads: two needles at two lengths and two depths. */
import type { EventOf } from '../../../engine/results/contract.ts';
import type { RetrievedRun, RetrieveHeader } from '../../../engine/results/retrieve.ts';
import { ablationHeader } from '../api/sampleRows.ts';
import type { RetrieveTable } from '../../../renderer/api/retrieveTable.ts';
import { foldRetrieve } from '../../../renderer/api/retrieveTable.ts';

const { model, shape, perLayer, ropeTheta, tokenizer, calibration, environment, notes } = ablationHeader();

export function retrieveHeader(change: Partial<RetrieveHeader> = {}): RetrieveHeader {
  const planned = (needle: string, length: number, depth: number) => ({
    ...{ id: `${needle}-${length}-${depth}`, needle, length, depth, tokens: length },
    ...{ span: [10, 14] as const, maxNew: 8, answer: 'blue' },
  });
  return {
    ...{ model, shape: { ...shape, layers: 2, heads: 2 }, perLayer: perLayer.map(() => ({ heads: 2, kvHeads: 2 })) },
    ...{ ropeTheta, tokenizer, calibration, environment, units: 4, notes },
    ...{ mode: 'generate', template: 'plain', prompt: 'answer', needles: [], grids: [], scores: [] },
    ...{ passMark: 0.5, endIds: [], settle: false, left: [] },
    runs: [planned('a', 64, 0), planned('a', 128, 100), planned('b', 64, 0), planned('b', 128, 100)],
    ...change,
  };
}

export function retrievedRun(index: number, change: Partial<RetrievedRun> = {}): RetrievedRun {
  return {
    ...{ kind: 'run', index, mode: 'generate', counts: true, success: true, reason: 'ROUGE-1 recall 1.00, above 0.5' },
    ...{ rouge: 1, f1: 1, response: 'blue', generated: [1, 2], pieces: [' bl', 'ue'], logProbabilities: null },
    ...{ correct: null, seconds: 1, legacy: [0, 0, 0, 0], capped: [0, 0, 0, 0], copies: [], scores: {} },
    ...change,
  };
}

export function retrieveTable(runs: readonly RetrievedRun[], header: RetrieveHeader = retrieveHeader()): RetrieveTable {
  const events: readonly EventOf<'retrieve'>[] = [{ kind: 'start', header }, ...runs];
  const table = events.reduce<RetrieveTable | null>(foldRetrieve, null);
  if (table === null) throw new Error('no table');
  return table;
}
