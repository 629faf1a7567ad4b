/** The parts of a logit difference as a table for a spreadsheet: one row per part (RFC 4180, line feeds). Imports results only. */
import type { DirectHead, DirectLayer, DirectTotal } from '../results/directLogits.ts';
import type { Summary } from '../results/records.ts';
import { effectCells } from './csv.ts';
import { inLayerOrder } from './exportFormat.ts';

const columns = ['part', 'layer', 'head', 'logits', 'se', 'ci95_low', 'ci95_high', 'n'];

export interface DirectLogitsRecord {
  /** In any order. */
  readonly heads: readonly DirectHead[];
  readonly layers: readonly DirectLayer[];
  readonly total: DirectTotal;
}

/** Heads, MLPs, attention biases, embedding and the biases at the end sum to the difference, which is the last row. */
export function directLogitsCsv({ heads, layers, total }: DirectLogitsRecord): string {
  const rows = [
    ...inLayerOrder(heads).map(({ layer, head, values }) => rowOf('head', layer, head, values.directLogits)),
    ...inLayerOrder(layers).flatMap(({ layer, mlp, attentionBias }) => [
      ...(mlp === null ? [] : [rowOf('mlp', layer, '', mlp)]),
      ...(attentionBias === null ? [] : [rowOf('attention_bias', layer, '', attentionBias)]),
    ]),
    rowOf('embed', '', '', total.embed),
    rowOf('constant', '', '', total.constant),
    rowOf('logit_difference', '', '', total.metric),
  ];
  // No cell can hold a comma or a quote: ids and numbers only.
  return [columns, ...rows].map((cells) => `${cells.join(',')}\n`).join('');
}

type Cell = number | string;

function rowOf(part: string, layer: Cell, head: Cell, value: Summary): Cell[] {
  return [part, layer, head, ...effectCells(value), value.n];
}
