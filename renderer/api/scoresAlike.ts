/** What calls whose rows are scores of heads say of them, in one form: of patterns, of weights, of direct parts. */
import type { DirectLogitsHeader } from '../../engine/results/directLogits.ts';
import type { ScoresHeader, TagRule } from '../../engine/results/scores.ts';
import type { WeightsHeader } from '../../engine/results/weightScores.ts';

/** What a table of scores says of them. */
export interface ScoreTableHeader {
  readonly model: ScoresHeader['model'];
  readonly shape: ScoresHeader['shape'];
  readonly prompts: { readonly dataset: string };
  readonly scores: readonly {
    readonly id: string;
    readonly title: string;
    readonly about: string;
    readonly formula: string;
    readonly source: string;
    readonly rule: string;
    /** `share`, `logits` ... */
    readonly unit: string;
    /** Null where no number bounds it. */
    readonly range: readonly [lowest: number, highest: number | null];
    /** Prompts, or tokens, that it was read on, and what these are; none where it is exact. */
    readonly prompts: number;
    readonly samples: string;
    readonly uniform: number | null;
  }[];
  /** Of pattern tags, in the order in which the first that holds is the plainest. */
  readonly tags?: readonly TagRule[];
}

/** Where tokens are repeated, BOS before them decides what many heads do: it belongs to what the prompts are called. */
export function headerOfScores({ model, shape, prompts, scores, tags }: ScoresHeader): ScoreTableHeader {
  const bos = prompts.repeated === null ? '' : prompts.bosPrepended ? ', with BOS' : ', without BOS';
  return {
    ...{ model, shape, prompts: { dataset: `${prompts.dataset}${bos}` } },
    scores: scores.map((score) => ({ ...score, samples: 'prompts' })),
    ...(tags === undefined ? {} : { tags }),
  };
}

/** Of weights there are no prompts: what was read token by token has as many numbers as there were tokens, the rest is exact. */
export function headerOfWeights({ model, shape, tokens, scores }: WeightsHeader): ScoreTableHeader {
  return {
    ...{ model, shape, prompts: { dataset: 'weights' } },
    scores: scores.map((score) => ({
      ...score,
      ...{ prompts: score.sampled ? (tokens?.n ?? 1) : 1, samples: score.sampled ? 'tokens' : '', uniform: null },
    })),
  };
}

export function headerOfDirectLogits({
  model,
  shape,
  calibration,
  beforeSoftCap,
}: DirectLogitsHeader): ScoreTableHeader {
  const { dataset, sequences } = calibration;
  const cap = beforeSoftCap ? ' before the soft cap' : '';
  return {
    ...{ model, shape, prompts: { dataset } },
    scores: [
      {
        id: 'directLogits',
        title: 'Direct logits',
        rule: 'D1',
        about: `what the head writes towards the answer by itself: its part of the logit difference${cap}, mean of ${sequences} prompts`,
        formula:
          'z W_O · w / s at the answer position, w the gain times U of answers less U of wrong answers, s the divisor of the final norm',
        source:
          'Direct logit attribution: Elhage et al. 2021; Wang et al. 2022, arXiv 2211.00593, section 3; no numbered equation',
        unit: 'logits',
        range: [-Infinity, null],
        prompts: sequences,
        samples: 'prompts',
        uniform: null,
      },
    ],
  };
}
