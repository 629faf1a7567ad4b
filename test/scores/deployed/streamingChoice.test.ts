import { describe, expect, it } from 'vitest';
import { streamingEdits, streamingChoice } from '../../../engine/scores/deployed/streamingChoice.ts';

const gates = [
  [0.9, 0.1],
  [0.4, 1],
  [0.2, 1],
];
const places = (sparsity: number, seed = 0) =>
  streamingChoice(gates, sparsity, seed).map(({ layer, kvHead }) => `${layer}.${kvHead}`);

describe('streaming heads', () => {
  it('are those below the quantile', () => {
    expect(places(0.5)).toEqual(['0.1', '1.0', '2.0']);
    expect(places(0.2)).toEqual(['0.1']);
    expect(places(0)).toEqual([]);
    expect(places(1)).toHaveLength(6);
  });

  it('are told apart where they are equal, by noise of the seed', () => {
    const equal = Array.from({ length: 8 }, () => [1, 1, 1]);
    const [a, b] = [streamingChoice(equal, 0.5, 1), streamingChoice(equal, 0.5, 2)];
    expect(a).toHaveLength(12);
    expect(streamingChoice(equal, 0.5, 1)).toEqual(a);
    expect(b).not.toEqual(a);
  });

  it('are made by one edit for each layer, of all query heads of a KV head', () => {
    const edits = streamingEdits(streamingChoice(gates, 0.5, 0), 3, { sink: 4, recent: 8 });
    expect(edits.map(({ layers, heads }) => [layers, heads])).toEqual([
      [[0], [3, 4, 5]],
      [[1], [0, 1, 2]],
      [[2], [0, 1, 2]],
    ]);
    expect(edits[0]).toMatchObject({ site: 'scores', operation: { kind: 'stream', sinks: 4, recent: 8 } });
  });
});
