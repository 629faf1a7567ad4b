/** `headscope plan`: which heads can go, in which order. */
import { writeHeads } from '../../exports/heads.ts';
import type { PlanRecord } from '../../exports/planHeads.ts';
import { planHeads } from '../../exports/planHeads.ts';
import { writeAtomically } from '../../files/writeAtomically.ts';
import type { CallOptions, EventOf, RequestOf, ResultOf } from '../../results/index.ts';
import type { HeadTable } from '../../results/importedScores.ts';
import type { CurvePoint } from '../../results/pruneCurve.ts';
import type { PlanStep, PruneBudget } from '../../results/prunePlan.ts';
import type { Input } from '../input.ts';
import { checkOutput } from '../output.ts';
import type { Column } from '../table.ts';
import { formatTable, interval, signed } from '../table.ts';
import { unitName } from '../unitName.ts';
import { version } from '../version.ts';
import { asRun, projectOption } from './asRun.ts';
import type { Command, Context } from './command.ts';
import { readHeadTable, valuesIn } from './headTables.ts';
import { asJson, followed, jsonOption, modelRequest, openModel, weightsOption } from './shared.ts';
import { readTexts, textOptions } from './textChoice.ts';

type Request = RequestOf<'prunePlan'>;
type Info = ResultOf<'info'>;

export const plan: Command = {
  name: 'plan',
  summary: 'plan which heads go: greedily by the loss on text, beside random plans, with a curve',
  usage: [
    'plan MODEL (--heads N | --parameters N | --kv-bytes N | --loss X) [--unit kv-group|head] [--text F ...] [--windows 32] [--length 256]',
    '     [--costs F[#ID]] [--retrieval F[#ID]] [--induction F[#ID]] [--pin L0H1,L2H3] [--min 1] [--rescore 5] [--draws 10] [--seed 0]',
    '     [--curve [--points K,K] [--task NAME]] --out heads.json',
  ],
  about: [
    'The unit that costs least goes first; after every 5 removals the cheapest fifth of what is left is measured anew, for heads stand in for each other. A cost is the rise of the loss on text without the unit, or what --costs says: any file about heads that has an end worth keeping, ours or of another tool; then measuring anew only changes the order among the cheapest.',
    'Budgets are the most that may go: query heads, weights, bytes of keys and values a token (float32), or the most that the loss may rise, in nats a token.',
    'Heads with a retrieval score of 0.1 or more (--retrieval) and an induction score above 0.4 (--induction) stay, and those of --pin; a group stays with any of its heads. Every layer keeps --min units; 0 lets a layer lose all.',
    'At least 10 random plans that remove as many units of each layer, other ones where there are enough and none that stay, are measured beside it. --curve measures loss, KL and task against the number of units removed, for the plan and for random orders.',
    'heads.json holds plan, expected sizes, evaluation, and which programs can run the result; headscope prune takes it.',
  ],
  examples: [
    'headscope plan model.gguf --heads 30 --text corpus.txt --out heads.json',
    'headscope plan model.gguf --unit head --loss 0.05 --retrieval scores.json --curve --out heads.json',
  ],
  options: {
    heads: { type: 'string', value: 'N', about: 'most query heads that go' },
    parameters: { type: 'string', value: 'N', about: 'most weights that go' },
    'kv-bytes': { type: 'string', value: 'N', about: 'most bytes of keys and values of a token that go' },
    loss: { type: 'string', value: 'X', about: 'most that the loss may rise, in nats a token' },
    unit: { type: 'string', value: 'kv-group|head', about: 'what goes at a time (default kv-group)' },
    ...textOptions,
    costs: { type: 'string', value: 'F', about: 'costs by another criterion; F#ID picks one of several' },
    retrieval: { type: 'string', value: 'F', about: 'retrieval scores' },
    induction: { type: 'string', value: 'F', about: 'induction scores' },
    pin: { type: 'string', value: 'L0H1,L2G0', about: 'heads or groups that stay' },
    min: { type: 'string', value: 'N', about: 'units that every layer keeps (default 1)' },
    rescore: { type: 'string', value: 'N', about: 'removals between two measurements, 0 for none (default 5)' },
    draws: { type: 'string', value: 'N', about: 'random plans, at least 10 (default 10)' },
    curve: { type: 'boolean', about: 'measure the curve too' },
    points: { type: 'string', value: 'K,K', about: 'units removed at its points (default: 20 along the plan)' },
    task: { type: 'string', value: 'NAME', about: 'a task on the curve' },
    seed: { type: 'string', value: 'N', about: 'of text, random plans and bootstrap (default 0)' },
    out: { type: 'string', value: 'heads.json', about: 'write head-importance with the plan; never over a file' },
    ...weightsOption,
    ...projectOption,
    ...jsonOption,
  },
  async run(input, context) {
    const out = input.path('out') ?? input.fail('--out is missing', { expected: 'a file for the plan' });
    await checkOutput(out);
    const info = await context.client.info({ model: input.model() });
    const request = await readRequest(input, info, context);
    await openModel(context, modelRequest(input));
    const planned = await collected(request, context);
    const curve = input.flag('curve') ? await measuredCurve(request, planned, input, context) : [];
    const record = { ...planned, curve, created: new Date().toISOString(), version };
    const file = planHeads(record);
    await writeAtomically(out, [Buffer.from(writeHeads(file))]);
    for (const warning of planned.plan.warnings) await context.stderr.write(`warning: ${warning}\n`);
    await context.stdout.write(input.flag('json') ? asJson(file) : `${describe(record)}${out}\n`);
    return 0;
  },
};

async function readRequest(input: Input, info: Info, context: Context): Promise<Request> {
  const unit = input.choice('unit', ['kv-group', 'head']) ?? 'kv-group';
  const every = input.integer('rescore', { otherwise: 5, from: 0 });
  const costs = input.text('costs');
  return {
    ...{ ...modelRequest(input), unit, texts: await readTexts(input, info.shape.context) },
    ...(costs === undefined ? {} : { costs: await readCosts(costs, unit, info, context) }),
    protect: {
      pinned: pinned(input, unit, info),
      retrieval: await behaviour(input.text('retrieval'), 'retrieval scores', info, context),
      induction: await behaviour(input.text('induction'), 'induction scores', info, context),
    },
    minPerLayer: input.integer('min', { otherwise: 1, from: 0, to: 1024 }),
    budget: readBudget(input),
    rescore: every === 0 ? null : { every, share: 0.2 },
    draws: input.integer('draws', { otherwise: 10, from: 10, to: 1000 }),
    seed: input.integer('seed', { otherwise: 0, from: Number.MIN_SAFE_INTEGER }),
  };
}

const budgets = { heads: 'heads', parameters: 'parameters', 'kv-bytes': 'kvBytes' } as const;

function readBudget(input: Input): PruneBudget {
  const name = input.oneOf(['heads', 'parameters', 'kv-bytes', 'loss']);
  if (name === 'loss') return { kind: 'loss', atMost: input.number('loss', { otherwise: 0, from: 0 }) };
  const kind = budgets[name as keyof typeof budgets];
  return { kind, atMost: input.integer(name, { otherwise: 1, from: 1 }) };
}

async function readCosts(
  text: string,
  unit: Request['unit'],
  info: Info,
  context: Context,
): Promise<NonNullable<Request['costs']>> {
  const fits = (table: HeadTable) => table.unit === unit && table.direction !== null && table.kind !== 'selection';
  const table = await readHeadTable(text, info, context, { what: `costs of ${unit}s`, fits });
  const sign = table.direction === 'higher_keeps' ? 1 : -1;
  return {
    name: table.id,
    family: familyOf(table),
    values: valuesIn(table).map(({ value, ...place }) => ({ ...place, value: sign * value })),
  };
}

/** How much a unit may hold says how much its cache may be shortened. */
function familyOf({ kind }: HeadTable): NonNullable<Request['costs']>['family'] {
  return kind === 'budget' || kind === 'selection' ? 'compress' : kind;
}

async function behaviour(
  text: string | undefined,
  what: string,
  info: Info,
  context: Context,
): Promise<Request['protect']['retrieval']> {
  if (text === undefined) return [];
  const table = await readHeadTable(text, info, context, { what, fits: ({ unit }) => unit === 'head' });
  return valuesIn(table).map(({ layer, index, value }) => ({ layer, head: index, value }));
}

/** `L0H1` and, where groups go, `L0G1`; a head stands for its group there. */
function pinned(input: Input, unit: Request['unit'], { shape }: Info): Request['protect']['pinned'] {
  const text = input.text('pin');
  if (text === undefined) return [];
  return text.split(',').map((name) => {
    const [, layer, kind, index] = /^L(\d{1,6})([HG])(\d{1,6})$/.exec(name.trim()) ?? [];
    const fits = kind === 'H' || (kind === 'G' && unit === 'kv-group');
    if (layer === undefined || !fits) {
      return input.fail('--pin', { expected: unit === 'head' ? 'heads such as L0H1' : 'L0H1 or L0G1', got: name });
    }
    const perGroup = shape.heads / shape.kvHeads;
    const at = unit === 'kv-group' && kind === 'H' ? Math.floor(Number(index) / perGroup) : Number(index);
    if (Number(layer) < shape.layers && at < (unit === 'head' ? shape.heads : shape.kvHeads)) {
      return { layer: Number(layer), index: at };
    }
    return input.fail('--pin', { expected: 'a unit of the model', got: name });
  });
}

type Planned = Omit<PlanRecord, 'curve' | 'created' | 'version'>;

async function collected(request: Request, context: Context): Promise<Planned> {
  const steps: PlanStep[] = [];
  const random: Extract<EventOf<'prunePlan'>, { kind: 'random' }>[] = [];
  const first: {
    header?: PlanRecord['header'];
    costs?: Extract<EventOf<'prunePlan'>, { kind: 'costs' }>;
    pruned?: Planned['pruned'];
  } = {};
  const start = (options: CallOptions) => asRun(context, { call: 'prunePlan', request }, options);
  const result = await followed(context, 'planning', start, (event) => {
    if (event.kind === 'start') first.header = event.header;
    else if (event.kind === 'costs') first.costs = event;
    else if (event.kind === 'plan') first.pruned = event;
    else if (event.kind === 'step') steps.push(event);
    else if (event.kind === 'random') random.push(event);
  });
  const { header, costs, pruned } = first;
  if (header === undefined || costs === undefined || pruned === undefined) throw new RangeError('the plan ended early');
  const { name: criterion, family, loss } = costs;
  return { header, plan: result, criterion, family, costs: costs.costs, loss, steps, pruned, random };
}

/** At most this many points beside 0, where none are named. */
const POINTS = 20;

/** Numbers of units removed, none among them; a plan may end before a number that was asked for. */
function curvePoints(input: Input, removed: number): readonly number[] {
  const asked = input.text('points');
  if (asked === undefined) {
    const count = Math.min(POINTS, removed);
    return [0, ...Array.from({ length: count }, (_, i) => Math.round(((i + 1) * removed) / count))];
  }
  const points = asked.split(',').map((part) => {
    if (/^\s*\d{1,6}\s*$/.test(part)) return Number(part);
    return input.fail('--points', { expected: 'numbers of units such as 5,10,20', got: part });
  });
  return [0, ...points.filter((point) => point <= removed)];
}

async function measuredCurve(
  { model, weights, texts, unit, draws, seed, costs, protect, minPerLayer, rescore }: Request,
  { steps, plan: planned }: Planned,
  input: Input,
  context: Context,
): Promise<CurvePoint[]> {
  const order = steps.map(({ layer, index }) => ({ layer, index }));
  const points = curvePoints(input, order.length);
  const task = input.text('task');
  const asked: RequestOf<'pruneCurve'> = {
    ...{ model, unit, order, points, draws, texts, seed },
    kept: planned.protected.map(({ layer, index }) => ({ layer, index })),
    basis: { ...(costs === undefined ? {} : { costs }), protect, minPerLayer, rescore },
    ...(weights === undefined ? {} : { weights }),
    ...(task === undefined ? {} : { task: { kind: 'task', task, n: 64, seed } }),
  };
  const found: CurvePoint[] = [];
  const start = (options: CallOptions) => asRun(context, { call: 'pruneCurve', request: asked }, options);
  await followed(context, 'measuring the curve', start, (event) => {
    if (event.kind === 'point') found.push(event);
  });
  return found;
}

const columns: readonly Column[] = [
  { title: 'step', align: 'right' },
  { title: 'unit' },
  { title: 'cost', align: 'right' },
  { title: 'rise of the loss', align: 'right' },
  { title: 'all so far', align: 'right' },
];

const stops: Readonly<Record<PlanRecord['plan']['stopped'], string>> = {
  budget: 'the budget',
  minimum: 'the minimum of each layer',
  order: 'the end of the order',
};

/** Steps in full up to this many; of more the first and the last half. */
const SHOWN = 40;

function describe({ plan: made, steps, pruned, random, criterion }: PlanRecord): string {
  const rows = steps.map(({ step, layer, index, cost, delta, cumulative }) => {
    const name = unitName(made.unit === 'head' ? { layer, head: index } : { layer, kvGroup: index });
    return [`${step + 1}`, name, signed(cost), signed(delta), signed(cumulative)];
  });
  const shown = rows.length <= SHOWN ? rows : [...rows.slice(0, SHOWN / 2), ...rows.slice(-SHOWN / 2)];
  const worse = random.filter(({ change }) => change.mean > pruned.change.mean).length;
  const [low, high] = [Math.min, Math.max].map((end) => end(...random.map(({ change }) => change.mean)));
  return [
    `Greedy by ${criterion}, stopped by ${stops[made.stopped]}:`,
    formatTable(columns, shown),
    `loss ${signed(pruned.change.mean)} ${interval(pruned.change.interval)} nats a token, KL ${pruned.kl.mean.toFixed(4)}`,
    `random plans: ${signed(low ?? NaN)} to ${signed(high ?? NaN)}; ${worse} of ${random.length} are worse than the plan`,
    `weights ${made.before.parameters.toLocaleString('en-US')} -> ${made.after.parameters.toLocaleString('en-US')}, keys and values of a token ${made.before.kvBytesPerToken} -> ${made.after.kvBytesPerToken} bytes`,
    ...made.legal.map(({ target, ok, reason }) => `${ok ? 'yes' : 'no '}  ${target}: ${reason}`),
    '',
  ].join('\n');
}
