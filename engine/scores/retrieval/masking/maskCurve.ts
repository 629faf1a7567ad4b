/**
 * Does the model still answer when heads are masked, and does it still predict plain text? The causal side of a ranking of heads:
 * its first k against random heads of the same layers and its last k (Wu et al. 2024, arXiv 2404.15574, section 4). A row is one
 * prompt, or one text, under every mask; so everything is compared on the same prompts.
 */
import type { Model } from '../../../run/index.ts';
import type { PreparedRun } from '../../../tasks/needles/index.ts';
import type { Edit, EditValue } from '../../../terms/edits.ts';
import { Fault } from '../../../terms/fault.ts';
import type { HeadMask } from './maskEdits.ts';
import { maskEdits } from './maskEdits.ts';
import { MaskedRun } from './maskedRun.ts';
import type { MaskSet } from './maskSets.ts';
import { meanQueries } from './meanQueries.ts';

/** A run whose answer is known. */
export type CurveRun = Pick<PreparedRun, 'id' | 'ids' | 'maxNew'> & { readonly answer: readonly number[] };

/** What is masked how; nothing in the first arm. */
export interface MaskArm {
  readonly mask: HeadMask;
  readonly set: MaskSet;
}

export interface MaskCurveRequest {
  readonly runs: readonly CurveRun[];
  /** Ids of plain texts: the second half of each is predicted after the first. */
  readonly texts: readonly (readonly number[])[];
  /** Besides the model as it is, which is always measured. */
  readonly arms: readonly MaskArm[];
  /** `decode`: from the prompt's last token on, as Wu et al.; of a text its second half. */
  readonly scope: 'all' | 'decode';
  /** How a generated answer is judged; null: every token of the answer must be the first choice after those before it. */
  readonly generation: Generation | null;
  /** Rows that are known already. */
  readonly done?: number;
  readonly signal: AbortSignal;
}

export interface Generation {
  readonly endIds: readonly number[];
  isCorrect(run: number, said: readonly number[]): boolean;
}

/** Lists go by arm, the model as it is first. */
export type MaskCurveEvent =
  | {
      readonly kind: 'run';
      readonly run: number;
      readonly correct: readonly boolean[];
      /** Share of the answer's tokens that are the first choice, the answer put behind the prompt. */
      readonly firstChoice: readonly number[];
      /** Mean natural log of the probability of the answer's tokens, likewise. */
      readonly logProbability: readonly number[];
      /** Generated ids, where they were. */
      readonly said: readonly (readonly number[])[] | null;
    }
  | {
      readonly kind: 'text';
      readonly text: number;
      readonly tokens: number;
      /** Nats per predicted token. */
      readonly loss: readonly number[];
    }
  | { readonly kind: 'progress'; readonly done: number; readonly total: number };

/** Runs first, then texts. Throws Fault for none of either, an empty answer, and a mean query without texts. */
export async function* maskCurve(model: Model, request: MaskCurveRequest): AsyncGenerator<MaskCurveEvent> {
  const { runs, texts, signal } = request;
  checkRequest(request);
  const needsMeans = request.arms.some(({ mask }) => mask.kind === 'meanQuery');
  const curve = new Curve(model, request, needsMeans ? await meanQueries(model, texts, signal) : null);
  const total = runs.length + texts.length;
  for (let row = request.done ?? 0; row < total; row++) {
    yield row < runs.length ? await curve.run(row) : await curve.text(row - runs.length);
    yield { kind: 'progress', done: row + 1, total };
  }
}

class Curve {
  readonly #model: Model;
  readonly #request: MaskCurveRequest;
  readonly #arms: readonly (readonly Edit[])[];

  constructor(model: Model, request: MaskCurveRequest, means: readonly EditValue[] | null) {
    this.#model = model;
    this.#request = request;
    this.#arms = [[], ...request.arms.map(({ mask, set }) => maskEdits(mask, set.heads, request.scope, means))];
  }

  async run(run: number): Promise<MaskCurveEvent> {
    const { ids, answer, maxNew } = this.#request.runs[run] as CurveRun;
    const { generation } = this.#request;
    const writing = generation === null ? null : { maxNew, endIds: generation.endIds };
    const arms = await this.#masked(ids, answer).answers(writing);
    const isCorrect = ({ isExact, said }: (typeof arms)[number]) =>
      generation === null || said === null ? isExact : generation.isCorrect(run, said);
    return {
      ...({ kind: 'run', run, correct: arms.map(isCorrect) } as const),
      firstChoice: arms.map(({ firstChoice }) => firstChoice),
      logProbability: arms.map(({ logProbability }) => logProbability),
      said: generation === null ? null : arms.map(({ said }) => said ?? []),
    };
  }

  async text(text: number): Promise<MaskCurveEvent> {
    const ids = this.#request.texts[text] ?? [];
    const half = Math.floor(ids.length / 2);
    const arms = await this.#masked(ids.slice(0, half), ids.slice(half)).answers(null);
    return { kind: 'text', text, tokens: ids.length - half, loss: arms.map(({ logProbability }) => -logProbability) };
  }

  #masked(ids: readonly number[], answer: readonly number[]): MaskedRun {
    return new MaskedRun(this.#model, { ids, answer, arms: this.#arms, signal: this.#request.signal });
  }
}

function checkRequest({ runs, texts, arms }: MaskCurveRequest): void {
  if (runs.length + texts.length === 0) throw new Fault({ what: 'nothing to measure on', expected: 'runs or texts' });
  const empty = runs.find(({ answer }) => answer.length === 0);
  if (empty !== undefined)
    throw new Fault({ what: 'a run without an answer', where: empty.id, expected: 'its tokens' });
  const short = texts.findIndex((ids) => ids.length < 2);
  if (short >= 0)
    throw new Fault({ what: 'a text too short', where: `text ${short + 1}`, expected: 'at least 2 tokens' });
  if (texts.length > 0 || arms.every(({ mask }) => mask.kind !== 'meanQuery')) return;
  throw new Fault({ what: 'a mean query needs texts to average over', expected: 'at least one', got: 'none' });
}
