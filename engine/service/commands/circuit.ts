/** `headscope circuit`: which nodes carry a behaviour, by several methods on the same prompts, and what each ranking is worth. */
import { sizeAt } from '../../circuits/evaluation/budgets.ts';
import { writeCircuit } from '../../exports/circuit.ts';
import { foundCircuit } from '../../exports/foundCircuit.ts';
import { writeAtomically } from '../../files/writeAtomically.ts';
import type { CircuitHeader, CircuitRanking, CircuitRow } from '../../results/circuitBench.ts';
import type { CallOptions, RequestOf } from '../../results/index.ts';
import type { Baseline } from '../../results/taskReport.ts';
import type { SettingValue } from '../../terms/settings.ts';
import type { Input } from '../input.ts';
import { checkOutput } from '../output.ts';
import { asRun, projectOption } from './asRun.ts';
import type { CircuitsFound } from './circuitTables.ts';
import { describeCircuits } from './circuitTables.ts';
import type { Command, Context } from './command.ts';
import { planOf, promptOptions, readPrompts, readSeed } from './promptChoice.ts';
import { asJson, followed, jsonOption, modelRequest, openModel, weightsOption } from './shared.ts';

type Request = RequestOf<'circuit'>;

export const circuit: Command = {
  name: 'circuit',
  summary:
    'rank heads by several methods on the same prompts, and hold the rankings against exact effects and the model',
  usage: [
    'circuit MODEL (--task NAME [--n 64] [--option K=V ...] | --prompts F.jsonl) --methods A,B,... [--set METHOD.NAME=VALUE ...]',
    '       [--nodes heads|headsAndMlps] [--seeds 5] [--outside counterfactual|mean] [--reference R ...] [--budgets 0.1,0.5,1]',
    '       [--random 10] [--studied 0.1] [--permutations 200] [--sizes 5,10,25] [--out circuit.json [--by METHOD] [--share 0.1]] [--json]',
    'circuit --methods list',
  ],
  about: [
    'Methods rank nodes by their own runs and gradients (patching, ablation, atp, ig, gradxact), or by what heads write on positive and negative prompts; controls know next to nothing of the circuit, and a method that does no better than they do has found nothing. --methods list says what there is, with every setting.',
    'References: planted (circuit.json in the folder of the model), the id of a published circuit where the model is that model, and exact:SHARE, the share of nodes with the largest |exact resample effect|. Without --reference all that are to be had, with 5, 10 and 20 %. AUC is given twice: with ties counting half, and with ties and nodes without a score counting against the method. [low, high] behind AUC and AP is a 95 % interval over nodes, as if those in and outside the reference were drawn from many like them: how much a number of so few nodes is worth, not what other prompts would give.',
    'Circuits are run: the best nodes at every budget stay, everything else in the node set is replaced, all at once, by its value on the counterfactual prompt or its mean. CPR is the area under faithfulness over budgets, CMD the area from 1 (MIB), of the nodes by the size of their score, each with its 95 % interval over prompts. Equal scores are ordered by a draw from --seed, alike for all methods, so that no layer is favoured; a share of nodes is rounded down, as MIB does. heads: attention heads alone; MLPs, embedding and biases are never replaced.',
    'Seeded methods run --seeds times; their row is of the mean of their ranks, with the standard deviation of AUC over runs. circuit.json is the circuit of one method (the first, or --by) at a share of the nodes, at least one, the same nodes as in its curve, and says how ties were broken; headscope export writes others of a run that is kept.',
  ],
  examples: [
    'headscope circuit model.gguf --task ioi --n 100 --methods patching,atp,ig --out circuit.json',
    'headscope circuit model.gguf --task ioi --methods atp,gradxact --set atp.gradDrop=true --reference exact:0.1',
  ],
  options: {
    ...promptOptions,
    methods: {
      type: 'string',
      value: 'A,B',
      about: 'the methods, or list to see them; settings may stand behind one: "atp,atp gradDrop=true"',
    },
    set: { type: 'string', multiple: true, value: 'METHOD.NAME=VALUE', about: 'a setting of a method; repeatable' },
    nodes: { type: 'string', value: 'heads|headsAndMlps', about: 'what is ranked (default heads)' },
    seeds: { type: 'string', value: 'N', about: 'runs of each method that draws (default 5)' },
    outside: {
      type: 'string',
      value: 'counterfactual|mean',
      about: 'what takes the place of nodes outside a circuit (default counterfactual)',
    },
    reference: {
      type: 'string',
      multiple: true,
      value: 'R',
      about: 'planted, exact:SHARE, a published circuit, or none',
    },
    budgets: { type: 'string', value: 'S,S', about: 'shares of nodes (default those of MIB)' },
    random: { type: 'string', value: 'N', about: 'random circuits beside them (default 10)' },
    studied: {
      type: 'string',
      value: 'S',
      about: 'share whose circuit is studied for completeness and minimality (default 0: none)',
    },
    permutations: { type: 'string', value: 'N', about: 'shuffles of positive and negative prompts (default 0)' },
    sizes: {
      type: 'string',
      value: 'N,N',
      about: 'numbers of prompts to rank with again (default 5,10,25,50,100,250)',
    },
    metric: {
      type: 'string',
      value: 'M',
      about: 'logitDifference, probabilityDifference, rank or negativeLogLikelihood',
    },
    out: { type: 'string', value: 'circuit.json', about: "one method's circuit; never over a file that exists" },
    by: { type: 'string', value: 'METHOD', about: 'whose (default the first)' },
    share: { type: 'string', value: 'S', about: 'how many nodes, rounded down (default 0.1 of them)' },
    ...weightsOption,
    ...projectOption,
    ...jsonOption,
  },
  async run(input, context) {
    if (input.text('methods') === 'list') return listMethods(input, context);
    const request = await readRequest(input);
    const out = input.path('out');
    if (out !== undefined) await checkOutput(out);
    const share = input.number('share', { otherwise: 0.1, from: 0, to: 1 });
    const by = input.text('by') ?? request.methods[0]?.id ?? '';
    await openModel(context, { ...modelRequest(input), ...planOf(request.prompts) });
    const found = await collected(request, context);
    for (const warning of found.warnings) await context.stderr.write(`warning: ${warning}\n`);
    await context.stdout.write(input.flag('json') ? asJson(found) : describeCircuits(found));
    if (out === undefined) return 0;
    await writeAtomically(out, [Buffer.from(writeCircuit(circuitOf(found, by, share, input)))]);
    await context.stderr.write(`written: ${out}\n`);
    return 0;
  },
};

async function collected(request: Request, context: Context): Promise<CircuitsFound> {
  const rows: CircuitRow[] = [];
  const begun: { header?: CircuitHeader; baseline?: Baseline } = {};
  const start = (options: CallOptions) => asRun(context, { call: 'circuit', request }, options);
  const result = await followed(context, 'ranking', start, (event) => {
    if (event.kind === 'start') begun.header = event.header;
    if (event.kind === 'baseline') begun.baseline = event.baseline;
    if (event.kind === 'row') rows.push(event);
  });
  const { header, baseline } = begun;
  if (header === undefined || baseline === undefined) throw new RangeError('circuit: ended without its start');
  return { header, baseline, rows, ...result };
}

function circuitOf({ header, rows }: CircuitsFound, by: string, share: number, input: Input) {
  const ranking = rows.find(
    (row): row is CircuitRanking => row.of === 'ranking' && row.method === by && typeof row.seed !== 'number',
  );
  const known = [...new Set(rows.flatMap((row) => (row.of === 'ranking' ? [row.method] : [])))];
  if (ranking === undefined) return input.fail('--by', { expected: known.join(', '), got: by });
  return foundCircuit(header, ranking, Math.max(1, sizeAt(share, header.nodes.length)));
}

async function readRequest(input: Input): Promise<Request> {
  const named = input.required('methods').split(',');
  const metric = input.choice('metric', ['logitDifference', 'probabilityDifference', 'rank', 'negativeLogLikelihood']);
  const references = readReferences(input);
  const [budgets, sizes] = [numbers(input, 'budgets'), numbers(input, 'sizes')];
  return {
    ...modelRequest(input),
    prompts: await readPrompts(input),
    methods: readMethods(input, named),
    nodes: input.choice('nodes', ['heads', 'headsAndMlps']) ?? 'heads',
    seeds: input.integer('seeds', { otherwise: 5, from: 1, to: 1000 }),
    outside: input.choice('outside', ['counterfactual', 'mean']) ?? 'counterfactual',
    random: input.integer('random', { otherwise: 10, from: 0, to: 1000 }),
    studied: input.number('studied', { otherwise: 0, from: 0, to: 1 }),
    permutations: input.integer('permutations', { otherwise: 0, from: 0, to: 10_000 }),
    seed: readSeed(input),
    ...(metric === undefined ? {} : { metric }),
    ...(references === undefined ? {} : { references }),
    ...(budgets === undefined ? {} : { budgets }),
    ...(sizes === undefined ? {} : { sizes }),
  };
}

/** Undefined: all that are to be had. */
function readReferences(input: Input): Request['references'] {
  const texts = input.texts('reference');
  if (texts.includes('none')) {
    return texts.length === 1 ? [] : input.fail('--reference', { expected: 'none alone', got: texts.join(', ') });
  }
  return texts.length === 0 ? undefined : texts.map((text) => readReference(input, text));
}

function readReference(input: Input, text: string): NonNullable<Request['references']>[number] {
  if (text === 'planted') return { kind: 'planted' };
  const share = /^exact:(\d*\.?\d+)$/.exec(text)?.[1];
  if (share === undefined) return { kind: 'published', id: text };
  const value = Number(share);
  if (value > 0 && value <= 1) return { kind: 'exact', share: value };
  return input.fail('--reference', { expected: 'exact:0.1, a share up to 1', got: text });
}

function numbers(input: Input, name: 'budgets' | 'sizes'): number[] | undefined {
  return input
    .text(name)
    ?.split(',')
    .map((text) => {
      const value = Number(text);
      return text.trim() !== '' && Number.isFinite(value)
        ? value
        : input.fail(`--${name}`, { expected: 'numbers with commas between them', got: text });
    });
}

/** Each method with what `--set` says of it, and what stands behind its id: `discrete-sae headScale=zScore`. */
function readMethods(input: Input, named: readonly string[]): Request['methods'] {
  const methods = named.map((text) => {
    const [id = '', ...own] = text.trim().split(/\s+/);
    return { id, own: own.map((setting) => readOwnSetting(input, setting)) };
  });
  const ids = methods.map(({ id }) => id);
  const given = input.texts('set').map((text) => {
    const [, id = '', name = '', value = ''] =
      /^([\w-]+)\.(\w+)=(.+)$/.exec(text) ?? input.fail('--set', { expected: 'METHOD.NAME=VALUE', got: text });
    if (!ids.includes(id)) input.fail('--set', { expected: `a setting of ${ids.join(', ')}`, got: text });
    return { id, name, value: settingOf(value) };
  });
  return methods.map(({ id, own }) => {
    const ofAll = given.filter((one) => one.id === id);
    return { id, settings: Object.fromEntries([...ofAll, ...own].map(({ name, value }) => [name, value])) };
  });
}

function readOwnSetting(input: Input, text: string): { readonly name: string; readonly value: SettingValue } {
  const [, name = '', value = ''] =
    /^(\w+)=(.+)$/.exec(text) ?? input.fail('--methods', { expected: 'METHOD NAME=VALUE', got: text });
  return { name, value: settingOf(value) };
}

function settingOf(text: string): SettingValue {
  if (text === 'true' || text === 'false') return text === 'true';
  const values = text.split(',').map(Number);
  if (values.some((value) => !Number.isFinite(value))) return text;
  const [only = NaN, ...more] = values;
  return more.length === 0 ? only : values;
}

async function listMethods(input: Input, { client, stdout }: Context): Promise<number> {
  const found = await client.circuitMethods({});
  const lines = found.methods.flatMap(({ id, title, role, nodes, about, source, settings }) => [
    `${id}  ${title} (${role}; ${nodes.join(', ')})`,
    `  ${about}`,
    `  source: ${source}`,
    ...settings.map((setting) => `  --set ${id}.${setting.name}=${JSON.stringify(setting.default)}  ${setting.about}`),
    '',
  ]);
  const references = found.references.map(({ id, title, model }) => `${id}  ${title} (${model})`);
  const text = [...lines, 'published circuits:', ...references].join('\n');
  await stdout.write(input.flag('json') ? asJson(found) : `${text}\n`);
  return 0;
}
