/**
 * What it costs that KV heads stream, as a ranking chooses them: how well held-out passkeys are answered, and the loss on plain
 * text, beside rankings drawn at random. Teacher-forced: one pass a text.
 */
import type { Model } from '../../run/index.ts';
import { summariser } from '../../tasks/statistics.ts';
import { seededRandom } from '../../tensor/random.ts';
import type { Summary } from '../../terms/summary.ts';
import type { StreamingWindow } from '../../train/duo/duoSettings.ts';
import type { PasskeyText } from '../../train/duo/passkeyText.ts';
import type { KvHead } from './streamingChoice.ts';
import { randomRanking, streamingEdits, streamingChoice } from './streamingChoice.ts';
import { tokenPredictions } from './tokenPredictions.ts';

export interface Ranking {
  readonly name: string;
  /** [L][G]: those with the largest numbers keep full attention. */
  readonly scores: readonly (readonly number[])[];
}

export interface QualityRequest {
  readonly rankings: readonly Ranking[];
  readonly window: StreamingWindow;
  readonly sparsities: readonly number[];
  /** Random rankings. */
  readonly draws: number;
  readonly passkeyTexts: readonly PasskeyText[];
  /** Ids of each. */
  readonly plainTexts: readonly (readonly number[])[];
  readonly seed: number;
  /** Choices that are known already. */
  readonly done?: number;
  readonly signal?: AbortSignal;
}

/** One choice of heads, measured. */
export interface Choice {
  /** Null: no head streams. */
  readonly ranking: string | null;
  /** Of a random ranking. */
  readonly draw: number | null;
  readonly sparsity: number;
  readonly streaming: readonly KvHead[];
}

export type QualityEvent =
  | ({
      readonly kind: 'quality';
      /** Mean log probability of an answer's token in nats, and share of these that are the first choice; over texts. */
      readonly answer: Summary;
      readonly correct: Summary;
      /** Nats per token of plain text, over texts. */
      readonly loss: Summary;
    } & Choice)
  /** Texts, over all choices. */
  | { readonly kind: 'progress'; readonly done: number; readonly total: number };

/** The unedited model first, then each sparsity with every ranking and every draw: always in this order. */
export async function* deployedQuality(model: Model, request: QualityRequest): AsyncGenerator<QualityEvent> {
  const { passkeyTexts, plainTexts, seed, done = 0 } = request;
  const all = choicesOf(model, request);
  const perChoice = passkeyTexts.length + plainTexts.length;
  const ofPasskeys = summariser(passkeyTexts.length, seed);
  const ofPlain = summariser(plainTexts.length, seed);
  for (const [i, choice] of all.entries()) {
    if (i < done) continue;
    const measured = { answer: [] as number[], correct: [] as number[], loss: [] as number[] };
    for (const [at, text] of [...passkeyTexts, ...plainTexts].entries()) {
      const found = await measure(model, request, choice, text);
      measured.answer.push(...found.answer);
      measured.correct.push(...found.correct);
      measured.loss.push(...found.loss);
      yield { kind: 'progress', done: i * perChoice + at + 1, total: all.length * perChoice };
    }
    const { answer, correct, loss } = measured;
    yield { kind: 'quality', ...choice, answer: ofPasskeys(answer), correct: ofPasskeys(correct), loss: ofPlain(loss) };
  }
}

/** How many choices there are. */
export function choicesIn({
  rankings,
  sparsities,
  draws,
}: Pick<QualityRequest, 'rankings' | 'sparsities' | 'draws'>): number {
  return 1 + sparsities.length * (rankings.length + draws);
}

function choicesOf({ family }: Model, { rankings, sparsities, draws, seed }: QualityRequest): Choice[] {
  const { layers, kvHeads } = family.shape;
  const drawn = Array.from({ length: draws }, (_, draw) => ({
    ...{ name: 'random', draw },
    // Every draw its own seed, and none of them that of the ties.
    scores: randomRanking(layers, kvHeads, seededRandom(seed * 2 ** 32 + draw + 1)),
  }));
  const ranked = [...rankings.map((ranking) => ({ ...ranking, draw: null })), ...drawn];
  const chosen = sparsities.flatMap((sparsity) =>
    ranked.map(({ name, draw, scores }) => ({
      ...{ ranking: name, draw, sparsity },
      streaming: streamingChoice(scores, sparsity, seed * 2 ** 32),
    })),
  );
  return [{ ranking: null, draw: null, sparsity: 0, streaming: [] }, ...chosen];
}

/** One value, or none where the text is of the other kind. */
interface Found {
  readonly answer: readonly number[];
  readonly correct: readonly number[];
  readonly loss: readonly number[];
}

async function measure(
  model: Model,
  { window, signal }: QualityRequest,
  { streaming }: Choice,
  text: PasskeyText | readonly number[],
): Promise<Found> {
  const { heads, kvHeads } = model.family.shape;
  const edits = streamingEdits(streaming, heads / kvHeads, window);
  const isPasskeys = 'answers' in text;
  const ids = isPasskeys ? text.ids : text;
  const positions = isPasskeys ? text.answers.flatMap(([from, to]) => range(from, to)) : range(1, ids.length);
  const found = await model.exclusive(() => tokenPredictions(model, { ids, positions, edits, signal }));
  const mean = found.reduce((sum, { logProbability }) => sum + logProbability, 0) / found.length;
  const correct = found.filter(({ isFirst }) => isFirst).length / found.length;
  return isPasskeys ? { answer: [mean], correct: [correct], loss: [] } : { answer: [], correct: [], loss: [-mean] };
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}
