/** What of a request can be changed before it is started again: its plain fields, as a form shows them. */
import type { ResultOf } from '../../../engine/results/contract.ts';
import { ablationKind, ablationUnit } from '../../../engine/results/records.ts';
import { attributionMethod } from '../../../engine/results/attribution.ts';
import type { JobRequest } from '../../../engine/results/runs.ts';
import { jobRequest } from '../../../engine/results/runs.ts';

export type ForkFieldId = keyof typeof places;

interface Common {
  readonly id: ForkFieldId;
  readonly label: string;
}

export interface ChoiceField extends Common {
  readonly kind: 'choice';
  readonly value: string;
  readonly options: readonly { readonly value: string; readonly title: string }[];
}

export interface NumberField extends Common {
  readonly kind: 'number';
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly whole: boolean;
}

export type ForkField = ChoiceField | NumberField;

/** Where each field is in a request that has it; the task check has its prompts at the top. */
const places = {
  task: ['prompts.task', 'task'],
  n: ['prompts.n', 'n'],
  promptSeed: ['prompts.seed'],
  ablation: ['ablation'],
  scale: ['scale'],
  unit: ['unit'],
  method: ['method'],
  seed: ['seed'],
} as const;

const labels: Readonly<Record<ForkFieldId, string>> = {
  task: 'Task',
  n: 'Prompts',
  promptSeed: 'Seed of the prompts',
  ablation: 'Ablation',
  scale: 'Factor',
  unit: 'Units',
  method: 'Method',
  seed: 'Seed of the bootstrap',
};

const unitTitles: Readonly<Record<string, string>> = {
  head: 'query heads',
  'kv-group': 'KV groups',
  layer: 'layers',
  mlp: 'MLPs',
};
const methodTitles: Readonly<Record<string, string>> = {
  atp: 'AtP',
  taylor: 'Taylor',
  gradxact: 'Gradient × activation',
  integrated: 'Integrated gradients',
};

const bounds = {
  n: { min: 1, max: 100_000, whole: true },
  scale: { min: -100, max: 100, whole: false },
  seed: { min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER, whole: true },
} as const;

/** Fields that this request has, in the order of the form. Empty for calls that have none of them. */
export function forkFields(job: JobRequest, tasks: ResultOf<'tasks'>['tasks']): readonly ForkField[] {
  const ids = Object.keys(places) as ForkFieldId[];
  return ids.flatMap((id) => {
    const value = valueAt(job, id);
    return value === null ? [] : [fieldOf(id, value, job, tasks)];
  });
}

function fieldOf(
  id: ForkFieldId,
  value: string | number,
  { call }: JobRequest,
  tasks: ResultOf<'tasks'>['tasks'],
): ForkField {
  // Of a task check the one seed is that of the prompts too.
  const label = id === 'seed' && call === 'task' ? 'Seed' : labels[id];
  switch (id) {
    case 'n':
    case 'scale':
      return { id, label, kind: 'number', value: Number(value), ...bounds[id] };
    case 'seed':
    case 'promptSeed':
      return { id, label, kind: 'number', value: Number(value), ...bounds.seed };
    case 'task':
      return { id, label, kind: 'choice', value: String(value), options: taskOptions(tasks, String(value)) };
    case 'ablation':
      return { id, label, kind: 'choice', value: String(value), options: titled(ablationKind.options) };
    case 'unit':
      return { id, label, kind: 'choice', value: String(value), options: titled(ablationUnit.options, unitTitles) };
    case 'method':
      return {
        id,
        label,
        kind: 'choice',
        value: String(value),
        options: titled(attributionMethod.options, methodTitles),
      };
  }
}

/** The task that is asked for stands there before the list of tasks has come. */
function taskOptions(tasks: ResultOf<'tasks'>['tasks'], value: string): ChoiceField['options'] {
  if (tasks.length === 0) return [{ value, title: value }];
  return tasks.map(({ id, title }) => ({ value: id, title }));
}

function titled(values: readonly string[], titles: Readonly<Record<string, string>> = {}): ChoiceField['options'] {
  return values.map((value) => ({ value, title: titles[value] ?? value }));
}

type Fields = Readonly<Record<string, unknown>>;

function valueAt({ request }: JobRequest, id: ForkFieldId): string | number | null {
  const found = places[id].map((place) => place.split('.').reduce<unknown>((at, key) => Object(at)[key], request));
  const value = found.find((one) => typeof one === 'string' || typeof one === 'number');
  return typeof value === 'string' || typeof value === 'number' ? value : null;
}

/**
 * The request with one field changed, without what only the value before had: options of a task, settings of a method, the
 * factor of `scale`. Throws where the contract knows no such request.
 */
export function withField(job: JobRequest, id: ForkFieldId, value: string | number): JobRequest {
  const request = withoutProgress(job.request);
  return jobRequest.parse({ call: job.call, request: changed(request, id, value) });
}

/** The same request, without what a run that goes on was told of the numbers before. */
function withoutProgress(request: JobRequest['request']): Fields {
  return without(request as Fields, ['done', 'unitsPerRun']);
}

function changed(request: Fields, id: ForkFieldId, value: string | number): Fields {
  const prompts = request['prompts'] as Fields | undefined;
  switch (id) {
    case 'task':
      if (prompts === undefined) return { ...without(request, ['options']), task: value };
      return { ...without(request, ['metric']), prompts: { ...without(prompts, ['options']), task: value } };
    case 'n':
      return prompts === undefined ? { ...request, n: value } : { ...request, prompts: { ...prompts, n: value } };
    case 'promptSeed':
      return { ...request, prompts: { ...prompts, seed: value } };
    case 'ablation':
      return {
        ...without(request, notOf(String(value))),
        ablation: value,
        ...(value === 'scale' ? { scale: 0.5 } : {}),
      };
    case 'method':
      return { ...without(request, ['steps', 'qkCorrection', 'gradDrop', 'granularity']), method: value };
    default:
      return { ...request, [id]: value };
  }
}

/** Fields that an ablation of this kind has no use for. */
function notOf(ablation: string): readonly string[] {
  return ablation === 'mean' ? ['scale'] : ['scale', 'reference', 'align'];
}

function without(fields: Fields, keys: readonly string[]): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([key]) => !keys.includes(key)));
}
