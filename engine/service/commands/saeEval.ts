/** `headscope sae eval`: how good dictionaries are, beside their controls. */
import { resolve } from 'node:path';
import type { CallOptions, EventOf, RequestOf, ResultOf } from '../../results/index.ts';
import type { AttributeRow, ProbeRow } from '../../results/trainDictionaries.ts';
import type { Input } from '../input.ts';
import type { Column } from '../table.ts';
import { formatTable, percent } from '../table.ts';
import { asRun, projectOption } from './asRun.ts';
import type { Command, Context } from './command.ts';
import { planOf, promptOptions, readPrompts, readSeed } from './promptChoice.ts';
import { asJson, followed, jsonOption, openModel, weightsOption } from './shared.ts';
import { readTexts, textOptions } from './textChoice.ts';

type Request = RequestOf<'measureDictionaries'>;
type Event = EventOf<'measureDictionaries'>;
type MeasuredRow = Extract<Event, { kind: 'row' }>;
type Header = Extract<Event, { kind: 'start' }>['header'];

const usualControls = 'pca,randomDirections,untrained,frozenDecoder';

export const saeEval: Command = {
  name: 'sae eval',
  summary: 'measure dictionaries and their controls: variance, L0, loss recovered, probes, edits of attributes',
  usage: [
    'sae eval MODEL DIR ... [--text F ...] [--windows 32] [--length 256] [--rows 20000] [--loss-tokens 1024] [--controls A,B]',
    'sae eval MODEL DIR ... (--task NAME | --prompts F.jsonl) [--n 64] [--probe 1,5] [--attributes] [--json]',
  ],
  about: [
    'FVU is the fraction of variance unexplained, L0 the mean of active features a row. Loss recovered is the share of the rise in next-token loss from zero (from the mean) that reconstructions in the place of x undo; KL is of their predictions from those of the model. [low, high] is a 95 % interval: of loss over windows, of probes and edits over held-out prompts.',
    `Controls: pca and kMeans and randomDirections, made of other rows where training did not leave them; untrained and frozenDecoder, which training leaves beside a dictionary as DIR.untrained and DIR.frozenDecoder. Default ${usualControls}; none for none. A dictionary that is no better than a control has shown nothing.`,
    "--probe 1,5 asks how well what is known of a task's prompts (names, order, template, decade) can be read off 1 and 5 features at the answer position. Take hundreds of prompts (--n).",
    '--attributes takes the three axes of Makelov, Lange and Nanda (2024) on --task ioi: does the reconstruction do what the activation does, can a name or the order be changed by few features, does a feature stand for each; beside the dictionary that known attributes give. docs/dictionaries-measures.md says what differs from the paper.',
  ],
  examples: [
    'headscope sae eval model.gguf dictionaries/L9H6-mp --text corpus.jsonl --loss-tokens 2048',
    'headscope sae eval model.gguf dictionaries/L9H6-mp --task ioi --n 400 --probe 1,5 --attributes',
  ],
  options: {
    ...textOptions,
    ...promptOptions,
    rows: { type: 'string', value: 'N', about: 'rows to measure on, at most (default 20000)' },
    'loss-tokens': { type: 'string', value: 'N', about: 'predicted tokens for loss recovered (default 1024; 0: none)' },
    controls: { type: 'string', value: 'A,B', about: `what to measure beside (default ${usualControls})` },
    probe: { type: 'string', value: '1,5', about: 'features that probes see' },
    attributes: { type: 'boolean', about: 'edits of attributes, on ioi' },
    ...weightsOption,
    ...projectOption,
    ...jsonOption,
  },
  async run(input, context) {
    const request = await readRequest(input, context);
    const { model, weights, rows } = request;
    const plan = rows.kind === 'prompts' ? planOf(rows.prompts) : {};
    await openModel(context, { model, ...(weights === undefined ? {} : { weights }), ...plan });
    const found = await collected(request, context);
    await context.stdout.write(input.flag('json') ? asJson(found) : describe(found));
    return 0;
  },
};

async function readRequest(input: Input, context: Context): Promise<Request> {
  const [model = '', ...dictionaries] = input.positionals;
  if (model === '' || dictionaries.length === 0) {
    input.fail('no dictionary', { expected: 'the path of a model and folders of dictionaries' });
  }
  const weights = input.choice('weights', ['auto', 'float32', 'quantised', 'mapped']);
  const controls = (input.text('controls') ?? usualControls).split(',').map((id) => id.trim());
  return {
    ...{ model, dictionaries: dictionaries.map((path) => resolve(path)), rows: await readRows(input, context, model) },
    count: input.integer('rows', { otherwise: 20_000, from: 2, to: 10_000_000 }),
    lossTokens: input.integer('loss-tokens', { otherwise: 1024, from: 0, to: 10_000_000 }),
    controls: controls.length === 1 && controls[0] === 'none' ? [] : controls,
    probing: input.text('probe') === undefined ? [] : (input.indices('probe')?.filter((k) => k > 0) ?? []),
    attributes: input.flag('attributes'),
    seed: readSeed(input),
    ...(weights === undefined ? {} : { weights }),
  };
}

/** Prompts where a task or a file is named, else text. */
async function readRows(input: Input, { client }: Context, model: string): Promise<Request['rows']> {
  if (input.text('task') === undefined && input.text('prompts') === undefined) {
    const { shape } = await client.info({ model });
    return { kind: 'text', texts: await readTexts(input, shape.context) };
  }
  const ofText = (['windows', 'length'] as const).find((name) => input.text(name) !== undefined);
  if (ofText !== undefined || input.texts('text').length > 0)
    input.fail(`--${ofText ?? 'text'} belongs to text`, { got: 'prompts' });
  return { kind: 'prompts', prompts: await readPrompts(input) };
}

interface Found extends ResultOf<'measureDictionaries'> {
  readonly header: Header;
  readonly rows: readonly MeasuredRow[];
  readonly probes: readonly ProbeRow[];
  readonly attributes: readonly AttributeRow[];
}

async function collected(request: Request, context: Context): Promise<Found> {
  const [rows, probes, attributes]: [MeasuredRow[], ProbeRow[], AttributeRow[]] = [[], [], []];
  let header: Header | null = null;
  const start = (options: CallOptions) => asRun(context, { call: 'measureDictionaries', request }, options);
  const result = await followed(context, 'measuring', start, (event) => {
    if (event.kind === 'start') ({ header } = event);
    if (event.kind === 'row') rows.push(event);
    if (event.kind === 'probe') probes.push(event);
    if (event.kind === 'attribute') attributes.push(event);
  });
  return { header: started(header), rows, probes, attributes, ...result };
}

function started(header: Header | null): Header {
  if (header === null) throw new RangeError('sae eval: ended without header');
  return header;
}

function describe({ header, rows, probes, attributes, seconds, warnings }: Found): string {
  const about = `${header.source}: ${rows[0]?.measures.rows ?? 0} rows; ${seconds.toFixed(1)} s\n${intervalsLine(rows)}`;
  const notes = [...header.notes.map((note) => `note: ${note}\n`), ...warnings.map((one) => `warning: ${one}\n`)];
  const tables = [
    formatTable(rowColumns, rows.map(rowCells)),
    ...(probes.length === 0 ? [] : [formatTable(probeColumns, probes.map(probeCells))]),
    ...(attributes.length === 0 ? [] : axes.map((axis) => axisTable(attributes, axis))),
  ];
  return [[about, ...notes].join(''), ...tables].join('\n');
}

/** What the brackets in the tables are. */
function intervalsLine(rows: readonly MeasuredRow[]): string {
  const windows = rows[0]?.measures.loss?.intervals?.windows;
  const over = windows === undefined ? '' : `; of loss over ${windows} windows, of fewer than ten too narrow`;
  return `[low, high]: 95 % over held-out prompts${over}\n`;
}

const axes = ['approximation', 'control', 'interpretability'] as const;

const right = (title: string): Column => ({ title, align: 'right' });

const rowColumns: readonly Column[] = [
  { title: 'dictionary' },
  right('FVU'),
  right('L0'),
  right('dead'),
  right('dense'),
  right('rank of x'),
  right('loss'),
  right('with x^'),
  right('with zero'),
  right('with mean'),
  right('recovered'),
  right('from the mean'),
  right('KL'),
];

function rowCells({ name, measures, effectiveRank }: MeasuredRow): string[] {
  const { unexplained, active, dead, dense, loss } = measures;
  return [
    ...[name, unexplained.toFixed(4), active.toFixed(2), String(dead), String(dense)],
    effectiveRank?.rows.toFixed(1) ?? '',
    ...(loss === null
      ? []
      : [
          ...[loss.clean, loss.reconstructed, loss.zero, loss.mean].map((nats) => nats.toFixed(4)),
          shareText(loss.recovered, loss.intervals?.recovered),
          shareText(loss.recoveredFromMean, loss.intervals?.recoveredFromMean),
          `${loss.kl.toFixed(4)}${ends(loss.intervals?.kl, (nats) => nats.toFixed(4))}`,
        ]),
  ];
}

type Interval = readonly [low: number, high: number] | null | undefined;

/** ` [0.81, 0.96]`; nothing where there is no interval. */
function ends(interval: Interval, written: (value: number) => string): string {
  return interval === null || interval === undefined ? '' : ` [${interval.map(written).join(', ')}]`;
}

/** `91.2 % [88.0, 93.9]` */
function shareText(value: number | null, interval: Interval): string {
  return value === null ? '' : `${percent(value)}${ends(interval, (end) => (100 * end).toFixed(1))}`;
}

const probeColumns: readonly Column[] = [
  { title: 'dictionary' },
  { title: 'attribute' },
  right('features'),
  right('accuracy'),
  right('all of x'),
  right('commonest'),
  right('prompts'),
];

function probeCells({ name, attribute, k, accuracy, full, chance, n, intervals }: ProbeRow): string[] {
  const shares = [
    shareText(accuracy, intervals?.accuracy),
    shareText(full, intervals?.full),
    shareText(chance, intervals?.chance),
  ];
  return [name, attribute, String(k), ...shares, String(n)];
}

/** A table of one axis: a row for each dictionary, attribute and number of features that are changed, a column for each measure. */
function axisTable(attributes: readonly AttributeRow[], axis: AttributeRow['axis']): string {
  const own = attributes.filter((row) => row.axis === axis).map(placed);
  const measures = [...new Set(own.map(({ measure }) => measure))];
  const places = new Map(own.map((row) => [row.place, row]));
  const hasBudgets = own.some(({ budget }) => budget !== '');
  const columns = [
    ...[{ title: axis }, { title: 'attribute' }, ...(hasBudgets ? [right('features')] : [])],
    ...[...measures.map(right), right('prompts')],
  ];
  const rows = [...places.values()].map(({ name, attribute, budget, place, n }) => [
    ...[name, attribute, ...(hasBudgets ? [budget] : [])],
    ...measures.map((measure) => {
      const found = own.find((row) => row.place === place && row.measure === measure);
      return found === undefined ? '' : `${found.value.toFixed(3)}${ends(found.interval, (end) => end.toFixed(2))}`;
    }),
    String(n),
  ]);
  return formatTable(columns, rows);
}

/** `edit success at 2 features` as `success` of 2 features. */
function placed(row: AttributeRow) {
  const [, measure = row.measure, budget = ''] = /^(?:edit|share) (\w+) at (\d+) features$/.exec(row.measure) ?? [];
  return { ...row, measure, budget, place: [row.name, row.attribute, budget].join('\n') };
}
