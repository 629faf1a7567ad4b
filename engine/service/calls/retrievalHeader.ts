/** What a saved detection says of its model, its runs and its scores. */
import type { RequestOf } from '../../results/index.ts';
import type { PlannedRun, RetrieveHeader } from '../../results/retrieve.ts';
import type { Model } from '../../run/index.ts';
import { passMark } from '../../scores/retrieval/detectRun.ts';
import { retrievalScoreById } from '../../scores/retrieval/index.ts';
import type { TargetRun } from '../../scores/retrieval/retrievalScore.ts';
import { measuredHeader } from './measuredHeader.ts';
import type { RetrievalPlan } from './retrievalPlan.ts';

type Request = RequestOf<'retrieve'>;

export function retrievalHeader(model: Model, request: Request, plan: RetrievalPlan): RetrieveHeader {
  const { runs, left, template, prompt, needles, grids, dataset } = plan;
  const prompts = runs.map(({ ids }) => bare(ids));
  const measured = { prompts, metric: 'logitDifference', dataset, remaining: [], notes: [] } as const;
  const source = { kind: 'file', file: { name: dataset, text: '' } } as const;
  const facts = measuredHeader(model, { prompts: source, seed: request.seed }, measured, runs.length);
  const { model: identity, shape, perLayer, ropeTheta, tokenizer, calibration, environment, units, notes } = facts;
  return {
    ...{ model: identity, shape, perLayer, ropeTheta, tokenizer, calibration, environment, units, notes },
    ...{ mode: request.mode, template, prompt, needles, grids, left, passMark },
    settle: request.settle ?? false,
    scores: (request.scores ?? []).map(retrievalScoreById).map(scoreFacts),
    endIds: model.endIds,
    runs: runs.map(plannedRun),
  };
}

function scoreFacts(score: ReturnType<typeof retrievalScoreById>): RetrieveHeader['scores'][number] {
  const { id, title, rule, about, formula, source, unit, range } = score;
  return { id, title, rule, about, formula, source, unit, range };
}

/** What a run is, for whoever lists it. */
export function plannedRun({ id, needle, length, depth, ids, span, maxNew, answerText }: TargetRun): PlannedRun {
  return { id, needle, length, depth, tokens: ids.length, span, maxNew, answer: answerText };
}

function bare(ids: readonly number[]) {
  const none = { corruptIds: null, negativeIds: null, answers: [], wrong: [], positions: {}, text: null };
  return { ids, answerPosition: ids.length - 1, ...none };
}
