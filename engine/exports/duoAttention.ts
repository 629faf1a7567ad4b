/** DuoAttention (mit-han-lab/duo-attention): which KV heads need the whole cache. Imports terms and results only. */
import * as z from 'zod';
import type { ExpectedModel, HeadTable } from '../results/importedScores.ts';
import type { Plain } from '../results/records.ts';
import { validate } from '../results/validate.ts';
import { Fault } from '../terms/fault.ts';
import type { AboutTables, ExportFormat, ReadScores, Written } from './exportFormat.ts';
import { headTable } from './headTable.ts';
import { numpyNumber } from './numpyNumber.ts';
import { onlyTable } from './ranked.ts';
import type { ScoresSource } from './scoresSource.ts';
import { textFile } from './textFile.ts';
import { gridOfShape } from './unitGrid.ts';

const count = z.int().min(0);

/** Those who deploy the gates read the two sizes; theirs holds every argument of the training beside them. */
const duoConfig = z.looseObject({
  /** Tokens at the start that a streaming head keeps. */
  sink_size: count,
  /** Newest tokens that it keeps. */
  recent_size: count,
  model_name: z.string().nullable().exactOptional(),
});
export type DuoConfig = Plain<z.infer<typeof duoConfig>>;

const TSV = 'full_attention_heads.tsv';

export const duoAttention: ExportFormat = {
  id: 'duo-attention',
  title: 'DuoAttention (full_attention_heads.tsv and config.json)',
  file: null,
  reader: {
    looksLike: (source) => source.named(TSV) !== null || (source.only !== null && isTable(source)),
    read: readDuo,
  },
  write: writeTables,
};

export interface DuoGates {
  readonly config: DuoConfig;
  /** KV heads in each layer: as many in all of them. */
  readonly perLayer: readonly number[];
  /** Share of full attention of each KV head, layer by layer. */
  readonly gates: ArrayLike<number>;
}

/** The texts of the folder's two files. Throws RangeError where layers differ in size or a gate is no number. */
export function writeDuo({ config, perLayer, gates }: DuoGates): {
  readonly 'full_attention_heads.tsv': string;
  readonly 'config.json': string;
} {
  const groups = perLayer[0] ?? 0;
  if (perLayer.some((count) => count !== groups) || gates.length !== groups * perLayer.length) {
    throw new RangeError(`duoAttention: ${gates.length} gates of layers with ${perLayer.join(', ')} KV heads`);
  }
  const rows = perLayer.map((_, layer) =>
    Array.from({ length: groups }, (__, group) => numpyNumber(gates[layer * groups + group] ?? NaN)).join('\t'),
  );
  return {
    'full_attention_heads.tsv': rows.map((row) => `${row}\n`).join(''),
    'config.json': `${JSON.stringify(config)}\n`,
  };
}

/** Of their published files; those who load a folder read them. */
const usual = { sink_size: 64, recent_size: 256 };

/** Gates, and selections of KV groups as gates of 0 and 1. Throws Fault for any other table. */
function writeTables(tables: readonly HeadTable[], { model }: AboutTables): Written {
  const table = onlyTable(tables, 'kv-group', 'duo-attention');
  const isGate = Array.from(table.values).every((value) => value >= 0 && value <= 1);
  if (!isGate || (table.kind !== 'compress' && table.kind !== 'selection')) {
    const expected = 'gates from 0 to 1: trained ones, or a selection of KV groups';
    throw new Fault({ what: 'no gates', where: 'duo-attention', expected, got: `${table.id}, ${table.kind}` });
  }
  const { perLayer, values, settings } = table;
  const sizes = sizesIn(settings);
  const texts = writeDuo({ config: { model_name: model, ...(sizes ?? usual) }, perLayer, gates: values });
  const notes = sizes === null ? [usualNote] : [];
  return { files: Object.entries(texts).map(([name, text]) => textFile(name, text)), notes };
}

const usualNote = `config.json names ${usual.sink_size} sink and ${usual.recent_size} recent tokens, the sizes that DuoAttention deploys`;

/** What the numbers say that they hold for. */
function sizesIn(settings: HeadTable['settings']): typeof usual | null {
  const { sink_size = NaN, recent_size = NaN } = settings ?? {};
  return [sink_size, recent_size].every((size) => Number.isSafeInteger(size) && size >= 0)
    ? { sink_size, recent_size }
    : null;
}

const NUMBER = /^[+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d{1,4})?$/;

function isTable(source: ScoresSource): boolean {
  const [first = ''] = textOf(source).split('\n', 1);
  const cells = first.trim().split('\t');
  return cells.length > 1 && cells.every((cell) => NUMBER.test(cell));
}

function textOf(source: ScoresSource): string {
  try {
    return source.text();
  } catch {
    return '';
  }
}

/** Gates are clipped to [0, 1] as their own loader does. Throws Fault where rows differ in length or a cell is no number. */
function readDuo(source: ScoresSource, model: ExpectedModel | null): ReadScores {
  const { where } = source;
  const rows = rowsOf(source.named(TSV) === null ? source.text() : source.text(TSV), where);
  const grid = gridOfShape(
    rows.map((row) => row.length),
    'kv-group',
    model,
    where,
  );
  const gates = Float32Array.from(rows.flat());
  const outside = gates.filter((gate) => gate < 0 || gate > 1).length;
  const config = source.named('config.json') === null ? null : configOf(source);
  const clipped =
    outside === 0 ? [] : [`${outside} gates outside 0 to 1 are clipped, as DuoAttention's own loader does`];
  const table = headTable({
    id: 'alpha',
    title: 'DuoAttention gate',
    kind: 'compress',
    unit: 'kv-group',
    direction: 'higher_keeps',
    perLayer: grid.perLayer,
    settings: config === null ? null : { sink_size: config.sink_size, recent_size: config.recent_size },
    values: gates.map((gate) => Math.min(1, Math.max(0, gate))),
  });
  const named = config?.model_name === undefined ? {} : { model: { name: config.model_name } };
  return { tables: [table], ...named, notes: [configNote(config), ...clipped] };
}

function configNote(config: DuoConfig | null): string {
  if (config === null)
    return 'without config.json: how many sink and recent tokens a streaming head keeps is not known';
  return `streaming heads keep ${config.sink_size} sink and ${config.recent_size} recent tokens`;
}

function configOf(source: ScoresSource): DuoConfig {
  return validate(duoConfig, source.json('config.json'), `${source.where}: config.json`);
}

/** Characters of a table: a hundred layers of a hundred KV heads take a quarter of a million. */
const LARGEST = 2 ** 20;

function rowsOf(text: string, where: string): number[][] {
  if (text.length > LARGEST) {
    throw new Fault({ what: 'too large', where, expected: `at most ${LARGEST} characters`, got: `${text.length}` });
  }
  const lines = text.split('\n').map((line) => line.trim());
  const rows = lines.filter((line) => line !== '').map((line) => line.split('\t'));
  const [first] = rows;
  if (first === undefined) throw new Fault({ what: 'no gates', where, expected: 'a row for each layer' });
  return rows.map((cells, row) => {
    const at = `${where}, row ${row + 1}`;
    if (cells.length !== first.length) {
      const expected = `${first.length} KV heads, as in the first`;
      throw new Fault({ what: 'a row of another length', where: at, expected, got: `${cells.length}` });
    }
    return cells.map((cell) => numberOf(cell, at));
  });
}

function numberOf(cell: string, where: string): number {
  if (NUMBER.test(cell) && Number.isFinite(Number(cell))) return Number(cell);
  throw new Fault({ what: 'no finite number', where, got: cell.slice(0, 40) });
}
