/** Tables of a model with two layers of four heads in two groups, and that model. */
import { headTable } from '../../engine/exports/headTable.ts';
import type { AboutTables } from '../../engine/exports/exportFormat.ts';
import type { ExpectedModel, HeadTable, NamedFile } from '../../engine/results/importedScores.ts';

export const model: ExpectedModel = {
  name: 'tiny',
  perLayer: [
    { heads: 4, kvHeads: 2 },
    { heads: 4, kvHeads: 2 },
  ],
};

export const about: AboutTables = {
  model: 'tiny',
  dataset: 'needles',
  created: '2030-01-01T00:00:00.000Z',
  version: '0.1.0',
};

const perLayer = [4, 4];
const runs = [
  [0, 0.5],
  [1, 1],
  [0, 0],
  [0.25, 0.5],
  [0.125, 0],
  [0, 0],
  [1.5, 0.5],
  [0, 0.25],
];

/** Retrieval scores of two runs. */
export const scores: HeadTable = headTable({
  id: 'score',
  title: 'Retrieval score',
  kind: 'behaviour',
  unit: 'head',
  direction: 'higher_keeps',
  perLayer,
  values: Float32Array.from(runs, ([a = 0, b = 0]) => (a + b) / 2),
  runs: { values: runs, names: null },
});

/** What removal changes, of which the lowest is the most important. */
export const effects: HeadTable = headTable({
  id: 'ablation.zero.logitDifference',
  title: 'Effect',
  kind: 'causal',
  unit: 'head',
  direction: 'lower_keeps',
  measure: 'logits',
  perLayer,
  values: Float32Array.of(-1, 0, 0.25, -3, 0.5, -0.5, 0, 2),
});

export const gates: HeadTable = headTable({
  id: 'alpha',
  title: 'DuoAttention gate',
  kind: 'compress',
  unit: 'kv-group',
  direction: 'higher_keeps',
  perLayer: [2, 2],
  values: Float32Array.of(0.60546875, 0, 1, 4.31060791015625e-4),
});

export const keptHeads: HeadTable = headTable({
  id: 'kept',
  title: 'Heads that stay',
  kind: 'selection',
  unit: 'head',
  direction: 'higher_keeps',
  perLayer,
  values: Float32Array.of(1, 0, 0, 1, 1, 1, 1, 1),
});

export const keptGroups: HeadTable = headTable({
  id: 'full',
  title: 'Groups that stay',
  kind: 'selection',
  unit: 'kv-group',
  direction: 'higher_keeps',
  perLayer: [2, 2],
  values: Float32Array.of(1, 1, 0, 0),
});

export function textOf(files: readonly NamedFile[], name: string): string {
  const file = files.find((one) => one.name === name);
  if (file === undefined) throw new Error(`no ${name} among ${files.map((one) => one.name).join(', ')}`);
  return new TextDecoder().decode(file.data);
}

export function fileOf(content: unknown, name = 'f.json'): NamedFile {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  return { name, data: new TextEncoder().encode(text) };
}
