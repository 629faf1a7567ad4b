/** MInference (microsoft/MInference): the sparse pattern that each head is run with. Imports terms and results only. */
import type { ExpectedModel, HeadTable } from '../results/importedScores.ts';
import { Fault } from '../terms/fault.ts';
import type { ExportFormat, ReadScores } from './exportFormat.ts';
import type { Place } from './headKey.ts';
import { requireOnce } from './headLists.ts';
import { headTable } from './headTable.ts';
import { isObject } from './isObject.ts';
import type { ScoresSource } from './scoresSource.ts';
import type { UnitGrid } from './unitGrid.ts';
import { countedFromOne, gridOfPlaces } from './unitGrid.ts';
import { shown } from './shown.ts';

export const minference: ExportFormat = {
  id: 'minference',
  title: 'MInference ([{"head": [pattern, vertical, slash, score]}, ...])',
  file: null,
  reader: {
    looksLike(source) {
      const value = source.peek();
      const [first]: readonly unknown[] = Array.isArray(value) ? value : [];
      const [entry]: readonly unknown[] = isObject(first) ? Object.values(first) : [];
      return Array.isArray(entry) && typeof entry[0] === 'string';
    },
    read: readPatterns,
  },
};

const patterns = ['vertical_and_slash', 'stream_llm', 'block_sparse'] as const;

interface Pattern extends Place {
  readonly pattern: string;
  readonly vertical: number;
  readonly slash: number;
  readonly score: number;
}

/** Throws Fault for a pattern that is not known, a head that is not in the model, and sizes that are no numbers. */
function readPatterns(source: ScoresSource, model: ExpectedModel | null): ReadScores {
  const { where } = source;
  const value = source.json();
  const layers: readonly unknown[] = Array.isArray(value) ? value : [];
  const found = layers.flatMap((layer, l) => layerOf(layer, l, where));
  requireOnce(found, where);
  requireLayers(layers.length, model, where);
  // A layer is known by its place in the list.
  const grid = gridOfPlaces(found, 'head', model, where, ['index']);
  const labels = Array.from({ length: grid.size }, () => '');
  for (const one of found) labels[grid.rowOf(one)] = one.pattern;
  const tables = [
    tableOf(found, grid, labels, { id: 'vertical', title: 'Columns kept', kind: 'budget' }),
    tableOf(found, grid, labels, { id: 'slash', title: 'Diagonals kept', kind: 'budget' }),
    tableOf(found, grid, labels, { id: 'score', title: 'Score of the chosen pattern', kind: 'compress' }),
  ];
  return { tables, notes: [countNote(found), ...missingNote(found, grid)], doubts: countedFromOne(found, model) };
}

function requireLayers(layers: number, model: ExpectedModel | null, where: string): void {
  if (model === null || model.perLayer.length === layers) return;
  const expected = `${model.perLayer.length} layers (${model.name})`;
  throw new Fault({ what: 'of another shape than the model', where, expected, got: `${layers}` });
}

function layerOf(value: unknown, layer: number, where: string): Pattern[] {
  const at = `${where}, layer ${layer}`;
  if (!isObject(value)) throw new Fault({ what: 'no layer', where: at, expected: '{"head": [pattern, ...]}' });
  return Object.entries(value).map(([head, entry]) => {
    if (!/^\d{1,9}$/.test(head))
      throw new Fault({ what: 'no head', where: at, expected: 'its number', got: head.slice(0, 60) });
    return { layer, index: Number(head), ...patternOf(entry, `${at}, head ${head}`) };
  });
}

function patternOf(value: unknown, where: string): Omit<Pattern, keyof Place> {
  const [pattern, ...sizes]: readonly unknown[] = Array.isArray(value) ? value : [];
  const known = patterns.find((one) => one === pattern);
  if (known === undefined) {
    const got = shown(pattern);
    throw new Fault({ what: 'a pattern that is not known', where, expected: patterns.join(', '), got });
  }
  const [vertical, slash, score] = sizes.map((size) =>
    typeof size === 'number' && Number.isFinite(size) ? size : NaN,
  );
  if ([vertical, slash, score].some((size) => size === undefined || Number.isNaN(size)) || sizes.length !== 3) {
    const got = sizes.map(shown).slice(0, 8).join(', ');
    throw new Fault({ what: 'no sizes of a pattern', where, expected: 'vertical, slash and score', got });
  }
  return { pattern: known, vertical: vertical ?? 0, slash: slash ?? 0, score: score ?? 0 };
}

function tableOf(
  found: readonly Pattern[],
  grid: UnitGrid,
  labels: readonly string[],
  about: Pick<HeadTable, 'title' | 'kind'> & { readonly id: 'vertical' | 'slash' | 'score' },
): HeadTable {
  const values = new Float32Array(grid.size).fill(NaN);
  for (const one of found) values[grid.rowOf(one)] = one[about.id];
  return headTable({ ...about, unit: 'head', perLayer: grid.perLayer, values, labels });
}

function countNote(found: readonly Pattern[]): string {
  const counts = patterns.map((pattern) => [pattern, found.filter((one) => one.pattern === pattern).length] as const);
  const listed = counts.filter(([, count]) => count > 0).map(([pattern, count]) => `${count} ${pattern}`);
  return `${listed.join(', ')}: a budget for kernels, partly set by hand, not a kind of head`;
}

function missingNote(found: readonly Pattern[], { size }: UnitGrid): string[] {
  const missing = size - found.length;
  return missing === 0
    ? []
    : [`${missing} of ${size} heads are not in the file; MInference runs them as vertical_and_slash, 1000, 6096`];
}
