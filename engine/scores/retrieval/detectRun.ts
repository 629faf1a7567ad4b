/** What one needle run says of every head. */
import type { Model } from '../../run/index.ts';
import { answerF1, rougeRecall } from '../../tasks/needles/index.ts';
import { Fault } from '../../terms/fault.ts';
import { readAnswer } from './answerRows.ts';
import { answerSteps } from './answerSteps.ts';
import type { Copied } from './copyTally.ts';
import { generateCopies } from './generateCopies.ts';
import { readQuestion } from './questionFocus.ts';
import type { RetrievalScore, RowScore, TargetRun } from './retrievalScore.ts';
import type { WriteDirections } from './writeDirections.ts';

/** `generate`: the model answers, and runs that fail don't count. `forced`: it is given the answer, in one forward pass. */
export type DetectionMode = 'generate' | 'forced';

export interface Detection {
  readonly mode: DetectionMode;
  readonly scores: readonly RetrievalScore[];
  readonly directions: WriteDirections;
  readonly endIds: readonly number[];
  /** Text of ids; null for a model without a tokenizer. */
  readonly textOf: ((ids: readonly number[]) => string) | null;
  /** Text of one token, the space before it kept. */
  readonly tokenText: (id: number) => string;
  readonly signal?: AbortSignal;
}

export interface DetectedRun {
  readonly mode: DetectionMode;
  /** Is it in the means? */
  readonly counts: boolean;
  /** Null where nothing says what success is. */
  readonly success: boolean | null;
  /** Why it counts or does not. */
  readonly reason: string;
  readonly rouge: number | null;
  readonly f1: number | null;
  readonly response: string | null;
  /** The end token, where there was one, is the last. */
  readonly generated: readonly number[];
  /** Of the answer's tokens, natural log; `forced` only. */
  readonly logProbabilities: readonly number[] | null;
  readonly correct: readonly boolean[] | null;
  /** [L N] */
  readonly legacy: Float64Array;
  readonly capped: Float64Array;
  readonly copies: readonly Copied[];
  /** How many steps produced the answer, which scores of rows are read at; null where the generation does not have it. */
  readonly answerSteps: number | null;
  /** By score id, [L N]; null where the run has nothing that the score reads. */
  readonly scores: Readonly<Record<string, Float64Array | null>>;
}

/** Wu et al. 2024: a run counts above this recall of the answer's words; for reasoning needles HeadKV's F1 has the same bound. */
export const passMark = 0.5;

/** Throws Fault for ids that the model can't take, and in `forced` mode for a run without an answer. */
export async function detectRun(model: Model, run: TargetRun, detection: Detection): Promise<DetectedRun> {
  return detection.mode === 'forced' ? forcedRun(model, run, detection) : generatedRun(model, run, detection);
}

async function forcedRun(model: Model, run: TargetRun, detection: Detection): Promise<DetectedRun> {
  const { answer } = run;
  if (answer === null || answer.length === 0)
    throw new Fault({ what: 'no answer to give', where: run.id, expected: 'an answer, or generate mode', got: 'none' });
  const steps = answer.map((_, step) => step);
  const read = await readAnswer(model, { run, continuation: answer, steps, ...rowsOf(detection) });
  const { legacy, capped, copies, logProbabilities, correct } = read;
  return {
    ...{ mode: 'forced', counts: true, success: null, reason: 'the answer was given', rouge: null, f1: null },
    ...{ response: null, generated: [], logProbabilities, correct, legacy, capped, copies },
    answerSteps: steps.length,
    scores: { ...read.scores, ...(await questionScores(model, run, detection)) },
  };
}

async function generatedRun(model: Model, run: TargetRun, detection: Detection): Promise<DetectedRun> {
  const { endIds, signal } = detection;
  const made = await generateCopies(model, run, { endIds, ...(signal === undefined ? {} : { signal }) });
  const said = made.ended ? made.ids.slice(0, -1) : made.ids;
  const response = detection.textOf === null ? null : detection.textOf(said);
  const judged = judge(run, response, said);
  const { ids: generated, legacy, capped, copies } = made;
  const steps = judged.counts ? stepsOf(run, said, detection) : [];
  return {
    ...{ mode: 'generate', response, generated, logProbabilities: null, correct: null, legacy, capped, copies },
    ...judged,
    answerSteps: steps.length === 0 ? null : steps.length,
    scores: {
      ...(await answerScores(model, run, detection, said, steps)),
      ...(await questionScores(model, run, detection)),
    },
  };
}

type Judged = Pick<DetectedRun, 'counts' | 'success' | 'reason' | 'rouge' | 'f1'>;

function judge({ answer, answerText, judge: by }: TargetRun, response: string | null, said: readonly number[]): Judged {
  // Without a tokenizer ids are the words.
  const wanted = response === null ? (answer?.join(' ') ?? null) : answerText;
  if (wanted === null)
    return { counts: true, success: null, reason: 'no answer to compare with', rouge: null, f1: null };
  const got = response ?? said.join(' ');
  const [rouge, f1] = [rougeRecall(wanted, got), answerF1(wanted, got)];
  const [measure, value] = by === 'f1' ? ['F1', f1] : ['ROUGE-1 recall', rouge];
  const success = value > passMark;
  const reason = `${measure} ${value.toFixed(2)}, ${success ? 'above' : 'not above'} ${passMark}`;
  return { counts: success, success, reason, rouge, f1 };
}

function rowsOf({ scores, directions, signal }: Detection) {
  return { scores: scores.filter(isRowScore), directions, ...(signal === undefined ? {} : { signal }) };
}

function isRowScore(score: RetrievalScore): score is RowScore {
  return score.reads === 'answer';
}

function stepsOf({ answer, answerText }: TargetRun, said: readonly number[], { tokenText }: Detection) {
  return answer === null ? [] : answerSteps(said, { ids: answer, text: answerText }, tokenText);
}

/** What the rows say that produced the answer, where the generation has it: read once more, with what was generated given. */
async function answerScores(
  model: Model,
  run: TargetRun,
  detection: Detection,
  generated: readonly number[],
  steps: readonly number[],
): Promise<Record<string, Float64Array | null>> {
  const rows = rowsOf(detection);
  const last = steps.at(-1);
  if (last === undefined || rows.scores.length === 0)
    return Object.fromEntries(rows.scores.map(({ id }) => [id, null]));
  const read = await readAnswer(model, { run, continuation: generated.slice(0, last + 1), steps, ...rows });
  return read.scores;
}

async function questionScores(
  model: Model,
  run: TargetRun,
  { scores, signal }: Detection,
): Promise<Record<string, Float64Array | null>> {
  const asked = scores.filter(({ reads }) => reads === 'question');
  if (asked.length === 0) return {};
  const values = await readQuestion(model, run, signal);
  return Object.fromEntries(asked.map(({ id }) => [id, values]));
}
