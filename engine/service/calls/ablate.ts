/** Removes every unit in turn and measures the change. */
import { createHash } from 'node:crypto';
import { availableParallelism, cpus, platform, release as osRelease } from 'node:os';
import { basename } from 'node:path';
import type { AblationHeader } from '../../results/ablation.ts';
import type { EventOf, RequestOf, Service } from '../../results/index.ts';
import type { Model } from '../../run/index.ts';
import { taskById } from '../../tasks/index.ts';
import { requireScorable } from '../../tasks/metrics.ts';
import { ablate, unitsOf } from '../../scores/ablation.ts';
import type { AblationEvent } from '../../scores/ablation.ts';
import type { MetricId, Prompt } from '../../tasks/task.ts';
import type { ModelSource } from '../openModels.ts';
import { ortVersion, version } from '../version.ts';
import { requireFinite } from './finite.ts';
import { identityOf } from './identity.ts';
import { promptsOfFile, tokenizerOf } from './prompts.ts';
import { baselineOf } from './scoredPrompts.ts';
import { remainingWords, taskPrompts } from './task.ts';

type Request = RequestOf<'ablate'>;
type Event = EventOf<'ablate'>;

export function ablateCall(models: ModelSource): Service['ablate'] {
  return async function* ablateUnits(request, { signal }) {
    const started = performance.now();
    const { model, release } = await models.lease(request, signal);
    try {
      const measured = measuredPrompts(model, request);
      const { prompts, metric } = measured;
      const reference =
        request.reference === undefined ? null : promptsOfFile(model, request.reference).map(({ ids }) => ids);
      const { ablation: kind, unit, align, seed } = request;
      yield { kind: 'start', header: headerOf(model, request, measured) };
      const events = ablate(model, {
        ...{ prompts, metric, kind, unit, seed, signal },
        ...(reference === null ? {} : { reference }),
        ...(align === undefined ? {} : { align }),
      });
      const warnings: string[] = [];
      for await (const event of events) {
        await requireFinite(model, described(event), summariesOf(event), signal);
        const sent = toEvent(event, metric);
        if (sent.kind === 'baseline' && !sent.baseline.doesTask) warnings.push(cannot(measured.dataset));
        yield sent;
      }
      return { seconds: (performance.now() - started) / 1000, warnings };
    } finally {
      release();
    }
  };
}

/** The prompts of a run, and what a saved file says of them. */
interface Measured {
  readonly prompts: readonly Prompt[];
  readonly metric: MetricId;
  readonly dataset: string;
  readonly remaining: AblationHeader['remaining'];
  readonly notes: readonly string[];
}

function measuredPrompts(model: Model, { prompts: source, metric }: Request): Measured {
  if (source.kind === 'task') {
    const generated = taskPrompts(model, taskById(source.task), source);
    const { prompts, notes } = generated;
    const remaining = remainingWords(generated);
    return { prompts, notes, remaining, metric: metric ?? generated.metric, dataset: generated.task };
  }
  const prompts = promptsOfFile(model, source.file);
  const measured = metric ?? 'logitDifference';
  prompts.forEach((prompt, i) => requireScorable(prompt, measured, `${source.file.name}, prompt ${i + 1}`));
  return {
    prompts,
    metric: measured,
    dataset: basename(source.file.name),
    remaining: [],
    notes: [],
  };
}

function toEvent(event: AblationEvent, metric: MetricId): Event {
  switch (event.kind) {
    case 'baseline':
      return { kind: 'baseline', baseline: baselineOf(metric, event.metric, event.accuracy) };
    case 'progress':
      return { kind: 'progress', of: 'units', done: event.done, total: event.total };
    case 'unit':
      return event;
  }
}

function described(event: AblationEvent): string {
  if (event.kind !== 'unit') return 'metric on the clean prompts';
  const { layer, head, kvGroup } = event;
  const part = head === undefined ? (kvGroup === undefined ? '' : `G${kvGroup}`) : `H${head}`;
  return `effect of removing L${layer}${part}`;
}

function summariesOf(event: AblationEvent): readonly number[] {
  if (event.kind === 'progress') return [];
  const all = event.kind === 'unit' ? [event.effect, event.kl] : [event.metric, event.accuracy];
  return all.flatMap(({ mean, standardError, interval }) => [mean, standardError, ...interval]);
}

function cannot(dataset: string): string {
  return `the model does not do ${dataset} better than chance: effects on a behaviour that it lacks are noise`;
}

function headerOf(model: Model, request: Request, measured: Measured): AblationHeader {
  const { shape } = model.family;
  const ids = measured.prompts.map((prompt) => prompt.ids);
  const { prompts } = measured;
  return {
    model: identityOf(model),
    shape,
    perLayer: Array.from({ length: shape.layers }, () => ({ heads: shape.heads, kvHeads: shape.kvHeads })),
    ropeTheta: ropeThetaOf(model.files.config),
    tokenizer: tokenizerFacts(model, prompts),
    ablation: request.ablation,
    unit: request.unit,
    metricId: measured.metric,
    calibration: {
      dataset: measured.dataset,
      sequences: ids.length,
      tokens: ids.reduce((total, row) => total + row.length, 0),
      length: new Set(ids.map((row) => row.length)).size === 1 ? (ids[0]?.length ?? null) : null,
      tokenIdsSha256: createHash('sha256').update(JSON.stringify(ids)).digest('hex'),
      seed: request.prompts.kind === 'task' ? request.prompts.seed : request.seed,
    },
    reference: request.reference === undefined ? null : basename(request.reference.name),
    align: request.align ?? null,
    options: request.prompts.kind === 'task' ? (request.prompts.options ?? {}) : {},
    environment: environment(),
    units: unitsOf(model.family, request.unit).length,
    remaining: measured.remaining,
    notes: measured.notes,
  };
}

/** Both spellings of config.json; null where layers differ or the family's own default holds. */
function ropeThetaOf(config: Readonly<Record<string, unknown>>): number | null {
  const parameters = config['rope_parameters'];
  const nested =
    typeof parameters === 'object' && parameters !== null ? Reflect.get(parameters, 'rope_theta') : undefined;
  const theta: unknown = nested ?? config['rope_theta'];
  return typeof theta === 'number' && Number.isFinite(theta) ? theta : null;
}

function tokenizerFacts(model: Model, prompts: readonly Prompt[]): AblationHeader['tokenizer'] {
  const tokenizer = tokenizerOf(model);
  if (tokenizer === null) return null;
  const { bosId, vocabularySize } = tokenizer;
  const bosPrepended = bosId !== null && prompts.every(({ ids }) => ids[0] === bosId);
  return { vocabulary: vocabularySize, bosPrepended };
}

function environment(): AblationHeader['environment'] {
  return {
    tool: `headscope ${version}`,
    ortVersion,
    executionProvider: 'cpu',
    threads: availableParallelism(),
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    os: `${platform()} ${osRelease()}`,
  };
}
