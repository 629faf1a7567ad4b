/** Which needle runs a command measures on: those of a grid, or prepared ones. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunSource } from '../../results/retrieve.ts';
import { haystackCharacters, needleFile, needles as known } from '../../tasks/needles/index.ts';
import { Fault } from '../../terms/fault.ts';
import type { Input } from '../input.ts';
import { systemReason } from '../output.ts';
import { readTextFile } from '../textFile.ts';
import type { Option } from './command.ts';

export const needleOptions = {
  grid: { type: 'string', multiple: true, value: 'LENGTHSxDEPTHS', about: 'lengths in tokens by depths in percent' },
  runs: { type: 'string', value: 'F.jsonl', about: 'prepared runs of your own' },
  needles: {
    type: 'string',
    value: 'A,B|F.jsonl',
    about: `which needles: ${known.map(({ id }) => id).join(', ')}, or a file`,
  },
  haystack: { type: 'string', value: 'DIR', about: 'text to hide them in: .txt files' },
  template: { type: 'string', value: 'plain|chat', about: "plain text (default), or the model's own chat template" },
  prompt: { type: 'string', value: 'answer|steps', about: 'ask for the answer (default), or for steps before it' },
  'max-new': { type: 'string', value: 'N', about: 'most tokens of an answer (default 50; 128 with steps)' },
} as const satisfies Record<string, Option>;

const builderOptions = ['needles', 'haystack', 'template', 'prompt', 'max-new'];

/** Read before the model is opened; the default grid depends on its context. */
export async function readNeedleRuns(input: Input): Promise<(context: number) => RunSource> {
  const file = input.path('runs');
  if (file !== undefined) {
    const given = builderOptions.find((name) => input.text(name) !== undefined);
    if (given !== undefined || input.texts('grid').length > 0)
      input.fail(`--${given ?? 'grid'} does not go with --runs`, { expected: 'prepared runs as they are' });
    const rows = await readTextFile(file);
    return () => ({ kind: 'file', file: rows });
  }
  const grids = input.texts('grid').map((text) => gridOf(input, text));
  const [needles, haystack] = [await readNeedles(input), await readHaystack(input)];
  const maxNew = input.text('max-new') === undefined ? undefined : input.integer('max-new', { otherwise: 1, from: 1 });
  const template = input.choice('template', ['plain', 'chat']) ?? 'plain';
  const prompt = input.choice('prompt', ['answer', 'steps']) ?? 'answer';
  return (context) => ({
    ...{ kind: 'grid', grids: grids.length > 0 ? grids : [usualGrid(context)], haystack, template, prompt },
    ...(needles === undefined ? {} : { needles }),
    ...(maxNew === undefined ? {} : { maxNew }),
  });
}

type Grid = Extract<RunSource, { kind: 'grid' }>['grids'][number];

/** Two lengths that a small model holds, or half and most of its context. */
function usualGrid(context: number): Grid {
  const lengths = context >= 2048 ? [512, 1800] : [Math.floor(context * 0.5), Math.floor(context * 0.85)];
  return { lengths, depths: [0, 33, 67, 100] };
}

function gridOf(input: Input, text: string): Grid {
  const [lengths, depths, ...more] = text.split(/[x×]/).map((part) => numbersOf(part));
  const isGrid = more.length === 0 && isFilled(lengths) && lengths.every((n) => Number.isInteger(n) && n >= 1);
  if (isGrid && isFilled(depths) && depths.every((depth) => depth >= 0 && depth <= 100)) return { lengths, depths };
  const expected = 'lengths in tokens, x, depths in percent: 512,1800x0,33,67,100';
  return input.fail('--grid', { expected, got: text });
}

function isFilled(numbers: readonly number[] | undefined): numbers is readonly number[] {
  return numbers !== undefined && numbers.length > 0 && numbers.every(Number.isFinite);
}

function numbersOf(text: string): number[] {
  return text.split(',').map((part) => (/^\s*\d+(\.\d+)?\s*$/.test(part) ? Number(part) : NaN));
}

async function readNeedles(input: Input): Promise<Extract<RunSource, { kind: 'grid' }>['needles']> {
  const text = input.path('needles');
  if (text === undefined) return undefined;
  if (!/\.jsonl?$/i.test(text)) return text.split(',').map((id) => id.trim());
  const file = await readTextFile(text);
  return needleFile(file.text, file.name);
}

/** Files of a folder in the order of their names, as many as are read of a haystack. */
async function readHaystack(input: Input): Promise<Extract<RunSource, { kind: 'grid' }>['haystack']> {
  const folder = input.path('haystack');
  if (folder === undefined) return { kind: 'stories' };
  const names = (await filesIn(folder)).filter((name) => /\.txt$/i.test(name)).sort();
  if (names.length === 0) throw new Fault({ what: 'no text in the folder', where: folder, expected: '.txt files' });
  const texts = [];
  let characters = 0;
  for (const name of names) {
    if (characters >= haystackCharacters) break;
    const { text } = await readTextFile(join(folder, name));
    const kept = text.slice(0, haystackCharacters - characters);
    characters += kept.length;
    texts.push({ name, text: kept });
  }
  return { kind: 'texts', name: folder, texts };
}

async function filesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    throw new Fault({ what: 'cannot be read', where: folder, expected: 'a folder', got: systemReason(error) });
  }
}
