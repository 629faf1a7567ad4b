/** Which heads fetch a needle's answer from a haystack: one row a run, and what they say together. */
import type { EventOf, RequestOf, Service } from '../../results/index.ts';
import type { PlannedRun, RetrievedRun, RetrieveHeader, RetrieveResult } from '../../results/retrieve.ts';
import type { Model } from '../../run/index.ts';
import type { DetectedRun, Detection, DetectionMode } from '../../scores/retrieval/detectRun.ts';
import { detectRun } from '../../scores/retrieval/detectRun.ts';
import { retrievalScoreById } from '../../scores/retrieval/index.ts';
import type { AccuracyDrop } from '../../scores/retrieval/accuracyDrop.ts';
import { accuracyDrop } from '../../scores/retrieval/accuracyDrop.ts';
import type { TargetRun } from '../../scores/retrieval/retrievalScore.ts';
import { countedRows, rankStability, summariseRetrieval } from '../../scores/retrieval/summary.ts';
import { WriteDirections } from '../../scores/retrieval/writeDirections.ts';
import { taskById } from '../../tasks/index.ts';
import type { Prompt } from '../../tasks/task.ts';
import type { ModelSource } from '../openModels.ts';
import { requireFinite } from './finite.ts';
import { decoded, shownToken, tokenizerOf } from './prompts.ts';
import { retrievalHeader } from './retrievalHeader.ts';
import { taskPrompts } from './task.ts';
import type { RetrievalPlan } from './retrievalPlan.ts';
import { retrievalPlan } from './retrievalPlan.ts';

type Request = RequestOf<'retrieve'>;
type Event = EventOf<'retrieve'>;

export function retrieveCall(models: ModelSource): Service['retrieve'] {
  return async function* retrieve(request, { signal }) {
    const started = performance.now();
    const scores = (request.scores ?? []).map(retrievalScoreById);
    const { model, release } = await models.lease(request, signal);
    try {
      const plan = await retrievalPlan(model, request);
      const header = retrievalHeader(model, request, plan);
      const detection = {
        ...{ scores, directions: new WriteDirections(model), endIds: header.endIds, signal },
        ...{ textOf: textReader(model), tokenText: (id: number) => shownToken(model, id) },
      };
      const runs = new Runs(model, request, plan, header, detection);
      yield { kind: 'start', header };
      yield* runs.inMode(request.mode);
      const { noneCounts } = runs;
      // A model that can't answer gives no empty result: what its heads do when the answer is given is known all the same.
      if (noneCounts) yield* runs.inMode('forced');
      yield* runs.onTasks();
      return runs.result(noneCounts, (performance.now() - started) / 1000);
    } finally {
      release();
    }
  };
}

class Runs {
  readonly #model: Model;
  readonly #request: Request;
  readonly #plan: RetrievalPlan;
  readonly #planned: readonly PlannedRun[];
  readonly #detection: Omit<Detection, 'mode'>;
  readonly #rows: RetrievedRun[];
  /** By score id: found out first, so that a tokenizer without the task's words doesn't end hours of runs. */
  readonly #taskPrompts: ReadonlyMap<string, readonly Prompt[]>;
  readonly #once: Record<string, AccuracyDrop> = {};
  #settled = false;

  constructor(
    model: Model,
    request: Request,
    plan: RetrievalPlan,
    { runs }: RetrieveHeader,
    detection: Omit<Detection, 'mode'>,
  ) {
    this.#model = model;
    this.#request = request;
    this.#plan = plan;
    this.#planned = runs;
    this.#detection = detection;
    this.#rows = [...(request.known ?? [])];
    const onTasks = detection.scores.filter(({ reads }) => reads === 'task');
    const draw = (id: string) => taskPrompts(model, taskById(id), { n: taskPromptCount, seed: request.seed }).prompts;
    this.#taskPrompts = new Map(onTasks.map(({ id }) => [id, draw(id)]));
  }

  get noneCounts(): boolean {
    return this.#request.mode === 'generate' && !this.#rows.some(({ counts, mode }) => counts && mode === 'generate');
  }

  async *inMode(mode: DetectionMode): AsyncGenerator<Event> {
    const known = new Set(this.#rows.filter((row) => row.mode === mode).map(({ index }) => index));
    for (const [index, run] of this.#plan.runs.entries()) {
      if (this.#settled) return;
      if (!known.has(index) && this.#canRun(run, mode)) yield* this.#one(run, index, mode);
      this.#settled = this.#isSettled(index);
      yield { kind: 'progress', of: 'runs', done: index + 1, total: this.#plan.runs.length };
    }
  }

  /** Runs that were to be generated may have no answer to give, or no room for it. */
  #canRun({ ids, answer }: TargetRun, mode: DetectionMode): boolean {
    if (mode === 'generate') return true;
    return answer !== null && ids.length + answer.length <= this.#model.family.shape.context;
  }

  async *#one(run: TargetRun, index: number, mode: DetectionMode): AsyncGenerator<Event> {
    const started = performance.now();
    const detected = await detectRun(this.#model, run, { ...this.#detection, mode });
    const seconds = (performance.now() - started) / 1000;
    const row = rowOf(this.#model, run, index, detected, seconds);
    const { signal } = this.#detection;
    if (signal !== undefined) await requireFinite(this.#model, 'retrieval scores', numbersIn(row), signal);
    this.#rows.push(row);
    yield row;
    const stability = rankStability(this.#rows, this.#planned, this.#request.seed);
    if (stability !== null) yield { kind: 'stability', runs: countedRows(this.#rows).length, ...stability };
  }

  /** What is measured on prompts of a task. */
  async *onTasks(): AsyncGenerator<Event> {
    const { signal } = this.#detection;
    const asked = { seed: this.#request.seed, ...(signal === undefined ? {} : { signal }) };
    for (const [id, prompts] of this.#taskPrompts) {
      const steps = accuracyDrop(this.#model, { prompts, ...asked });
      for (;;) {
        const step = await steps.next();
        if (step.done === true) {
          this.#once[id] = step.value;
          break;
        }
        yield { kind: 'progress', of: 'heads', ...step.value };
      }
    }
  }

  /** Never before every needle had its turn, nor before ten runs: the first few agree with themselves. */
  #isSettled(index: number): boolean {
    if (this.#request.settle !== true) return false;
    const needles = new Set(this.#planned.map(({ needle }) => needle)).size;
    const counted = countedRows(this.#rows).length;
    if (counted < fewestRuns || index + 1 < needles) return false;
    const stability = rankStability(this.#rows, this.#planned, this.#request.seed);
    return stability !== null && stability.overlap >= settledOverlap;
  }

  result(isForced: boolean, seconds: number): RetrieveResult {
    const { seed } = this.#request;
    const once = Object.fromEntries(Object.entries(this.#once).map(([id, { heads }]) => [id, heads]));
    const summary = summariseRetrieval(this.#rows, this.#planned, this.#model.family.shape, seed, once);
    const warnings = [...warningsOf(this.#plan, summary, isForced), ...taskWarnings(this.#once)];
    return { seconds, ...summary, settled: this.#settled, warnings };
  }
}

/** Of a task, for scores that are measured on one. */
const taskPromptCount = 32;

const fewestRuns = 10;
/** Share of the ten best heads that a resample of the needles must have on the mean. */
const settledOverlap = 0.9;

/** What is given where no run passed. */
const insteadOf = 'the scores are those of the same runs with the answer given (forced mode)';

function warningsOf(
  { left, prompt }: RetrievalPlan,
  { total, needles, runs }: Pick<RetrieveResult, 'total' | 'needles' | 'runs'>,
  isForced: boolean,
) {
  const [first] = left;
  const of = prompt === null ? 'of the file' : 'of the grid';
  const many = left.length === 1 ? `a run ${of} was` : `${left.length} runs ${of} were`;
  return [
    ...(isForced
      ? [`none of ${total} runs passed the gate: ${runs > 0 ? insteadOf : 'none has room for its answer to be given'}`]
      : []),
    ...(first === undefined ? [] : [`${many} left out: ${first.reason}`]),
    ...(runs > 0 && needles < 6
      ? [
          `${needles === 1 ? 'one needle' : `${needles} needles`}: the text of the needle varies scores most, so take six or more`,
        ]
      : []),
  ];
}

/** An effect on what the model can't do is noise. */
function taskWarnings(once: Readonly<Record<string, AccuracyDrop>>): readonly string[] {
  return Object.entries(once).flatMap(([id, { accuracy }]) =>
    accuracy >= 0.5 ? [] : [`${id}: the model with all its heads has ${(100 * accuracy).toFixed(0)} % right`],
  );
}

function rowOf(model: Model, run: TargetRun, index: number, detected: DetectedRun, seconds: number): RetrievedRun {
  const { legacy, capped, copies, scores, generated, mode, ...facts } = detected;
  const produced = mode === 'forced' ? (run.answer ?? []) : generated;
  return {
    ...{ kind: 'run', index, mode, ...facts, generated, seconds },
    pieces: tokenizerOf(model) === null ? null : produced.map((id) => shownToken(model, id)),
    legacy: [...legacy],
    capped: [...capped],
    copies: copies.map(({ layer, head, step, key }) => [layer, head, step, key] as const),
    scores: Object.fromEntries(
      Object.entries(scores).map(([id, values]) => [id, values === null ? null : Array.from(values, rounded)]),
    ),
  };
}

/** Float32 needs no more digits to come back. */
function rounded(value: number): number {
  return Number(value.toPrecision(8));
}

function numbersIn({ scores, logProbabilities }: RetrievedRun): readonly number[] {
  return [...(logProbabilities ?? []), ...Object.values(scores).flatMap((values) => values ?? [])];
}

/** End tokens and what else has no text is left out. */
function textReader(model: Model): ((ids: readonly number[]) => string) | null {
  const tokenizer = tokenizerOf(model);
  return tokenizer === null ? null : (ids) => decoded(tokenizer, ids);
}
