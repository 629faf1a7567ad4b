/** `headscope convert`: a file of one tool about heads, looked at or written in the form of another. */
import { mkdir, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Written } from '../../exports/exportFormat.ts';
import { shapeWords } from '../../exports/headTable.ts';
import { importScores } from '../../exports/importScores.ts';
import { formatsThatWrite, writeTables } from '../../exports/writeTables.ts';
import { writeAtomically } from '../../files/writeAtomically.ts';
import type { ResultOf } from '../../results/index.ts';
import type { ExpectedModel, HeadTable, NamedFile } from '../../results/importedScores.ts';
import { Fault } from '../../terms/fault.ts';
import type { Input } from '../input.ts';
import { cannotWrite, checkOutput } from '../output.ts';
import { formatTable } from '../table.ts';
import { readBytes } from '../textFile.ts';
import { version } from '../version.ts';
import type { Command, Context } from './command.ts';
import { choiceOf, choiceOptions } from './tableChoice.ts';

export const convert: Command = {
  name: 'convert',
  summary: 'look at a file about heads that another tool wrote, or write it in the form of a third',
  usage: [
    'convert IN [--from FORMAT] [--model MODEL [--counts-from 1]] [--to FORMAT --out F [--metric ID] [--remove N]]',
  ],
  about: [
    'IN is a file, or a folder of DuoAttention or HeadVis. Its form is told from its content; a bare map of layers to lists has two opposite meanings and needs --from hf-heads or --from razor. Without --to it says what is in it.',
    'With --model the shape, the base of the indices and the name are checked against the model: what does not fit is refused with the reason, and nothing is moved. Lists of heads alone need it, for they do not say how many there are.',
    'A head that the file does not have is unknown, not 0. What the new form can not say of the numbers is said on standard error.',
  ],
  examples: [
    'headscope convert head_score/llama-2-7b-80k.json',
    'headscope convert scores.json --to qr-head --out heads.json',
    'headscope convert attn_patterns/mistral --model models/mistral.gguf --to razor --remove 128 --out keep.json',
  ],
  options: {
    from: { type: 'string', value: 'FORMAT', about: 'the form of IN (default: told from its content)' },
    model: { type: 'string', value: 'MODEL', about: 'the model that the file has to fit' },
    'counts-from': { type: 'string', value: '0|1', about: 'what IN counts layers and heads from (default 0)' },
    to: {
      type: 'string',
      value: 'FORMAT',
      about: `the form to write: ${formatsThatWrite()
        .map(({ id }) => id)
        .join(', ')}`,
    },
    ...choiceOptions,
    out: { type: 'string', value: 'F', about: 'the file or folder to write, never over one that exists' },
  },
  calls: 'headers',
  async run(input, context) {
    const path = pathOf(input);
    const [to, out] = [input.text('to'), input.path('out')];
    if ((to === undefined) !== (out === undefined)) input.fail('--to and --out go together', {});
    const fits = await modelOf(input, context);
    const read = importScores({ files: await filesAt(path), ...formOf(input), ...fits });
    for (const line of read.mismatches) await context.stderr.write(`warning: ${line}\n`);
    if (to === undefined || out === undefined) await context.stdout.write(describe(read));
    else await write(read, { to, out, model: fits.expected?.name ?? read.model }, input, context);
    return 0;
  },
};

function pathOf(input: Input): string {
  const [path, ...rest] = input.positionals;
  if (path !== undefined && path !== '' && rest.length === 0) return path;
  const got = input.positionals.join(' ') || 'nothing';
  return input.fail('one file or folder is needed', { expected: 'its path', got });
}

function formOf(input: Input): { readonly format?: string } {
  const format = input.text('from');
  return format === undefined ? {} : { format };
}

async function modelOf(input: Input, { client }: Context): Promise<{ readonly expected?: ExpectedModel }> {
  const model = input.path('model');
  const countsFrom = input.choice('counts-from', ['0', '1']) === '1' ? 1 : 0;
  if (model === undefined) {
    return countsFrom === 0
      ? {}
      : input.fail('--counts-from needs the model that the file is laid on', { expected: '--model' });
  }
  const { name, fingerprint, perLayer } = await client.info({ model });
  return {
    expected: { name, fingerprint, perLayer: perLayer.map(({ heads, kvHeads }) => ({ heads, kvHeads })), countsFrom },
  };
}

/** What is read of a folder: it may hold gigabytes beside. */
const ofFolder = ['config.json', 'scatter_data.json', 'full_attention_heads.tsv'];

async function filesAt(path: string): Promise<NamedFile[]> {
  const found = await stat(path).catch(() => null);
  if (found?.isDirectory() !== true) return [{ name: basename(path), data: await readBytes(path) }];
  const names = (await readdir(path)).filter((name) => ofFolder.includes(name)).toSorted();
  if (names.length === 0) {
    const expected = 'config.json and scatter_data.json of HeadVis, or full_attention_heads.tsv of DuoAttention';
    throw new Fault({ what: 'a folder without a file about heads', where: path, expected });
  }
  return Promise.all(names.map(async (name) => ({ name, data: await readBytes(join(path, name)) })));
}

function describe({ title, tables, notes }: ResultOf<'importScores'>): string {
  const columns = [
    ...[{ title: 'id' }, { title: 'kind' }, { title: 'shape' }, { title: 'known', align: 'right' as const }],
    ...[{ title: 'least', align: 'right' as const }, { title: 'greatest', align: 'right' as const }, { title: 'is' }],
  ];
  const lines = notes.map((note) => `note: ${note}\n`).join('');
  return `${title}\n\n${formatTable(columns, tables.map(tableRow))}${lines === '' ? '' : `\n${lines}`}`;
}

function tableRow({ id, kind, unit, perLayer, values, title }: HeadTable): string[] {
  const known = Array.from(values).filter(Number.isFinite);
  const end = (of: (a: number, b: number) => number, none: number) => {
    return known.length === 0 ? '' : String(Number(known.reduce((a, b) => of(a, b), none).toPrecision(4)));
  };
  const range = [end(Math.min, Infinity), end(Math.max, -Infinity)];
  return [id, kind, shapeWords(perLayer, unit), `${known.length} of ${values.length}`, ...range, title];
}

async function write(
  read: ResultOf<'importScores'>,
  { to, out, model }: { readonly to: string; readonly out: string; readonly model: string | null },
  input: Input,
  { stdout, stderr }: Context,
): Promise<void> {
  await checkOutput(out);
  const about = { model, dataset: null, created: new Date().toISOString(), version };
  const written = writeTables(to, read.tables, about, choiceOf(input));
  await save(written, out);
  await stdout.write(`${out}\n`);
  for (const note of [...read.notes, ...written.notes]) await stderr.write(`note: ${note}\n`);
}

/** One file as it is named by the user; several in a new folder. */
async function save({ files }: Written, out: string): Promise<void> {
  const [only, second] = files;
  if (only !== undefined && second === undefined) return writeAtomically(out, [only.data]);
  const folders = new Set(files.map(({ name }) => dirname(join(out, name))));
  for (const folder of [out, ...folders]) {
    await mkdir(folder, { recursive: true }).catch((error: unknown) => {
      throw cannotWrite(folder, error);
    });
  }
  for (const { name, data } of files) await writeAtomically(join(out, name), [data]);
}
