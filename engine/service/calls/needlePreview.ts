/** What a detection would run: its runs, the text of one with the needle marked, and how long all of them take. */
import type { Service } from '../../results/index.ts';
import type { Model } from '../../run/index.ts';
import type { TargetRun } from '../../scores/retrieval/retrievalScore.ts';
import { needles, previewRun } from '../../tasks/needles/index.ts';
import type { ModelSource } from '../openModels.ts';
import { decoded, tokenizerOf } from './prompts.ts';
import { retrievalPlan } from './retrievalPlan.ts';
import { plannedRun } from './retrievalHeader.ts';

export function needlesCall(): Service['needles'] {
  return async () => ({ needles });
}

export function needlePreviewCall(models: ModelSource): Service['needlePreview'] {
  return (request, { signal }) =>
    models.use(request, signal, async (model) => {
      const { runs, left } = await retrievalPlan(model, request);
      const shown = runs[Math.min(request.shown, runs.length - 1)];
      const tokenizer = tokenizerOf(model);
      const text =
        shown === undefined || tokenizer === null ? null : previewRun(shown, (ids) => decoded(tokenizer, ids));
      return {
        runs: runs.map(plannedRun),
        left,
        ids: shown?.ids ?? [],
        shown: text,
        seconds: request.estimate ? await estimate(model, runs, request.mode, signal) : null,
      };
    });
}

/** Tokens of the run that is timed, and steps after them. */
const timed = { tokens: 256, steps: 4 } as const;

/** Seconds of all runs: prompt tokens and steps at the rates of one short generation. Runs that end early take less. */
async function estimate(
  model: Model,
  runs: readonly TargetRun[],
  mode: 'generate' | 'forced',
  signal: AbortSignal,
): Promise<number> {
  const prompt = runs[0]?.ids.slice(0, timed.tokens) ?? [];
  if (prompt.length === 0) return 0;
  // The first makes programs and memory ready.
  await stepTimes(model, prompt.slice(0, 8), signal);
  const [first = 0, ...later] = await stepTimes(model, prompt, signal);
  const perToken = first / prompt.length;
  const perStep = later.length === 0 ? first : later.reduce((sum, time) => sum + time, 0) / later.length;
  const each = ({ ids, maxNew, answer }: TargetRun) =>
    mode === 'forced' ? (ids.length + (answer?.length ?? 0)) * perToken : ids.length * perToken + maxNew * perStep;
  return runs.reduce((sum, run) => sum + each(run), 0);
}

/** Seconds of the prompt with its first token, and of each step after it. */
async function stepTimes(model: Model, ids: readonly number[], signal: AbortSignal): Promise<number[]> {
  const times: number[] = [];
  let last = performance.now();
  for await (const _ of model.generate({ ids, maxNew: timed.steps, endIds: [], signal })) {
    times.push((performance.now() - last) / 1000);
    last = performance.now();
  }
  return times;
}
