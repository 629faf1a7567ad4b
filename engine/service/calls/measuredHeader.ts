/** What a saved file says of the model, the prompts and the machine. */
import { createHash } from 'node:crypto';
import { availableParallelism, cpus, platform, release as osRelease } from 'node:os';
import type { RequestOf } from '../../results/index.ts';
import type { MeasuredHeader } from '../../results/measured.ts';
import type { Model } from '../../run/index.ts';
import type { Prompt } from '../../tasks/task.ts';
import { ortVersion, version } from '../version.ts';
import { identityOf } from './identity.ts';
import type { Measured } from './measuredPrompts.ts';
import { tokenizerOf } from './prompts.ts';

export function measuredHeader(
  model: Model,
  { prompts: source, seed }: Pick<RequestOf<'ablate'>, 'prompts' | 'seed'>,
  measured: Measured,
  units: number,
): MeasuredHeader {
  const { shape } = model.family;
  const { prompts } = measured;
  return {
    model: identityOf(model),
    shape,
    perLayer: Array.from({ length: shape.layers }, () => ({ heads: shape.heads, kvHeads: shape.kvHeads })),
    ...(model.files.originalHeads === undefined ? {} : { originalHeads: model.files.originalHeads }),
    ropeTheta: ropeThetaOf(model.files.config),
    tokenizer: tokenizerFacts(model, prompts),
    metricId: measured.metric,
    calibration: {
      dataset: measured.dataset,
      ...factsOf(prompts.map((prompt) => prompt.ids)),
      seed: source.kind === 'task' ? source.seed : seed,
    },
    options: source.kind === 'task' ? (source.options ?? {}) : {},
    environment: environment(),
    units,
    remaining: measured.remaining,
    notes: measured.notes,
  };
}

function factsOf(ids: readonly (readonly number[])[]) {
  return {
    sequences: ids.length,
    tokens: ids.reduce((total, row) => total + row.length, 0),
    length: new Set(ids.map((row) => row.length)).size === 1 ? (ids[0]?.length ?? null) : null,
    tokenIdsSha256: createHash('sha256').update(JSON.stringify(ids)).digest('hex'),
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

function tokenizerFacts(model: Model, prompts: readonly Prompt[]): MeasuredHeader['tokenizer'] {
  const tokenizer = tokenizerOf(model);
  if (tokenizer === null) return null;
  const { bosId, vocabularySize } = tokenizer;
  const bosPrepended = bosId !== null && prompts.every(({ ids }) => ids[0] === bosId);
  return { vocabulary: vocabularySize, bosPrepended };
}

function environment(): MeasuredHeader['environment'] {
  return {
    tool: `headscope ${version}`,
    ortVersion,
    executionProvider: 'cpu',
    threads: availableParallelism(),
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    os: `${platform()} ${osRelease()}`,
  };
}
