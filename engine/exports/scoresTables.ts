/** A run of scores as tables of heads. Imports results only. */
import type { HeadTable } from '../results/importedScores.ts';
import type { Summary } from '../results/records.ts';
import { headTable } from './headTable.ts';

/** Of scores on prompts, and of scores of weights. */
interface ScoredHeads {
  readonly header: {
    readonly shape: { readonly layers: number; readonly heads: number };
    readonly scores: readonly { readonly id: string; readonly title: string; readonly unit: string }[];
  };
  readonly heads: readonly {
    readonly layer: number;
    readonly head: number;
    readonly values: Readonly<Record<string, Summary>>;
  }[];
}

/** One for each score; heads that a cancelled run did not reach are unknown. */
export function scoresTables({ header, heads }: ScoredHeads): HeadTable[] {
  const { layers, heads: width } = header.shape;
  const perLayer = Array.from({ length: layers }, () => width);
  return header.scores.map(({ id, title, unit }) => {
    const values = new Float32Array(layers * width).fill(NaN);
    const intervals = new Float32Array(2 * values.length).fill(NaN);
    for (const { layer, head, values: found } of heads) {
      const value = found[id];
      const row = layer * width + head;
      if (value === undefined) continue;
      values[row] = value.mean;
      // One prompt says nothing of the spread.
      if (value.n > 1) intervals.set(value.interval, 2 * row);
    }
    const kind = unit === 'norm' || unit === 'ratio' ? 'write' : 'behaviour';
    return headTable({
      id,
      title,
      kind,
      unit: 'head',
      direction: 'higher_keeps',
      measure: unit,
      ...{ perLayer, values, intervals },
    });
  });
}
