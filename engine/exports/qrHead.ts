/** QRHead (princeton-pli/QRHead): `[["layer-head", score], ...]`, best first. Imports terms and results only. */
import type { ExpectedModel } from '../results/importedScores.ts';
import { Fault } from '../terms/fault.ts';
import type { ExportFormat, ReadScores } from './exportFormat.ts';
import { headKey, placeOfKey, placesOf } from './headKey.ts';
import { requireOnce, tableOfLists } from './headLists.ts';
import { headTable } from './headTable.ts';
import { ranked } from './ranked.ts';
import type { ScoresSource } from './scoresSource.ts';
import { textFile } from './textFile.ts';
import { shown } from './shown.ts';

export const qrHead: ExportFormat = {
  id: 'qr-head',
  title: 'QRHead list ([["layer-head", score], ...])',
  file: 'qr_heads.json',
  reader: {
    looksLike(source) {
      const value = source.peek();
      return Array.isArray(value) && pairOf(value[0]) !== null;
    },
    read: readQrHead,
  },
  write(tables) {
    const { table, sign, notes } = ranked(tables, 'qr-head');
    const pairs = placesOf(table.perLayer).map(
      (place, row) => [headKey(place), sign * (table.values[row] ?? NaN)] as const,
    );
    const known = pairs.filter(([, score]) => Number.isFinite(score)).sort(([, a], [, b]) => b - a);
    return { files: [textFile('qr_heads.json', `${JSON.stringify(known)}\n`)], notes };
  },
};

type Pair = readonly [key: string, score: number];

function pairOf(value: unknown): Pair | null {
  if (!Array.isArray(value) || value.length !== 2) return null;
  const [key, score]: readonly unknown[] = value;
  return typeof key === 'string' && placeOfKey(key) !== null && typeof score === 'number' ? [key, score] : null;
}

function readQrHead(source: ScoresSource, model: ExpectedModel | null): ReadScores {
  const { where } = source;
  const value = source.json();
  const pairs = (Array.isArray(value) ? value : []).map((pair: unknown, i) =>
    checked(pair, `${where}, entry ${i + 1}`),
  );
  const places = pairs.map(([key]) => placeOfKey(key) ?? { layer: 0, index: 0 });
  requireOnce(places, where);
  const { perLayer, values, notes, doubts } = tableOfLists(
    { places, lists: pairs.map(([, score]) => [score]) },
    model,
    where,
  );
  const table = headTable({
    id: 'score',
    title: 'QRHead score',
    kind: 'behaviour',
    unit: 'head',
    direction: 'higher_keeps',
    ...{ perLayer, values },
  });
  // Of runs, the file says nothing.
  return { tables: [table], notes: notes.filter((note) => !note.startsWith('the mean of')), doubts };
}

function checked(value: unknown, where: string): Pair {
  const pair = pairOf(value);
  if (pair !== null && Number.isFinite(pair[1])) return pair;
  const got = shown(value);
  throw new Fault({ what: 'no entry of the list', where, expected: '["layer-head", score]', got });
}
