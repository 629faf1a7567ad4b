/** `headscope sae features`: what the features of a dictionary are about, what a prompt activates, and why. */
import { resolve } from 'node:path';
import type { RowsFrom } from '../../results/dictionaries.ts';
import type { CallOptions, RequestOf, ResultOf } from '../../results/index.ts';
import { readCard } from '../../../sae/formats/dictionaryFolder.ts';
import type { Input } from '../input.ts';
import { asRun, projectOption } from './asRun.ts';
import type { Command, Context } from './command.ts';
import { promptOptions, readPrompts } from './promptChoice.ts';
import { attributionTables, cardText, codesTable, editTable } from './saeFeatureTables.ts';
import { asJson, followed, jsonOption, openModel, promptInput, weightsOption } from './shared.ts';
import { readTexts, textOptions } from './textChoice.ts';

type Collect = RequestOf<'collectFeatures'>;
type On = Pick<Collect, 'model' | 'dictionary' | 'weights'>;

export const saeFeatures: Command = {
  name: 'sae features',
  summary: 'collect where features are active, show one, and say why it is active on a prompt',
  usage: [
    'sae features MODEL DICTIONARY [--collect] [--text F ...] [--windows 32] [--length N] | --task NAME | --prompts F.jsonl',
    '    [--strongest 10] [--per-quantile 4] [--before 15] [--after 5]',
    'sae features MODEL DICTIONARY --feature N [--beside DICTIONARY] [--top 10] [--json]',
    'sae features MODEL DICTIONARY --prompt T [--feature N] [--position P] [--through DICTIONARY ... [--depth N] [--least 0.05]] [--scale X | --add X] [--json]',
  ],
  about: [
    'Reads text once and keeps, of every feature, its strongest contexts, some drawn from each quarter of its largest activation, and the logits that it writes, in the folder of the dictionary. With --feature that is shown; where nothing was collected yet, it is collected first.',
    'With --prompt the codes of every token are shown. With --feature too, its activation at one position (where it is largest, unless --position says otherwise) is split: by source token and head, by what was written to the sources, and by features of the dictionaries of earlier layers that --through names. With --depth those features are split in turn, so many steps back, as long as they give at least the share --least of the pre-activation. Attention patterns and norms are held, so that the parts add up; what rounding leaves is shown.',
    '--scale and --add change the feature while the model runs (0 turns it off), at every position, and show what that does to the next token. What the dictionary does not explain stays as it is.',
  ],
  examples: [
    'headscope sae features model.gguf dictionaries/L9H6 --text corpus.jsonl --windows 200',
    'headscope sae features model.gguf dictionaries/L9H6 --feature 17',
    'headscope sae features model.gguf dictionaries/L9H6 --prompt "When Mary and John went to the store" --feature 17',
  ],
  options: {
    collect: { type: 'boolean', about: 'read text even where that was done before' },
    ...textOptions,
    ...promptOptions,
    seed: { type: 'string', value: 'N', about: 'of stories, prompts and what is drawn (default 0)' },
    strongest: { type: 'string', value: 'N', about: 'strongest contexts of a feature (default 10)' },
    'per-quantile': { type: 'string', value: 'N', about: 'contexts of each quarter (default 4)' },
    before: { type: 'string', value: 'N', about: 'tokens of a context before the one it is about (default 15)' },
    after: { type: 'string', value: 'N', about: 'tokens after it (default 5)' },
    feature: { type: 'string', value: 'N', about: 'the feature to show' },
    beside: { type: 'string', value: 'DIR', about: 'another dictionary, whose nearest features are shown' },
    prompt: { type: 'string', value: 'T', about: 'a text to encode' },
    ids: { type: 'string', value: '1,2,3', about: 'the same as token ids' },
    position: { type: 'string', value: 'P', about: 'position of the prompt that is explained, from 0' },
    through: { type: 'string', multiple: true, value: 'DIR', about: 'a dictionary of an earlier layer; repeatable' },
    depth: { type: 'string', value: 'N', about: 'steps back through those dictionaries, 1 to 8 (default 1)' },
    least: { type: 'string', value: 'X', about: 'share below which a feature is not gone back to (default 0.05)' },
    scale: { type: 'string', value: 'X', about: 'multiply the feature with X' },
    add: { type: 'string', value: 'X', about: 'add X units of the feature' },
    top: { type: 'string', value: 'N', about: 'lines of each list (default 10)' },
    ...weightsOption,
    ...projectOption,
    ...jsonOption,
  },
  async run(input, context) {
    const on = readOn(input);
    const top = input.integer('top', { otherwise: 10, from: 1, to: 100 });
    const feature = input.text('feature') === undefined ? null : input.integer('feature', { otherwise: 0, from: 0 });
    const { shape } = await openModel(context, {
      model: on.model,
      ...(on.weights === undefined ? {} : { weights: on.weights }),
    });
    const hasPrompt = input.text('prompt') !== undefined || input.text('ids') !== undefined;
    if (hasPrompt) return onPrompt(input, context, { on, feature, top });
    const wanted = input.flag('collect') || feature === null || givesRows(input);
    const collected = wanted ? await collect(input, context, on, shape.context) : null;
    if (feature !== null) return showCard(input, context, { on, feature, top }, shape.context);
    if (collected === null) return 0;
    await context.stdout.write(input.flag('json') ? asJson(collected) : collectedLine(on, collected));
    return 0;
  },
};

interface Asked {
  readonly on: On;
  readonly feature: number | null;
  readonly top: number;
}

function readOn(input: Input): On {
  const [model, dictionary, ...rest] = input.positionals;
  if (model === undefined || dictionary === undefined || model === '' || dictionary === '') {
    return input.fail('a model and a dictionary are needed', { got: input.positionals.join(' ') || 'nothing' });
  }
  if (rest.length > 0) return input.fail('one argument too many', { got: rest.join(' ') });
  const weights = input.choice('weights', ['auto', 'float32', 'quantised', 'mapped']);
  return { model, dictionary: resolve(dictionary), ...(weights === undefined ? {} : { weights }) };
}

function givesRows(input: Input): boolean {
  return ['task', 'prompts'].some((name) => input.text(name) !== undefined) || input.texts('text').length > 0;
}

async function collect(input: Input, context: Context, on: On, longest: number): Promise<ResultOf<'collectFeatures'>> {
  const request: Collect = {
    ...on,
    rows: await readRows(input, longest),
    strongest: input.integer('strongest', { otherwise: 10, from: 1, to: 100 }),
    perQuantile: input.integer('per-quantile', { otherwise: 4, from: 0, to: 20 }),
    before: input.integer('before', { otherwise: 15, from: 0, to: 500 }),
    after: input.integer('after', { otherwise: 5, from: 0, to: 500 }),
    seed: input.integer('seed', { otherwise: 0, from: 0, to: 1_000_000 }),
  };
  const start = (options: CallOptions) => asRun(context, { call: 'collectFeatures', request }, options);
  const result = await followed(context, 'collecting', start);
  for (const warning of result.warnings) await context.stderr.write(`warning: ${warning}\n`);
  return result;
}

async function readRows(input: Input, longest: number): Promise<RowsFrom> {
  if (input.text('task') === undefined && input.text('prompts') === undefined) {
    return { kind: 'text', texts: await readTexts(input, longest) };
  }
  if (input.texts('text').length > 0) input.fail('--text belongs to text', { got: 'prompts' });
  return { kind: 'prompts', prompts: await readPrompts(input) };
}

function collectedLine({ dictionary }: On, { rows, alive, seconds }: ResultOf<'collectFeatures'>): string {
  return `${alive} features active on ${rows} rows, ${seconds.toFixed(1)} s\nwritten: ${dictionary}\n`;
}

async function showCard(
  input: Input,
  context: Context,
  { on, feature, top }: Asked & { readonly feature: number },
  longest: number,
): Promise<number> {
  const beside = input.path('beside');
  const request = { ...on, feature, top, ...(beside === undefined ? {} : { beside: resolve(beside) }) };
  let card = await context.client.feature(request, { signal: context.signal });
  if (card.activity === null) {
    await collect(input, context, on, longest);
    card = await context.client.feature(request, { signal: context.signal });
  }
  await context.stdout.write(
    input.flag('json') ? asJson(plain(card)) : cardText(card, (await readCard(on.dictionary)).place.layer),
  );
  return 0;
}

async function onPrompt(input: Input, context: Context, { on, feature, top }: Asked): Promise<number> {
  const prompt = promptInput(input);
  const { client, signal, stdout } = context;
  const codes = await client.encodePrompt({ ...on, prompt }, { signal });
  if (feature === null) {
    await stdout.write(input.flag('json') ? asJson(plain(codes)) : codesTable(codes, top));
    return 0;
  }
  const change = readChange(input);
  if (change !== null) {
    const edited = await client.editFeature({ ...on, feature, prompt, change, top }, { signal });
    await stdout.write(input.flag('json') ? asJson(plain(edited)) : editTable(edited));
    return 0;
  }
  const position = input.integer('position', { otherwise: strongestPosition(codes, feature), from: 0 });
  const through = input.texts('through').map((path) => resolve(path));
  const back = readBack(input, through.length);
  const request = {
    ...{ ...on, feature, prompt, position },
    ...(through.length === 0 ? {} : { through }),
    ...(back === null ? {} : { back }),
  };
  const found = await client.attributeFeature(request, { signal });
  await stdout.write(input.flag('json') ? asJson(plain(found)) : attributionTables(found, position, top));
  return 0;
}

/** How far features of earlier dictionaries are split in turn; null: not at all. */
function readBack(input: Input, dictionaries: number): NonNullable<RequestOf<'attributeFeature'>['back']> | null {
  if (input.text('depth') === undefined) {
    if (input.text('least') !== undefined) input.fail('--least belongs to --depth', { got: 'no --depth' });
    return null;
  }
  if (dictionaries === 0) input.fail('--depth belongs to --through', { got: 'no --through' });
  return {
    depth: input.integer('depth', { otherwise: 1, from: 1, to: 8 }),
    least: input.number('least', { otherwise: 0.05, from: 0, to: 1 }),
  };
}

function readChange(input: Input): RequestOf<'editFeature'>['change'] | null {
  const [scale, add] = [input.text('scale'), input.text('add')];
  if (scale !== undefined && add !== undefined) input.fail('only one of --scale and --add', { got: 'both' });
  if (scale !== undefined) {
    return { kind: 'scale', by: input.number('scale', { otherwise: 1, from: -100, to: 100 }) };
  }
  return add === undefined ? null : { kind: 'add', amount: input.number('add', { otherwise: 0, from: -1e9, to: 1e9 }) };
}

/** The last position where it is active nowhere. */
function strongestPosition({ starts, features, values, tokens }: ResultOf<'encodePrompt'>, feature: number): number {
  let [best, most] = [tokens.length - 1, 0];
  for (let position = 0; position < tokens.length; position++) {
    for (let at = starts[position] as number; at < (starts[position + 1] as number); at++) {
      const value = values[at] as number;
      if (features[at] === feature && value > most) [best, most] = [position, value];
    }
  }
  return best;
}

/** Typed arrays as lists, for JSON. */
function plain(value: unknown): unknown {
  if (value instanceof Float32Array || value instanceof Uint32Array) return [...value];
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one)]));
}
