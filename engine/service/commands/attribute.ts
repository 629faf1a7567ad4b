/** `headscope attribute`: what replacing each unit would change, estimated from gradients. */
import { attributionCsv } from '../../exports/attributionCsv.ts';
import { attributionHeads } from '../../exports/attributionHeads.ts';
import type { AttributionRecord } from '../../exports/exportFormat.ts';
import type { HeadsFile } from '../../exports/headsSchema.ts';
import { requireSameModel } from '../../exports/heads.ts';
import { attributionMethod, attributionSite } from '../../results/attribution.ts';
import type { CallOptions, RequestOf } from '../../results/index.ts';
import { attributionSettings } from '../attributionSettings.ts';
import type { Input } from '../input.ts';
import { describeAttribution } from './attributionTables.ts';
import type { Command } from './command.ts';
import { collectAndWrite, outputOptions, readNamedHeads, readOutputs } from './effectsRun.ts';
import { asRun, projectOption } from './asRun.ts';
import { planOf, promptOptions, readPrompts, readSeed } from './promptChoice.ts';
import { jsonOption, modelRequest, openModel, weightsOption } from './shared.ts';

export const attribute: Command = {
  name: 'attribute',
  summary: 'estimate what replacing every head would change, from gradients',
  usage: [
    'attribute MODEL (--task NAME [--n 64] [--seed 0] [--option K=V ...] | --prompts F.jsonl) --method atp|taylor|gradxact|integrated',
    '       [--sites z,headWrite,mlpOut,residPre,q,k,v] [--steps 5] [--qk-correction] [--grad-drop] [--granularity token|example]',
    '       [--metric M] [--out heads.json [--into F]] [--against F] [--csv F] [--json]',
  ],
  about: [
    'An estimate of every effect from one gradient a prompt, where headscope ablate runs the model once a unit. It is to first order: where the metric bends (a saturated softmax, a backup head) it is wrong, and only ablation says so. All but magnitudes have the sign of edited minus clean.',
    'atp: (corrupt - clean) . gradient at the clean run, summed over positions; estimates resample ablation. integrated: the same with the gradient averaged over --steps runs whose embeddings go from the corrupt to the clean ones (Hanna et al. 2024). Both need prompts with a corrupt one.',
    'gradxact: -value . gradient; estimates zero ablation. taylor: |d metric / d gate| with a gate of 1 on the unit (Michel et al. 2019), a magnitude; --granularity says of what the absolute value is taken: of each example (default), or of each token and then summed.',
    'Units: heads at z, headWrite and q; key-value groups at k and v; MLPs at mlpOut; the stream before each layer at residPre. AtP* (Kramar et al. 2024), for atp: --qk-correction takes q and k through the softmax instead of its gradient; --grad-drop gives, for every unit, the mean magnitude over gradients that each pass one layer by.',
    'Where heads.json of --into or --against holds the ablation that is estimated, on the same prompts, Pearson and Spearman over all units are printed with the five units that are farthest apart. taylor and --grad-drop are compared with absolute values, and by rank.',
    'Can the model do the task at all? That is printed first: effects on a behaviour that a model lacks are noise.',
  ],
  examples: [
    'headscope ablate model.gguf --task ioi --kind resample --out exact.json',
    'headscope attribute model.gguf --task ioi --method atp --out heads.json --into exact.json',
    'headscope attribute model.gguf --task ioi --method integrated --steps 10 --sites z,mlpOut --against exact.json',
  ],
  options: {
    ...promptOptions,
    method: { type: 'string', value: 'atp|taylor|gradxact|integrated', about: 'how the effect is estimated' },
    sites: { type: 'string', value: 'A,B', about: `where: ${attributionSite.options.join(', ')} (default z)` },
    steps: {
      type: 'string',
      value: 'N',
      about: 'runs between the corrupt and the clean prompt (integrated; default 5)',
    },
    'qk-correction': { type: 'boolean', about: 'queries and keys through the softmax (atp)' },
    'grad-drop': { type: 'boolean', about: 'magnitudes over gradients that pass one layer by (atp)' },
    granularity: { type: 'string', value: 'token|example', about: 'of the absolute value (taylor; default example)' },
    metric: { type: 'string', value: 'M', about: 'logitDifference, probabilityDifference or negativeLogLikelihood' },
    ...outputOptions,
    against: { type: 'string', value: 'F', about: 'heads.json with exact ablation to compare with (default: --into)' },
    ...weightsOption,
    ...projectOption,
    ...jsonOption,
  },
  async run(input, context) {
    const request = await readRequest(input);
    attributionSettings(request);
    const outputs = await readOutputs(input);
    const path = input.path('against');
    const against = path === undefined ? null : await readNamedHeads(path);
    await openModel(context, { ...modelRequest(input), ...planOf(request.prompts) });
    const form = {
      what: `attributing (${request.method})`,
      start: (options: CallOptions) => asRun(context, { call: 'attribute', request }, options),
      headsFile: attributionHeads,
      csv: attributionCsv,
      describe: (record: AttributionRecord) => describeAttribution(record, against ?? outputs.into),
      check: (empty: HeadsFile) => {
        if (against !== null) requireSameModel(against.file, empty, against.name);
      },
    };
    return collectAndWrite(form, outputs, context);
  },
};

type Request = RequestOf<'attribute'>;

async function readRequest(input: Input): Promise<Request> {
  const method =
    input.choice('method', attributionMethod.options) ??
    input.fail('--method is missing', { expected: `one of ${attributionMethod.options.join(', ')}` });
  const metric = input.choice('metric', ['logitDifference', 'probabilityDifference', 'rank', 'negativeLogLikelihood']);
  const granularity = input.choice('granularity', ['token', 'example']);
  const steps = input.text('steps') === undefined ? undefined : readSteps(input);
  const sites = readSites(input);
  return {
    ...modelRequest(input),
    prompts: await readPrompts(input),
    method,
    seed: readSeed(input),
    qkCorrection: input.flag('qk-correction'),
    gradDrop: input.flag('grad-drop'),
    ...(sites === undefined ? {} : { sites }),
    ...(steps === undefined ? {} : { steps }),
    ...(granularity === undefined ? {} : { granularity }),
    ...(metric === undefined ? {} : { metric }),
  };
}

function readSteps(input: Input): number {
  return input.integer('steps', { otherwise: 5, from: 1, to: 1000 });
}

function readSites(input: Input): Request['sites'] {
  return input
    .text('sites')
    ?.split(',')
    .map((name) => {
      const site = attributionSite.options.find((one) => one === name.trim());
      return site ?? input.fail('--sites', { expected: `some of ${attributionSite.options.join(',')}`, got: name });
    });
}
