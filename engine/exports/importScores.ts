/** Files of other tools read as tables of heads, whatever form they have. Imports terms and results only. */
import type { ResultOf } from '../results/index.ts';
import type { ExpectedModel, NamedFile } from '../results/importedScores.ts';
import { Fault } from '../terms/fault.ts';
import type { ExportFormat, ScoresReader } from './exportFormat.ts';
import { exportFormats } from './index.ts';
import { modelMismatch } from './modelMismatch.ts';
import { ScoresSource } from './scoresSource.ts';
import { unknownForm } from './unknownForm.ts';

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
  const mismatches = [...(read.doubts ?? []), ...(expected === undefined ? [] : modelMismatch(read, expected))];
  const model = read.model?.name ?? null;
  return { format: id, title, model, tables: read.tables, notes: read.notes, mismatches };
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
  if (found !== undefined) return found;
  throw unknownForm(
    source,
    formatsThatRead().map(({ title }) => title),
  );
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
