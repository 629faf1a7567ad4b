/** The calls that run as jobs: what each is called, what it needs, and how it goes on after it was stopped. */
import { basename } from 'node:path';
import type { EventOf, RequestOf } from '../../results/index.ts';
import type { JobCall, JobRequest, RunSummary } from '../../results/runs.ts';

/**
 * `rows`: told how many units are known, the call measures the others, to the same numbers.
 * `known`: given the units so far as `known`, the call goes on after them.
 * `state`: the call is given the last unit, which holds all that it goes on from.
 * `checkpoint`: the call keeps its own, and says after which step it goes on.
 * `restart`: it begins again, and what it gave before is dropped.
 */
export type Resumption = 'rows' | 'known' | 'state' | 'checkpoint' | 'restart';

type ModelUse =
  /** Computes with the model in memory, and so waits while that is another one. */
  | 'resident'
  /** Reads its files only. */
  | 'files'
  | 'none';

interface JobKind<C extends JobCall> {
  readonly model: ModelUse;
  title(request: RequestOf<C>): string;
  prompts(request: RequestOf<C>): RunSummary['prompts'];
  resumption(request: RequestOf<C>): Resumption;
  /** Kind of event that is one unit of `done`; null where the call can't be told. */
  readonly unit: EventOf<C>['kind'] | null;
}

const jobCalls: { readonly [C in JobCall]: JobKind<C> } = {
  ablate: {
    model: 'resident',
    title: ({ ablation, unit, prompts }) => `${ablationWords[ablation]} of ${unitWords[unit]}, ${nameOf(prompts)}`,
    prompts: ({ prompts }) => measured(prompts),
    resumption: () => 'rows',
    unit: 'unit',
  },
  ablateSets: {
    model: 'resident',
    title: ({ ablation, sets, prompts }) => `${ablationWords[ablation]} of ${setsWords[sets.kind]}, ${nameOf(prompts)}`,
    prompts: ({ prompts }) => measured(prompts),
    // What a step tries depends on what the steps before chose.
    resumption: ({ sets }) => (sets.kind === 'greedy' ? 'restart' : 'rows'),
    unit: 'set',
  },
  patchGrid: {
    model: 'resident',
    title: ({ target, direction, prompts }) => {
      const into = direction === 'cleanIntoCorrupt' ? 'clean into corrupt' : 'corrupt into clean';
      return `Patching ${target.kind === 'positions' ? target.site : 'heads'}, ${into}, ${nameOf(prompts)}`;
    },
    prompts: ({ prompts }) => measured(prompts),
    resumption: () => 'rows',
    unit: 'cell',
  },
  attribute: {
    model: 'resident',
    title: ({ method, sites = ['z'], prompts }) => `Attribution (${method}) at ${sites.join(', ')}, ${nameOf(prompts)}`,
    prompts: ({ prompts }) => measured(prompts),
    resumption: () => 'restart',
    unit: null,
  },
  scores: {
    model: 'resident',
    title: ({ prompts }) => `Head scores, ${prompts.kind === 'repeated' ? 'repeated random tokens' : nameOf(prompts)}`,
    prompts: ({ prompts }) =>
      prompts.kind === 'repeated' ? { name: 'repeated random tokens', n: prompts.n } : measured(prompts),
    resumption: () => 'restart',
    unit: null,
  },
  maskCurve: {
    model: 'resident',
    title: ({ masks, scope, runs }) =>
      `Masked heads (${masks.map(({ kind }) => maskWords[kind]).join(', ')}; ${scope === 'decode' ? 'decoding' : 'all positions'}), ${runs.map((source) => retrieved(source).name).join(', ')}`,
    prompts: ({ runs }) => {
      const sources = runs.map(retrieved);
      return { name: sources.map(({ name }) => name).join(', '), n: sources.reduce((total, { n }) => total + n, 0) };
    },
    resumption: () => 'rows',
    unit: 'row',
  },
  streamingHeads: {
    model: 'resident',
    title: ({ prior }) => `Streaming and retrieval heads${prior === null ? '' : ', with the prior of positions'}`,
    prompts: ({ n }) => ({ name: 'random tokens, four times', n }),
    resumption: () => 'restart',
    unit: null,
  },
  weightScores: {
    model: 'resident',
    title: ({ scores }) => `Weight scores${scores === undefined ? '' : `, ${scores.join(', ')}`}`,
    prompts: () => null,
    resumption: () => 'rows',
    unit: 'head',
  },
  directLogits: {
    model: 'resident',
    title: ({ prompts }) => `Direct logits, ${nameOf(prompts)}`,
    prompts: ({ prompts }) => measured(prompts),
    resumption: () => 'restart',
    unit: null,
  },
  retrieve: {
    model: 'resident',
    title: ({ runs, mode }) => `Retrieval heads (${mode}), ${retrieved(runs).name}`,
    prompts: ({ runs }) => retrieved(runs),
    resumption: () => 'known',
    unit: 'run',
  },
  importance: {
    model: 'resident',
    title: ({ unit, criteria, texts }) =>
      `Importance of ${unitWords[unit]} (${criteria.join(', ')}), ${nameOfCalibration(texts)}`,
    prompts: ({ texts }) => ({ name: nameOfCalibration(texts), n: texts.n }),
    resumption: () => 'known',
    unit: 'row',
  },
  prunePlan: {
    model: 'resident',
    title: ({ unit, texts }) => `Pruning plan of ${unitWords[unit]}, ${nameOfCalibration(texts)}`,
    prompts: ({ texts }) => ({ name: nameOfCalibration(texts), n: texts.n }),
    // What a step removes depends on what the steps before measured.
    resumption: () => 'restart',
    unit: null,
  },
  pruneCurve: {
    model: 'resident',
    title: ({ unit, texts }) => `Loss against ${unitWords[unit]} removed, ${nameOfCalibration(texts)}`,
    prompts: ({ texts }) => ({ name: nameOfCalibration(texts), n: texts.n }),
    resumption: () => 'rows',
    unit: 'point',
  },
  capture: {
    model: 'resident',
    title: ({ sites }) => `Values at ${sites.join(', ')}`,
    prompts: ({ prompts }) => ('name' in prompts ? ofFile(prompts) : { name: 'prompts', n: prompts.length }),
    resumption: () => 'restart',
    unit: null,
  },
  task: {
    model: 'resident',
    title: ({ task }) => `Can the model do it? ${task}`,
    prompts: ({ task, n }) => ({ name: task, n }),
    resumption: () => 'restart',
    unit: null,
  },
  duo: {
    model: 'resident',
    title: ({ steps, sink, recent }) => `DuoAttention gates, ${steps} steps (sink ${sink}, recent ${recent})`,
    prompts: () => null,
    resumption: () => 'state',
    unit: 'step',
  },
  duoQuality: {
    model: 'resident',
    title: ({ rankings }) => `Streaming heads by ${rankings.map(({ name }) => name).join(', ')}`,
    prompts: ({ passkeyTexts: { n } }) => ({ name: 'passkeys', n }),
    resumption: () => 'rows',
    unit: 'quality',
  },
  trainDictionaries: {
    model: 'resident',
    title: ({ dictionaries, rows }) =>
      `${dictionaries.length === 1 ? `Dictionary ${dictionaries[0]?.name}` : `${dictionaries.length} dictionaries`}, ${nameOfRows(rows)}`,
    prompts: ({ rows }) => measuredRows(rows),
    resumption: () => 'checkpoint',
    unit: null,
  },
  measureDictionaries: {
    model: 'resident',
    title: ({ dictionaries, rows }) =>
      `Measures of ${dictionaries.map((path) => basename(path)).join(', ')}, ${nameOfRows(rows)}`,
    prompts: ({ rows }) => measuredRows(rows),
    resumption: () => 'restart',
    unit: null,
  },
  collectFeatures: {
    model: 'resident',
    title: ({ dictionary, rows }) => `Features of ${basename(dictionary)}, ${nameOfRows(rows)}`,
    prompts: ({ rows }) => measuredRows(rows),
    resumption: () => 'restart',
    unit: null,
  },
  circuit: {
    model: 'resident',
    title: ({ methods, prompts }) => `Circuit (${methods.map(({ id }) => id).join(', ')}), ${nameOf(prompts)}`,
    prompts: ({ prompts }) => measured(prompts),
    resumption: () => 'known',
    unit: 'row',
  },
  train: {
    model: 'none',
    title: ({ out }) => `Training ${basename(out)}`,
    prompts: () => null,
    resumption: () => 'checkpoint',
    unit: null,
  },
  pull: {
    model: 'none',
    title: ({ repository }) => `Download of ${repository}`,
    prompts: () => null,
    // Its files are there already: a download goes on where it was, and each file is reported again.
    resumption: () => 'restart',
    unit: null,
  },
  verify: {
    model: 'files',
    title: () => 'Check of the weights',
    prompts: () => null,
    resumption: () => 'restart',
    unit: null,
  },
};

/** The kind of any job. Its methods take the request of their own call, which is the one that a job carries. */
export function kindOf({ call }: JobRequest): JobKind<JobCall> {
  return jobCalls[call];
}

/** Path of the model; null where the call has none. */
export function modelPath({ request }: JobRequest): string | null {
  return 'model' in request ? request.model : null;
}

/** What the path says, until the model says it better. */
export function modelName(path: string): string {
  return basename(path).replace(/\.(gguf|safetensors)$/i, '');
}

/** A short word for the folder's name. */
export function aboutOf(job: JobRequest): string | null {
  const path = modelPath(job);
  return kindOf(job).prompts(job.request)?.name ?? (path === null ? null : modelName(path));
}

const ablationWords = {
  zero: 'Zero ablation',
  mean: 'Mean ablation',
  resample: 'Resample ablation',
  scale: 'Scaling',
  uniform: 'Uniform attention',
} as const;
const maskWords = { uniform: 'uniform attention', zero: 'zero', meanQuery: 'mean query', stream: 'streaming' } as const;
const unitWords = { head: 'heads', 'kv-group': 'KV groups', layer: 'layers', mlp: 'MLPs' } as const;
const setsWords = { pairs: 'pairs of heads', greedy: 'growing sets of heads', list: 'sets of heads' } as const;

type Prompts = RequestOf<'ablate'>['prompts'];

function nameOf(prompts: Prompts): string {
  return measured(prompts).name;
}

function measured(prompts: Prompts): { name: string; n: number } {
  return prompts.kind === 'task' ? { name: prompts.task, n: prompts.n } : ofFile(prompts.file);
}

function retrieved(runs: RequestOf<'retrieve'>['runs']): { name: string; n: number } {
  if (runs.kind === 'file') return ofFile(runs.file);
  const cells = runs.grids.reduce((sum, { lengths, depths }) => sum + lengths.length * depths.length, 0);
  const name = runs.haystack.kind === 'stories' ? 'needles in stories' : `needles in ${basename(runs.haystack.name)}`;
  return { name, n: cells * (runs.needles?.length ?? 8) };
}

function nameOfCalibration({ source }: RequestOf<'importance'>['texts']): string {
  return source.kind === 'stories' ? 'stories' : source.name;
}

function measuredRows(rows: RequestOf<'collectFeatures'>['rows']): { name: string; n: number } {
  if (rows.kind === 'prompts') return measured(rows.prompts);
  return { name: nameOfCalibration(rows.texts), n: rows.texts.n };
}

function nameOfRows(rows: RequestOf<'collectFeatures'>['rows']): string {
  return measuredRows(rows).name;
}

function ofFile({ name, text }: { readonly name: string; readonly text: string }): { name: string; n: number } {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return { name: basename(name), n: lines.length };
}
