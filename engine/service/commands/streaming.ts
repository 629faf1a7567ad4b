/** `headscope streaming`: which KV heads look far back, and which could do with sinks and a recent window. */
import { headTable } from '../../exports/headTable.ts';
import { writeTables } from '../../exports/writeTables.ts';
import { writeAtomically } from '../../files/writeAtomically.ts';
import type { CallOptions, EventOf, RequestOf, ResultOf } from '../../results/index.ts';
import type { StreamingGroup, StreamingHeader } from '../../results/streamingHeads.ts';
import { razorShares } from '../../scores/streaming/razorKeep.ts';
import type { Input } from '../input.ts';
import { checkOutputs } from '../output.ts';
import type { Column } from '../table.ts';
import { formatTable } from '../table.ts';
import { readTextFile } from '../textFile.ts';
import { version } from '../version.ts';
import { asRun, projectOption } from './asRun.ts';
import type { Command, Context } from './command.ts';
import { asJson, followed, jsonOption, modelRequest, openModel, weightsOption } from './shared.ts';

type Request = RequestOf<'streamingHeads'>;

export const streaming: Command = {
  name: 'streaming',
  summary: 'split KV heads into those that look far back and those that could stream: RazorAttention, kvpress',
  usage: [
    'streaming MODEL [--n 4] [--length K] [--keep-echo 0.01] [--keep-induction 0.14] [--no-prior] [--text F] [--out F.json] [--razor keep.json]',
  ],
  about: [
    'Echo and induction (RazorAttention, Tang et al. 2024): on K random tokens that come four times, attention to earlier places of the same token, and to what followed them; a KV head has that of its strongest query head. Kept whole: the shares of KV heads that have most of each.',
    'The prior (kvpress): where the mean query would look if every key were the mean key, so that only positions differ; 1 is all on the oldest, 0.5 everywhere alike. It knows no content, and is no measurement of a task.',
    'Behaviour, not importance: headscope retrieve-mask with stream(S,R), and headscope duo, measure what streaming costs.',
  ],
  examples: ['headscope streaming model.gguf', 'headscope streaming model.gguf --length 1000 --razor keep.json'],
  options: {
    n: { type: 'string', value: 'N', about: 'sequences of random tokens (default 4)' },
    length: {
      type: 'string',
      value: 'K',
      about: 'tokens that come four times (default 500, or as many as there is room for)',
    },
    'keep-echo': { type: 'string', value: 'SHARE', about: 'KV heads kept for echo (default 0.01)' },
    'keep-induction': { type: 'string', value: 'SHARE', about: 'KV heads kept for induction (default 0.14)' },
    'no-prior': { type: 'boolean', about: 'without the prior of positions' },
    text: { type: 'string', value: 'F', about: "text for the prior (default: stories of the program's own)" },
    seed: { type: 'string', value: 'N', about: 'of the tokens and the bootstrap (default 0)' },
    top: { type: 'string', value: 'N', about: 'how many KV heads to show (default 10)' },
    out: { type: 'string', value: 'F.json', about: 'write every KV head; never over a file that exists' },
    razor: { type: 'string', value: 'F.json', about: 'write the kept ones as RazorAttention does' },
    ...weightsOption,
    ...projectOption,
    ...jsonOption,
  },
  async run(input, context) {
    const top = input.integer('top', { otherwise: 10, from: 1, to: 100_000 });
    const [out, razor] = [input.path('out'), input.path('razor')];
    await checkOutputs([out, razor]);
    const { shape } = await openModel(context, modelRequest(input));
    const split = await collect(await readRequest(input, shape.context), context);
    const text = asJson({
      schema: 'headscope-streaming-heads',
      schema_version: '1.0.0',
      tool: `headscope ${version}`,
      ...split,
    });
    if (out !== undefined) await writeAtomically(out, [Buffer.from(text)]);
    if (razor !== undefined) await writeRazor(split, razor, context);
    await context.stdout.write(input.flag('json') ? text : describe(split, top));
    if (out !== undefined) await context.stderr.write(`written: ${out}\n`);
    return 0;
  },
};

async function readRequest(input: Input, context: number): Promise<Request> {
  const share = (name: string, otherwise: number) => input.number(name, { otherwise, from: 0, to: 1 });
  const length = input.text('length') === undefined ? undefined : input.integer('length', { otherwise: 500, from: 2 });
  return {
    ...modelRequest(input),
    n: input.integer('n', { otherwise: 4, from: 1, to: 1000 }),
    keep: { echo: share('keep-echo', razorShares.echo), induction: share('keep-induction', razorShares.induction) },
    prior: input.flag('no-prior') ? null : await readPrior(input, context),
    seed: input.integer('seed', { otherwise: 0, from: Number.MIN_SAFE_INTEGER }),
    ...(length === undefined ? {} : { length }),
  };
}

/** As many texts as kvpress takes chapters would be slow and change little: the means are over 8 windows. */
async function readPrior(input: Input, context: number): Promise<NonNullable<Request['prior']>> {
  const file = input.path('text');
  const source =
    file === undefined
      ? ({ kind: 'stories' } as const)
      : ({ kind: 'files', files: [await readTextFile(file)] } as const);
  return { texts: { source, n: 8, length: Math.min(512, context) }, length: Math.min(500, context) };
}

interface Split extends ResultOf<'streamingHeads'> {
  readonly header: StreamingHeader;
  readonly groups: readonly StreamingGroup[];
}

async function collect(request: Request, context: Context): Promise<Split> {
  const groups: StreamingGroup[] = [];
  let header: StreamingHeader | null = null;
  const take = (event: Exclude<EventOf<'streamingHeads'>, { kind: 'progress' }>) => {
    if (event.kind === 'group') groups.push(event);
    // A run that was begun again gives everything again.
    else [header, groups.length] = [event.header, 0];
  };
  const start = (options: CallOptions) => asRun(context, { call: 'streamingHeads', request }, options);
  const ended = await followed(context, 'reading heads', start, take);
  return splitOf(header, groups, ended);
}

function splitOf(header: StreamingHeader | null, groups: Split['groups'], ended: ResultOf<'streamingHeads'>): Split {
  if (header === null) throw new RangeError('streaming: ended without header');
  return { header, groups, ...ended };
}

async function writeRazor({ header, keep }: Split, path: string, { stderr }: Context): Promise<void> {
  const { layers, kvHeads } = header.shape;
  const values = Float32Array.from({ length: layers * kvHeads }, (_, i) => {
    const isKept = keep[Math.floor(i / kvHeads)]?.includes(i % kvHeads) === true;
    return isKept ? 1 : 0;
  });
  const perLayer = Array.from({ length: layers }, () => kvHeads);
  const about = { id: 'full', title: 'RazorAttention: whole cache', kind: 'selection', unit: 'kv-group' } as const;
  const table = headTable({ ...about, perLayer, values, direction: 'higher_keeps' });
  const made = { model: header.model.name, dataset: null, created: new Date().toISOString(), version };
  const { files } = writeTables('razor', [table], made, {});
  await writeAtomically(
    path,
    files.map(({ data }) => data),
  );
  await stderr.write(`written: ${path}\n`);
}

const columns: readonly Column[] = [
  { title: 'KV head' },
  { title: 'induction', align: 'right' },
  { title: '95 % interval' },
  { title: 'echo', align: 'right' },
  { title: 'prior', align: 'right' },
  { title: 'kept for' },
];

function describe(split: Split, top: number): string {
  const { header, groups, keep, seconds } = split;
  const kept = keep.reduce((total, list) => total + list.length, 0);
  const about = `${kept} of ${groups.length} KV heads keep their whole cache; ${header.n} sequences of ${header.tokens} tokens, ${seconds.toFixed(1)} s. Behaviour, not importance.\n`;
  const notes = header.notes.map((note) => `note: ${note}\n`).join('');
  const order = [...groups].sort((a, b) => b.induction.mean - a.induction.mean);
  return `${about}${notes}\n${formatTable(
    columns,
    order.slice(0, top).map((group) => groupRow(group, split)),
  )}`;
}

function groupRow(group: StreamingGroup, split: Split): string[] {
  const { layer, kvGroup, induction, echo, prior } = group;
  const [low, high] = induction.interval;
  return [
    `L${layer}G${kvGroup}`,
    induction.mean.toFixed(3),
    induction.n < 2 ? 'unknown' : `[${low.toFixed(3)}, ${high.toFixed(3)}]`,
    echo.mean.toFixed(3),
    prior?.toFixed(3) ?? '',
    (['induction', 'echo'] as const).filter((list) => split[list][layer]?.includes(kvGroup) === true).join(', '),
  ];
}
