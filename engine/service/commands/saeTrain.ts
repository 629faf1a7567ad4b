/** `headscope sae train`: dictionaries (sparse autoencoders) on a model's values, side by side, with controls beside them. */
import { resolve } from 'node:path';
import type { DictionaryKinds, RowsFrom } from '../../results/dictionaries.ts';
import type { EventOf, RequestOf } from '../../results/index.ts';
import { drain } from '../../results/index.ts';
import type { DictionaryToTrain } from '../../results/trainDictionaries.ts';
import type { Input } from '../input.ts';
import { asRun, projectOption } from './asRun.ts';
import type { Command, Context } from './command.ts';
import { dictionaryOptions, readDictionaries, rowWidth } from './dictionaryChoice.ts';
import type { ModelShape } from './dictionarySites.ts';
import { siteHelp } from './dictionarySites.ts';
import { promptOptions, readPrompts } from './promptChoice.ts';
import type { Measured, Start, Trained } from './saeTables.ts';
import { ratesLine, startLine, statusOf, stepLine, trainedTable } from './saeTables.ts';
import { asJson, jsonOption, modelRequest, openModel, weightsOption } from './shared.ts';
import { readSource } from './textChoice.ts';

type Request = RequestOf<'trainDictionaries'>;
type Event = EventOf<'trainDictionaries'>;

/** Rows that are shuffled together, at most. */
const largestPool = 2 ** 18;
const bytesOfValue = 4;

export const saeTrain: Command = {
  name: 'sae train',
  summary: 'train dictionaries (sparse autoencoders) on values at sites, with controls beside them',
  usage: [
    'sae train MODEL --site S ... --out DIR [--variant V,V] [--features N] [--setting K=V ...] [--sweep K=V,V ...] [--seeds N]',
    '    [--text F ...] [--windows 256] [--length N] | --task NAME [--n N] | --prompts F.jsonl',
    '    [--steps 3000] [--batch N] [--lr X] [--controls A,B|all|none] [--from DIR] [--json]',
  ],
  about: [
    'All dictionaries of one command share one pass over the activations: those of several sites, variants, settings and seeds train side by side, each to the same numbers as alone.',
    ...siteHelp,
    'Variants: standard (relu), gated, topK (topk), batchTopK (batchtopk), jumpReLU (jumprelu), matryoshka, matchingPursuit (mp; k is its steps), discrete, vectorQuantised (vq), topOne (top1). Settings that a variant does not have are refused with those that it has.',
    'Rows come from windows of text (BOS gives no row), or from the prompts of a task or a file; the last ones are held out and measured on. Controls are made of the same rows: pca (as many directions as the dictionary has active features), kMeans, randomDirections, untrained, frozenDecoder (the same training with random directions; it takes as long again).',
    'A training that was stopped or killed goes on where it was when the same command is given again, to the same dictionaries bit for bit. --from goes on from a training in another folder with other rates, settings or steps.',
    'DIR gets a folder for each dictionary and each control, which the workbench and the other sae commands open, and the folder training.',
  ],
  examples: [
    'headscope sae train model.gguf --site L9H6.z --variant mp --features 512 --setting k=6 --out dictionaries',
    'headscope sae train model.gguf --site "L9H*.z" --variant topk --sweep k=3,6,12 --text corpus.jsonl --windows 1000 --out sweep',
  ],
  options: {
    out: { type: 'string', value: 'DIR', about: 'folder of the training' },
    ...dictionaryOptions,
    text: {
      type: 'string',
      multiple: true,
      value: 'F',
      about: '.txt, .jsonl or .parquet; repeatable (default: stories of the program)',
    },
    windows: { type: 'string', value: 'N', about: 'windows of text (default 256)' },
    length: { type: 'string', value: 'N', about: 'tokens of a window (default 256, or the context)' },
    ...promptOptions,
    seed: { type: 'string', value: 'N', about: 'of weights, stories, prompts and the order of rows (default 0)' },
    steps: { type: 'string', value: 'N', about: 'steps of each dictionary (default 3000)' },
    batch: { type: 'string', value: 'N', about: 'rows of a step (default 1024; of prompts 256)' },
    'held-out': {
      type: 'string',
      value: 'N',
      about: 'rows to measure on (default a tenth of the text, 4096 at most; of prompts 256)',
    },
    controls: {
      type: 'string',
      value: 'A,B|all|none',
      about: 'beside each dictionary (default pca,kMeans,randomDirections,untrained)',
    },
    'measure-every': {
      type: 'string',
      value: 'N',
      about: 'steps between two measurings on held-out rows (default a fifth of all)',
    },
    'loss-tokens': {
      type: 'string',
      value: 'N',
      about: 'tokens that recovered loss is measured on each time (default 1024; 0: not)',
    },
    memory: { type: 'string', value: 'MB', about: 'that rows may take in memory (default 1000)' },
    disk: { type: 'string', value: 'MB', about: 'that rows may take on disk where memory is too small (default 4000)' },
    from: { type: 'string', value: 'DIR', about: 'training of the same dictionaries to go on from' },
    every: { type: 'string', value: 'N', about: 'print a line every N steps (default a tenth of all)' },
    ...jsonOption,
    ...weightsOption,
    ...projectOption,
  },
  async run(input, context) {
    const { shape } = await openModel(context, modelRequest(input));
    const kinds = await context.client.dictionaryKinds({});
    const request = await readRequest(input, shape, kinds);
    const shown = await trained(context, request, {
      every: input.integer('every', { otherwise: Math.max(1, Math.floor(request.steps / 10)), from: 1 }),
      isQuiet: input.flag('json'),
    });
    for (const warning of shown.result.warnings) await context.stderr.write(`warning: ${warning}\n`);
    await context.stdout.write(
      input.flag('json') ? asJson(shown) : `${trainedTable(shown)}\nwritten: ${request.out}\n`,
    );
    return 0;
  },
};

async function readRequest(input: Input, shape: ModelShape, kinds: DictionaryKinds): Promise<Request> {
  const out = input.path('out') ?? input.fail('--out is missing', { expected: 'a folder' });
  const seed = input.integer('seed', { otherwise: 0, from: 0, to: 1_000_000 });
  const steps = input.integer('steps', { otherwise: 3000, from: 1, to: 10_000_000 });
  const dictionaries = readDictionaries(input, kinds, shape, { seed, steps });
  const rows = await readRows(input, shape);
  const from = input.path('from');
  return {
    ...modelRequest(input),
    ...{ out: resolve(out), dictionaries, rows, steps, seed, controls: readControls(input, kinds) },
    batch: input.integer('batch', { otherwise: rows.kind === 'text' ? 1024 : 256, from: 2, to: 1_000_000 }),
    ...readRoom(input, dictionaries, shape),
    heldOut: input.integer('held-out', { otherwise: usualHeldOut(rows), from: 1, to: 1_000_000 }),
    measureEvery: input.integer('measure-every', { otherwise: Math.max(1, Math.ceil(steps / 5)), from: 1 }),
    lossTokens: input.integer('loss-tokens', { otherwise: 1024, from: 0 }),
    ...(from === undefined ? {} : { from: resolve(from) }),
  };
}

async function readRows(input: Input, shape: ModelShape): Promise<RowsFrom> {
  if (input.text('task') !== undefined || input.text('prompts') !== undefined) {
    for (const name of ['windows', 'length'])
      if (input.text(name) !== undefined) input.fail(`--${name} belongs to text`, { got: 'prompts' });
    if (input.texts('text').length > 0) input.fail('--text belongs to text', { got: 'prompts' });
    return { kind: 'prompts', prompts: await readPrompts(input) };
  }
  const n = input.integer('windows', { otherwise: 256, from: 1, to: 10_000 });
  const length = input.integer('length', { otherwise: Math.min(256, shape.context), from: 2, to: shape.context });
  return { kind: 'text', texts: { source: await readSource(input, n * length), n, length } };
}

function usualHeldOut(rows: RowsFrom): number {
  if (rows.kind === 'prompts') return 256;
  const { n, length } = rows.texts;
  return Math.max(1, Math.min(4096, Math.floor((n * (length - 1)) / 10)));
}

/** As many rows are shuffled together as there is room for. */
function readRoom(
  input: Input,
  dictionaries: readonly DictionaryToTrain[],
  shape: ModelShape,
): Pick<Request, 'memory' | 'disk' | 'pool'> {
  const megabytes = (name: string, otherwise: number) => 1e6 * input.number(name, { otherwise, from: 0, to: 1e9 });
  const [memory, disk] = [Math.floor(megabytes('memory', 1000)), Math.floor(megabytes('disk', 4000))];
  const places = new Map(dictionaries.map(({ place }) => [JSON.stringify(place), rowWidth(place, shape)] as const));
  const rowBytes = bytesOfValue * [...places.values()].reduce((sum, width) => sum + width, 0);
  return { memory, disk, pool: Math.max(1, Math.min(largestPool, Math.floor(Math.max(memory, disk) / rowBytes))) };
}

function readControls(input: Input, { controls }: DictionaryKinds): readonly string[] {
  const known = controls.filter(({ madeOf }) => madeOf !== 'attributes').map(({ id }) => id);
  const text = input.text('controls') ?? known.filter((id) => id !== 'frozenDecoder').join(',');
  if (text === 'none') return [];
  if (text === 'all') return known;
  return text.split(',').map((part) => {
    const expected = `all, none or some of ${known.join(', ')}`;
    return (
      known.find((id) => id.toLowerCase() === part.trim().toLowerCase()) ??
      input.fail('--controls', { expected, got: part })
    );
  });
}

async function trained(
  context: Context,
  request: Request,
  { every, isQuiet }: { readonly every: number; readonly isQuiet: boolean },
): Promise<Trained> {
  const { progress, stdout, signal } = context;
  const measured = new Map<string, Measured>();
  let [header, status]: [Start['header'] | null, string] = [null, 'training'];
  const say = async (line: string) => {
    progress.clear();
    if (!isQuiet) await stdout.write(`${line}\n`);
  };
  const take = async (event: Event): Promise<void> => {
    switch (event.kind) {
      case 'progress':
        return progress.report(event.of === 'steps' ? status : 'dictionaries', event);
      case 'start':
        header = event.header;
        return say([startLine(event), ratesLine(request)].join('\n'));
      case 'step':
        status = statusOf(event);
        return event.step % every === 0 ? say(stepLine(event)) : undefined;
      case 'measured':
        measured.set(event.name, event);
        return undefined;
      case 'checkpoint':
        return undefined;
    }
  };
  try {
    const result = await drain(asRun(context, { call: 'trainDictionaries', request }, { signal }), take);
    if (header === null) throw new RangeError('trainDictionaries: ended without header');
    return { header, measured: [...measured.values()], result };
  } finally {
    progress.clear();
  }
}
