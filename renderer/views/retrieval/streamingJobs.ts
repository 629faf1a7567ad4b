/** What the face Streaming would run, or in words what is in the way; and how long that takes, by how long it took before. */
import type { JobRequest } from '../../../engine/results/runs.ts';
import type { ModelChoice } from '../../state/workspace.ts';
import type { GateChoice } from '../../../engine/results/duoSchedules.ts';
import { gateProblem } from './gateSchedules.ts';
import { numbersIn } from './needlePlan.ts';
import type { RankingSources } from './qualityRankings.ts';
import { rankingScores, rankingTitles } from './qualityRankings.ts';
import type { ProbeSettings, QualitySettings } from './streamingSettings.ts';

export type StreamingCall = 'streamingHeads' | 'duo' | 'duoQuality';
export type StreamingJob = Extract<JobRequest, { readonly call: StreamingCall }>;
export type JobPlan =
  { readonly kind: 'ready'; readonly job: StreamingJob } | { readonly kind: 'problem'; readonly text: string };

/** Tokens of a window of plain text, and positions of the prior (kvpress takes 500). */
const WINDOW = 512;
const PRIOR = 500;
/** K at most where it is not given, as the engine has it. */
const REPEATED = 500;

function problem(text: string): JobPlan {
  return { kind: 'problem', text };
}

export function planProbe(settings: ProbeSettings, model: ModelChoice, context: number): JobPlan {
  const { n, length, echo, induction, hasPrior, texts, seed } = settings;
  const most = Math.floor((context - 1) / 4);
  if (length !== null && length > most) return problem(`Four times ${length} tokens: at most ${most} fit this model.`);
  const windows = { source: { kind: 'stories' }, n: texts, length: Math.min(WINDOW, context) } as const;
  const request = {
    ...{ ...model, n, seed, keep: { echo: echo / 100, induction: induction / 100 } },
    ...(length === null ? {} : { length }),
    prior: hasPrior ? { texts: windows, length: Math.min(PRIOR, context) } : null,
  };
  return { kind: 'ready', job: { call: 'streamingHeads', request } };
}

export function planGates(choice: GateChoice, model: ModelChoice, context: number): JobPlan {
  const reason = gateProblem(choice, context);
  return reason === null ? { kind: 'ready', job: { call: 'duo', request: { ...model, ...choice } } } : problem(reason);
}

export interface QualityScene extends RankingSources {
  /** Window and texts are those that the gates were trained with, else those that they would be. */
  readonly choice: GateChoice;
  readonly context: number;
}

export function planQuality(settings: QualitySettings, model: ModelChoice, scene: QualityScene): JobPlan {
  const { sparsities: typed, draws, texts, seed } = settings;
  const percents = numbersIn(typed);
  if (percents === null || percents.some((percent) => percent > 100))
    return problem('Shares are percents: 25, 50, 75.');
  const { sink, recent, lengths, passkeys } = scene.choice;
  const reason = gateProblem(scene.choice, scene.context);
  if (reason !== null) return problem(reason);
  const rankings = settings.rankings.flatMap((ranking) => {
    const scores = rankingScores(ranking, scene);
    return scores === null ? [] : [{ name: rankingTitles[ranking], scores }];
  });
  if (rankings.length === 0) return problem('Choose a ranking that there is: train gates, or run the probe.');
  const request = {
    ...{ ...model, rankings, sink, recent, draws, seed, sparsities: percents.map((percent) => percent / 100) },
    passkeyTexts: { n: texts, lengths, passkeys },
    plainTexts: { source: { kind: 'stories' }, n: texts, length: Math.min(WINDOW, scene.context) },
  } as const;
  return { kind: 'ready', job: { call: 'duoQuality', request } };
}

/** Tokens that pass through the model: what the time of a job goes with. Null for other jobs. */
export function tokensOf(job: JobRequest, context: number): number | null {
  switch (job.call) {
    case 'streamingHeads': {
      const { n, length = Math.min(REPEATED, Math.floor((context - 1) / 4)), prior } = job.request;
      return n * 4 * length + (prior === null ? 0 : prior.texts.n * prior.texts.length);
    }
    case 'duo':
      return job.request.steps * meanLength(job.request.lengths);
    case 'duoQuality': {
      const { rankings, draws, sparsities, passkeyTexts, plainTexts } = job.request;
      const choices = 1 + sparsities.length * (rankings.length + draws);
      return choices * (passkeyTexts.n * meanLength(passkeyTexts.lengths) + plainTexts.n * plainTexts.length);
    }
    default:
      return null;
  }
}

function meanLength({ from, to }: GateChoice['lengths']): number {
  return (from + to) / 2;
}

/** The same with the least of everything, to take its time: one sequence, one step, one text of each kind. */
export function trialOf(job: StreamingJob): StreamingJob {
  const midway = ({ from, to }: GateChoice['lengths']) => {
    const length = Math.round((from + to) / 2);
    return { from: length, to: length, count: 1 };
  };
  switch (job.call) {
    case 'streamingHeads': {
      const { prior, ...request } = job.request;
      const one = prior === null ? null : { ...prior, texts: { ...prior.texts, n: 1 } };
      return { ...job, request: { ...request, n: 1, prior: one } };
    }
    case 'duo':
      return { ...job, request: { ...job.request, steps: 1, lengths: midway(job.request.lengths) } };
    case 'duoQuality': {
      const { rankings, sparsities, passkeyTexts, plainTexts } = job.request;
      return {
        ...job,
        request: {
          ...job.request,
          ...{ rankings: rankings.slice(0, 1), sparsities: sparsities.slice(0, 1), draws: 0 },
          passkeyTexts: { ...passkeyTexts, n: 1, lengths: midway(passkeyTexts.lengths) },
          plainTexts: { ...plainTexts, n: 1 },
        },
      };
    }
  }
}
