/** Files of other tools read as tables of heads, whatever form they have. Imports terms and results only. */
import type { ResultOf } from '../results/index.ts';
import type { ExpectedModel, NamedFile } from '../results/importedScores.ts';
import { Fault } from '../terms/fault.ts';
import type { ExportFormat, ReadScores, ScoresReader } from './exportFormat.ts';
import { exportFormats } from './index.ts';
import { isObject } from './isObject.ts';
import { isByLayer } from './layerLists.ts';
import { ScoresSource } from './scoresSource.ts';

/** Bytes of all files together. */
const LARGEST = 64 * 2 ** 20;

interface Asked {
  readonly files: readonly NamedFile[];
  readonly expected?: ExpectedModel;
  /** Id of the format; told from the content where omitted. */
  readonly format?: string;
}

/** Throws Fault for a form that is not known, a broken file, and one that is of another shape than the model. */
export function importScores({ files, expected, format }: Asked): ResultOf<'importScores'> {
  const source = new ScoresSource(files, placeOf(files));
  requireBounded(source);
  const { id, title, reader } = format === undefined ? sniffed(source) : formatNamed(format);
  const read = reader.read(source, expected ?? null);
  const mismatches = [...(read.doubts ?? []), ...(expected === undefined ? [] : modelNotes(read, expected))];
  return { format: id, title, tables: read.tables, notes: read.notes, mismatches };
}

type ReadFormat = ExportFormat & { readonly reader: ScoresReader };

function formatsThatRead(): ReadFormat[] {
  return exportFormats.flatMap((format) => (format.reader === undefined ? [] : [{ ...format, reader: format.reader }]));
}

function formatNamed(id: string): ReadFormat {
  const found = formatsThatRead().find((format) => format.id === id);
  if (found !== undefined) return found;
  const expected = formatsThatRead().map((format) => format.id);
  throw new Fault({ what: 'no format that is read', expected: expected.join(', '), got: id.slice(0, 60) });
}

function sniffed(source: ScoresSource): ReadFormat {
  const found = formatsThatRead().find(({ reader }) => reader.looksLike(source));
  if (found === undefined) throw unknown(source);
  return found;
}

function placeOf(files: readonly NamedFile[]): string {
  const [first, second] = files;
  if (first === undefined) throw new Fault({ what: 'no file to read' });
  return second === undefined ? first.name : `the folder of ${first.name}`;
}

function requireBounded({ files, where }: ScoresSource): void {
  const size = files.reduce((sum, { data }) => sum + data.length, 0);
  if (size <= LARGEST) return;
  throw new Fault({ what: 'too large', where, expected: `at most ${LARGEST} bytes`, got: `${size}` });
}

/** Says what it looks like, and what would be read. */
function unknown(source: ScoresSource): Fault {
  const value = source.peek();
  const what = 'not a file about heads that is known';
  if (isByLayer(value)) {
    const got =
      'a map of layers to lists, the form of Hugging Face (heads removed) and of RazorAttention (KV heads kept)';
    const expected = 'to be told which: hf-heads or razor';
    return new Fault({ what: 'a form with two opposite meanings', where: source.where, expected, got });
  }
  if (isObject(value) && Object.keys(value).length === 0) {
    const got = 'an empty object, which Retrieval_Head writes where no run passed its gate';
    return new Fault({ what: 'no scores', where: source.where, expected: '{"layer-head": [scores]}', got });
  }
  const expected = formatsThatRead().map(({ title }) => title);
  return new Fault({
    what,
    where: source.where,
    expected: `one of ${expected.join('; ')}`,
    got: lookOf(source, value),
  });
}

function lookOf({ files, only }: ScoresSource, value: unknown): string {
  if (only === null)
    return `a folder with ${files
      .slice(0, 4)
      .map(({ name }) => name)
      .join(', ')
      .slice(0, 200)}`;
  if (Array.isArray(value)) return `a JSON list of ${value.length}, the first ${typeWords(value[0])}`;
  if (isObject(value)) return `a JSON object with ${Object.keys(value).slice(0, 6).join(', ').slice(0, 200)}`;
  if (value !== undefined) return `JSON, ${typeWords(value)}`;
  return only.data.length === 0 ? 'an empty file' : `no JSON, beginning with ${startOf(only.data)}`;
}

function typeWords(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  return value === null
    ? 'null'
    : value === undefined
      ? 'nothing'
      : `${typeof value === 'object' ? 'an' : 'a'} ${typeof value}`;
}

function startOf(data: Uint8Array): string {
  return JSON.stringify(new TextDecoder('latin1').decode(data.subarray(0, 24)));
}

/** The weights that the file is of, where it says that they are others. */
function modelNotes({ model: named }: ReadScores, model: ExpectedModel): string[] {
  const { fingerprint } = named ?? {};
  const isSame = fingerprint !== undefined && fingerprint === model.fingerprint;
  if (isSame) return [];
  if (fingerprint !== undefined && model.fingerprint !== undefined) {
    return [
      `measured on other weights: fingerprint ${fingerprint.slice(0, 12)}, the model here has ${model.fingerprint.slice(0, 12)}`,
    ];
  }
  const name = named?.name ?? null;
  if (name === null) return ['the file does not say which model it is of: only its shape could be checked'];
  return isAlike(name, model.name)
    ? []
    : [`the file names the model ${name.slice(0, 120)}, the one here is ${model.name}`];
}

/** Names of one model come with owner, folder, ending and quantisation, or without. */
function isAlike(a: string, b: string): boolean {
  const [first, second] = [plainName(a), plainName(b)];
  return first !== '' && second !== '' && (first.startsWith(second) || second.startsWith(first));
}

function plainName(name: string): string {
  const last = name.split(/[\\/]/).findLast((part) => part !== '') ?? '';
  return last
    .toLowerCase()
    .replace(/\.(gguf|safetensors)$/, '')
    .replace(/[^a-z0-9]/g, '');
}
