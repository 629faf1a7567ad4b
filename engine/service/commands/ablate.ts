/** `headscope ablate`: the causal importance of every head. */
import { ablationCsv } from '../../exports/ablationCsv.ts';
import type { AblationRecord } from '../../exports/exportFormat.ts';
import { headsFile } from '../../exports/heads.ts';
import type { AblatedUnit } from '../../results/ablation.ts';
import type { CallOptions, RequestOf } from '../../results/index.ts';
import type { Input } from '../input.ts';
import type { Column } from '../table.ts';
import { formatTable, interval, signed } from '../table.ts';
import { readTextFile } from '../textFile.ts';
import { unitName } from '../unitName.ts';
import type { Command } from './command.ts';
import { collectAndWrite, outputOptions, readOutputs } from './effectsRun.ts';
import { asRun, projectOption } from './asRun.ts';
import { planOf, promptOptions, readPrompts, readSeed } from './promptChoice.ts';
import { jsonOption, modelRequest, openModel, weightsOption } from './shared.ts';

export const ablate: Command = {
  name: 'ablate',
  summary: 'remove every head in turn and measure what changes',
  usage: [
    'ablate MODEL (--task NAME [--n 64] [--seed 0] [--option K=V ...] | --prompts F.jsonl) [--kind zero|mean|resample] [--unit head|kv-group|layer|mlp]',
    '       [--metric M] [--reference F.jsonl] [--align end] [--out heads.json [--into F]] [--csv F] [--json]',
  ],
  about: [
    'The effect is the metric with the unit removed minus the clean metric: mean over prompts, standard error, 95 % bootstrap interval, n; KL is from the clean next-token distribution.',
    "zero puts 0 in the unit's place, mean its per-position mean over the run's own clean prompts (or --reference), resample its value on the corrupted prompt. Unit layer is attention and MLP together.",
    'Can the model do the task at all? That is printed first: effects on a behaviour that a model lacks are noise.',
    'A prompt file has one JSON object a line: text or ids; answer or answerId (or a list), wrong or wrongId (or a list); optional corrupt or corruptIds. Its metric is logitDifference at the last position unless --metric says otherwise.',
    'Ctrl-C keeps what is done: the files are written with a warning that says how many units they hold.',
  ],
  examples: [
    'headscope ablate model.gguf --task ioi --kind zero --out heads.json',
    'headscope ablate model.gguf --prompts pairs.jsonl --kind resample --unit kv-group --csv groups.csv',
  ],
  options: {
    ...promptOptions,
    kind: { type: 'string', value: 'zero|mean|resample', about: 'what takes the place of the unit (default zero)' },
    unit: { type: 'string', value: 'head|kv-group|layer|mlp', about: 'what is removed at a time (default head)' },
    metric: {
      type: 'string',
      value: 'M',
      about: 'logitDifference, probabilityDifference, rank or negativeLogLikelihood',
    },
    reference: { type: 'string', value: 'F.jsonl', about: 'prompts over which the mean is taken' },
    align: { type: 'string', value: 'end', about: 'count positions from the end, for a mean over unequal lengths' },
    ...outputOptions,
    ...weightsOption,
    ...projectOption,
    ...jsonOption,
  },
  async run(input, context) {
    const request = await readRequest(input);
    const outputs = await readOutputs(input);
    await openModel(context, { ...modelRequest(input), ...planOf(request.prompts) });
    const form = {
      what: `ablating (${request.ablation})`,
      start: (options: CallOptions) => asRun(context, { call: 'ablate', request }, options),
      ...{ headsFile, describe, csv: ablationCsv },
    };
    return collectAndWrite(form, outputs, context);
  },
};

type Request = RequestOf<'ablate'>;

async function readRequest(input: Input): Promise<Request> {
  const metric = input.choice('metric', ['logitDifference', 'probabilityDifference', 'rank', 'negativeLogLikelihood']);
  const ablation = input.choice('kind', ['zero', 'mean', 'resample']) ?? 'zero';
  const reference = input.path('reference');
  const align = input.choice('align', ['end']);
  if (ablation !== 'mean' && (reference ?? align) !== undefined) {
    input.fail('--reference and --align belong to --kind mean', { got: `--kind ${ablation}` });
  }
  return {
    ...modelRequest(input),
    prompts: await readPrompts(input),
    ablation,
    unit: input.choice('unit', ['head', 'kv-group', 'layer', 'mlp']) ?? 'head',
    seed: readSeed(input),
    ...(metric === undefined ? {} : { metric }),
    ...(reference === undefined ? {} : { reference: await readTextFile(reference) }),
    ...(align === undefined ? {} : { align }),
  };
}

/** Units in a table in full up to this many; otherwise the first and last ten. */
const SHOWN = 10;

function describe(record: AblationRecord): string {
  const { header, baseline, units } = record;
  const { sequences } = header.calibration;
  const about = `${header.ablation} ablation of ${units.length} of ${header.units} units (${header.unit}) on ${sequences} prompts, ${record.seconds.toFixed(1)} s`;
  const sign = baseline.direction === 'higher' ? 1 : -1;
  const order = [...units].sort((a, b) => sign * (a.effect.mean - b.effect.mean) || a.layer - b.layer);
  const tables =
    order.length <= 2 * SHOWN
      ? [['From what hurts most to what helps most when removed', order] as const]
      : [
          ['Removing these hurts most', order.slice(0, SHOWN)] as const,
          ['Removing these helps most', order.slice(-SHOWN).reverse()] as const,
        ];
  const sections = tables.map(([title, rows]) => `${title}:\n${formatTable(columns, rows.map(unitRow))}`);
  return [`${about}\n`, ...sections].join('\n');
}

const columns: readonly Column[] = [
  { title: 'unit' },
  { title: 'effect', align: 'right' },
  { title: '95 % interval' },
  { title: 'std. error', align: 'right' },
  { title: 'KL', align: 'right' },
  { title: 'n', align: 'right' },
];

function unitRow({ effect, kl, ...unit }: AblatedUnit): string[] {
  return [
    unitName(unit),
    signed(effect.mean),
    effect.n < 2 ? 'unknown' : interval(effect.interval),
    effect.n < 2 ? '' : effect.standardError.toFixed(3),
    kl.mean.toFixed(4),
    `${effect.n}`,
  ];
}
