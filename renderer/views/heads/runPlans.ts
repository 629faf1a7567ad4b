/** What can be run from here over all heads: each as the job that it starts. */
import type { RequestOf } from '../../../engine/results/contract.ts';
import type { JobRequest, RunSummary } from '../../../engine/results/runs.ts';
import type { HeadMeasure } from '../../api/measuresOfRun.ts';
import type { AblationKind, MeasuredOn } from '../../state/workspace.ts';
import type { CellUnit } from '../../api/matrixCells.ts';

export type PlanGroup =
  'Behaviour' | 'Weights and direct parts' | 'Effects: run without it' | 'Estimates from gradients';

export interface RunPlan {
  readonly id: string;
  readonly title: string;
  readonly call: JobRequest['call'];
  /** Heading that it stands under. */
  readonly group: PlanGroup;
  /** Whose numbers it gives. */
  readonly of: CellUnit;
  /** `context`: tokens that the model can hold. */
  readonly job: (on: MeasuredOn, context: number) => JobRequest;
  /** Prompts that it runs over. */
  readonly prompts: (on: MeasuredOn) => number | null;
}

/** Sequences of random tokens: enough for an interval. */
const REPEATED = 32;

type Bos = Extract<RequestOf<'scores'>['prompts'], { readonly kind: 'repeated' }>['bos'];

function repeatedPlan(bos: Bos, title: string): RunPlan {
  return {
    id: bos === 'model' ? 'scores.repeated' : `scores.repeated.${bos}`,
    ...{ title, call: 'scores', group: 'Behaviour', of: 'head' },
    job: (on) => ({
      call: 'scores',
      request: { ...on, prompts: { kind: 'repeated', n: REPEATED, seed: on.seed, bos } },
    }),
    prompts: () => REPEATED,
  };
}

const scorePlans: readonly RunPlan[] = [
  repeatedPlan('model', 'Scores on repeated random tokens'),
  {
    ...{
      id: 'scores.prompts',
      title: 'Scores on the chosen prompts',
      call: 'scores',
      group: 'Behaviour',
      of: 'head',
    },
    job: (on) => ({ call: 'scores', request: on }),
    prompts: promptCount,
  },
];

/** Heads that rest on BOS have no place to rest without it: the two are different numbers. */
const bosPlans: readonly RunPlan[] = [
  repeatedPlan('with', 'Scores on repeated tokens, with BOS'),
  repeatedPlan('without', 'Scores on repeated tokens, without BOS'),
];

/** Sequences of tokens that come four times, windows for the prior's means: those of `headscope streaming`. */
const FOURFOLD = 4;
const WINDOWS = 8;

function streamingPlan(hasPrior: boolean): RunPlan {
  return {
    id: hasPrior ? 'streaming.prior' : 'streaming',
    title: hasPrior ? 'Streaming heads, and the prior of positions' : 'Streaming heads: echo and induction',
    ...{ call: 'streamingHeads', group: 'Behaviour', of: 'kv-group' },
    job: ({ model, weights, seed }, context) => ({
      call: 'streamingHeads',
      request: {
        ...{ model, n: FOURFOLD, keep: { echo: 0.01, induction: 0.14 }, seed },
        prior: hasPrior ? priorOf(context) : null,
        ...(weights === undefined ? {} : { weights }),
      },
    }),
    prompts: () => FOURFOLD,
  };
}

function priorOf(context: number): RequestOf<'streamingHeads'>['prior'] {
  const texts = { source: { kind: 'stories' }, n: WINDOWS, length: Math.min(512, context) } as const;
  return { texts, length: Math.min(500, context) };
}

/** Tokens drawn for what weights do token by token. */
const TOKENS = 256;

const weightsPlan: RunPlan = {
  id: 'weights',
  title: 'Scores of weights, without prompts',
  call: 'weightScores',
  group: 'Weights and direct parts',
  of: 'head',
  job: ({ model, weights, seed }) => ({
    call: 'weightScores',
    request: { model, tokens: TOKENS, seed, ...(weights === undefined ? {} : { weights }) },
  }),
  prompts: () => null,
};

const directLogitsPlan: RunPlan = {
  id: 'directLogits',
  title: 'Direct logits of every head',
  call: 'directLogits',
  group: 'Weights and direct parts',
  of: 'head',
  job: (on) => ({ call: 'directLogits', request: on }),
  prompts: promptCount,
};

function ablationPlan(ablation: AblationKind, of: CellUnit, title: string): RunPlan {
  return {
    id: `ablate.${ablation}.${of}`,
    title,
    call: 'ablate',
    group: 'Effects: run without it',
    of,
    job: (on) => ({ call: 'ablate', request: { ...on, ablation, unit: of } }),
    prompts: promptCount,
  };
}

type AttributionSettings = Pick<RequestOf<'attribute'>, 'method' | 'sites' | 'qkCorrection'>;

function attributionPlan(id: string, of: CellUnit, title: string, settings: AttributionSettings): RunPlan {
  return {
    id: `attribute.${id}`,
    title,
    call: 'attribute',
    group: 'Estimates from gradients',
    of,
    job: (on) => ({ call: 'attribute', request: { ...on, ...settings } }),
    prompts: promptCount,
  };
}

const headPlans: readonly RunPlan[] = [
  ablationPlan('zero', 'head', 'Zero ablation of every head'),
  ablationPlan('mean', 'head', 'Mean ablation of every head'),
  ablationPlan('resample', 'head', 'Resample ablation of every head'),
  ablationPlan('uniform', 'head', 'Uniform attention in every head'),
];

const groupPlans: readonly RunPlan[] = [
  ablationPlan('zero', 'kv-group', 'Zero ablation of every KV group'),
  ablationPlan('mean', 'kv-group', 'Mean ablation of every KV group'),
  ablationPlan('resample', 'kv-group', 'Resample ablation of every KV group'),
];

const attributionPlans: readonly RunPlan[] = [
  attributionPlan('atp', 'head', 'AtP estimate of every head', { method: 'atp' }),
  attributionPlan('integrated', 'head', 'Integrated gradients of every head', { method: 'integrated' }),
  attributionPlan('gradxact', 'head', 'Gradient × activation of every head', { method: 'gradxact' }),
  attributionPlan('taylor', 'head', 'Taylor magnitude of every head', { method: 'taylor' }),
];

/** AtP* of what heads read: q of each head, k and v of each KV group. */
const inputPlan = attributionPlan('qkv', 'kv-group', 'AtP* estimate of queries, keys and values', {
  method: 'atp',
  sites: ['q', 'k', 'v'],
  qkCorrection: true,
});

export interface PlannedModel {
  /** KV groups that heads share. */
  readonly hasGroups: boolean;
  /** A token that stands before texts. */
  readonly hasBos: boolean;
}

/** Those of a group stand together. */
export function runPlans({ hasGroups, hasBos }: PlannedModel): readonly RunPlan[] {
  const behaviour = [...scorePlans, ...(hasBos ? bosPlans : []), streamingPlan(false), streamingPlan(true)];
  const effects = [...headPlans, ...(hasGroups ? groupPlans : [])];
  return [...behaviour, weightsPlan, directLogitsPlan, ...effects, ...attributionPlans, inputPlan];
}

/** Null for a file, whose prompts are counted by the engine. */
function promptCount({ prompts }: MeasuredOn): number | null {
  return prompts.kind === 'task' ? prompts.n : null;
}

/**
 * Seconds by the newest finished run that did the same to the same model: its time per prompt, times the prompts. Null where
 * there is none to go by.
 */
export function estimateSeconds(
  plan: RunPlan,
  n: number | null,
  model: string,
  runs: readonly RunSummary[],
  list: readonly HeadMeasure[],
): number | null {
  if (n === null) return null;
  const isLike = (run: RunSummary) =>
    run.call === plan.call &&
    run.state === 'done' &&
    run.model?.path === model &&
    list.some((measure) => measure.run === run.id && (plan.call !== 'ablate' || measure.of === plan.of));
  const run = runs.find(isLike);
  if (run === undefined || run.prompts === null || run.prompts.n === 0) return null;
  return (run.seconds / run.prompts.n) * n;
}
