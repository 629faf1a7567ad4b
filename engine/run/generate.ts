/** Greedy or sampled continuation of one prompt, with a cache of keys and values. */
import type { Edit } from '../terms/edits.ts';
import { Fault } from '../terms/fault.ts';
import { takeOnePerRow } from '../tensor/positions.ts';
import type { Random } from '../tensor/random.ts';
import { seededRandom } from '../tensor/random.ts';
import { axisSize } from '../tensor/tensor.ts';
import { makeBatch } from './batch.ts';
import { checkEdits } from './checkEdits.ts';
import type { ForwardHost } from './forward.ts';
import { Pass } from './pass.ts';
import type { Extended, Extension, Prefix } from './prefix.ts';
import { affineAmong, emptyPrefix, extendPrefix } from './prefix.ts';

export interface GenerateRequest {
  readonly ids: readonly number[];
  /** Most tokens to add. */
  readonly maxNew: number;
  /** Ends the text; the end token is given too. */
  readonly endIds: readonly number[];
  /** Act at every step; positions count from the first token, negative ones from the newest. */
  readonly edits?: readonly Edit[];
  /** Keys and values of the prompt's first tokens, fewer than all, made with the edits that act there; nothing where omitted. */
  readonly prefix?: Prefix;
  /** 0 (greedy) where omitted. */
  readonly temperature?: number;
  /** Keep the likeliest tokens whose probabilities add up to this; 1 keeps all. */
  readonly topP?: number;
  readonly seed?: number;
  readonly signal?: AbortSignal;
}

export interface GeneratedToken {
  readonly id: number;
  /** Natural log of the token's probability under the (edited) model, at temperature 1. */
  readonly logProbability: number;
  readonly isEnd: boolean;
}

/** Throws Fault for a bad prompt, setting or edit; stops at an end token, at maxNew, or where the context is full. */
export async function* generate(host: ForwardHost, request: GenerateRequest): AsyncGenerator<GeneratedToken> {
  const { family } = host;
  checkSettings(request);
  const edits = request.edits ?? [];
  checkEdits(edits, family, makeBatch([request.ids], family, 'right'));
  edits.forEach(refusePerPosition);
  const random = seededRandom(request.seed ?? 0);
  const ids = [...request.ids];
  const text = { prompt: request.ids.length, edits, signal: request.signal };
  let prefix = request.prefix ?? emptyPrefix;
  for (let made = 0; made < request.maxNew && ids.length <= family.shape.context; made++) {
    const extended = await extendPrefix(host, prefix, { ...text, ids });
    prefix = extended.prefix;
    const logits = await unembedLast(host, extended, text);
    const next = chooseToken(logits, request, random);
    const isEnd = request.endIds.includes(next.id);
    yield { ...next, isEnd };
    if (isEnd) return;
    ids.push(next.id);
  }
}

/** Logits [V] after the last token. */
async function unembedLast(
  { family, programs }: ForwardHost,
  { prefix, stream }: Extended,
  { prompt, edits }: Pick<Extension, 'prompt' | 'edits'>,
): Promise<Float32Array> {
  const queries = [prefix.ids.length - 1];
  const batch = makeBatch([prefix.ids], family, 'right', [prompt]);
  const pass = new Pass(family, programs, batch, { queries, stream: queries, keys: prefix.ids.length });
  const last = takeOnePerRow(stream, 'P', [axisSize(stream, 'P') - 1]);
  return (await pass.unembed(last, affineAmong(pass, edits, ['finalNorm', 'logits']), new Set())).stream.data;
}

function refusePerPosition({ site, operation }: Edit): void {
  if (!('value' in operation)) return;
  const { axes, shape } = operation.value;
  const perPosition = axes.split(' ').some((axis, i) => (axis === 'P' || axis === 'K') && (shape[i] ?? 1) > 1);
  if (!perPosition) return;
  throw new Fault({
    what: 'a value per position can not be used while generating',
    where: `edit at ${site}`,
    expected: 'one value for all positions',
  });
}

function checkSettings({ maxNew, temperature = 0, topP = 1 }: GenerateRequest): void {
  if (!Number.isInteger(maxNew) || maxNew < 0)
    throw new Fault({ what: 'number of new tokens', expected: 'an integer, 0 or more', got: String(maxNew) });
  if (!(temperature >= 0 && temperature < 1e3))
    throw new Fault({ what: 'temperature', expected: '0 (greedy) or more', got: String(temperature) });
  if (!(topP > 0 && topP <= 1)) throw new Fault({ what: 'top-p', expected: 'above 0, at most 1', got: String(topP) });
}

function chooseToken(
  logits: Float32Array,
  request: GenerateRequest,
  random: Random,
): { id: number; logProbability: number } {
  const temperature = request.temperature ?? 0;
  const id = temperature === 0 ? largest(logits) : sample(logits, temperature, request.topP ?? 1, random);
  return { id, logProbability: (logits[id] ?? 0) - logSumExp(logits) };
}

/** The first of equals. */
function largest(values: Float32Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if ((values[i] ?? 0) > (values[best] ?? 0)) best = i;
  return best;
}

function logSumExp(values: Float32Array): number {
  const top = values[largest(values)] ?? 0;
  let sum = 0;
  for (const value of values) sum += Math.exp(value - top);
  return top + Math.log(sum);
}

/** p_i ~ exp(logit_i / temperature), among the likeliest tokens that reach `topP` together (nucleus sampling, Holtzman et al. 2020). */
function sample(logits: Float32Array, temperature: number, topP: number, random: Random): number {
  const top = logits[largest(logits)] ?? 0;
  const weights = Float64Array.from(logits, (logit) => Math.exp((logit - top) / temperature));
  const order = [...weights.keys()].sort((a, b) => (weights[b] ?? 0) - (weights[a] ?? 0) || a - b);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let kept = 0;
  let mass = 0;
  while (kept < order.length && mass < topP * total) mass += weights[order[kept++] ?? 0] ?? 0;
  let left = random.next() * mass;
  for (const id of order.slice(0, kept)) {
    left -= weights[id] ?? 0;
    if (left < 0) return id;
  }
  return order[kept - 1] ?? 0;
}
