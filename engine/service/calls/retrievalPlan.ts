/** The runs of a detection, from a grid of needles or from prepared rows, in the order in which they are made. */
import { basename } from 'node:path';
import type { NeedleText, RetrieveHeader, RunSource } from '../../results/retrieve.ts';
import type { Model } from '../../run/index.ts';
import type { TargetRun } from '../../scores/retrieval/retrievalScore.ts';
import { buildNeedles, inRounds, needles as known, preparedRows } from '../../tasks/needles/index.ts';
import { Fault } from '../../terms/fault.ts';
import { tokenizerOf } from './prompts.ts';

export interface RetrievalPlan extends Pick<RetrieveHeader, 'template' | 'prompt' | 'needles' | 'grids'> {
  /** Name of the haystack or the file. */
  readonly dataset: string;
  readonly runs: readonly TargetRun[];
  readonly left: RetrieveHeader['left'];
}

type Mode = RetrieveHeader['mode'];

/** Throws Fault for settings that no run can be made of, and where there is none that the mode can read. */
export async function retrievalPlan(
  model: Model,
  { runs: source, mode, seed }: { readonly runs: RunSource; readonly mode: Mode; readonly seed: number },
): Promise<RetrievalPlan> {
  requireAttention(model);
  const plan = source.kind === 'grid' ? await gridPlan(model, source, seed) : filePlan(model, source.file);
  return mode === 'forced' ? withoutUnreadable(plan, (run) => whyNotForced(model, plan, run)) : plan;
}

/** Without the runs that something is in the way of. Throws the first Fault where none is left. */
export function withoutUnreadable(plan: RetrievalPlan, reason: (run: TargetRun) => Fault | null): RetrievalPlan {
  const judged = plan.runs.map((run) => ({ run, fault: reason(run) }));
  const runs = judged.flatMap(({ run, fault }) => (fault === null ? [run] : []));
  const left = judged.flatMap(({ run, fault }) => (fault === null ? [] : [leftOf(run, fault)]));
  const fault = judged.find((one) => one.fault !== null)?.fault ?? null;
  if (runs.length === 0 && fault !== null) throw fault;
  return { ...plan, runs, left: [...plan.left, ...left] };
}

function leftOf({ id, needle, length, depth }: TargetRun, fault: Fault): RetrieveHeader['left'][number] {
  return { needle: needle ?? id, length, depth, reason: fault.message };
}

function requireAttention({ family, files }: Model): void {
  const lack = family.lacks.pattern;
  if (lack !== undefined) throw new Fault({ what: `this model has no site pattern: ${lack}`, where: files.path });
  if (!family.causal)
    throw new Fault({
      what: 'retrieval is read while a model continues a text',
      where: files.path,
      expected: 'a causal model',
    });
}

async function gridPlan(
  model: Model,
  source: Extract<RunSource, { kind: 'grid' }>,
  seed: number,
): Promise<RetrievalPlan> {
  const { grids, template, prompt, haystack, maxNew } = source;
  const needles = chosenNeedles(source.needles);
  const { tokenizer, family } = model;
  const built = await buildNeedles({
    ...{ tokenizer, needles, grids, template, prompt },
    context: family.shape.context,
    haystack: haystack.kind === 'stories' ? { kind: 'stories', seed } : { kind: 'texts', texts: haystack.texts },
    ...(maxNew === undefined ? {} : { maxNew }),
  });
  return {
    ...{ template, prompt, needles, grids, left: built.left },
    dataset: haystack.kind === 'stories' ? 'stories' : basename(haystack.name),
    runs: inRounds(built.runs, seed),
  };
}

function filePlan(model: Model, file: { readonly text: string; readonly name: string }): RetrievalPlan {
  const { vocabulary, context } = model.family.shape;
  const tokenizer = tokenizerOf(model);
  const { runs, left } = preparedRows(file.text, { tokenizer, vocabulary, context, where: file.name });
  return {
    ...{ template: null, prompt: null, needles: [], grids: [], dataset: basename(file.name), runs },
    left: left.map(({ id, fault }) => ({ needle: id, length: null, depth: null, reason: fault.message })),
  };
}

/** All that are copied where nothing is asked for. */
function chosenNeedles(asked: Extract<RunSource, { kind: 'grid' }>['needles']): readonly NeedleText[] {
  if (asked === undefined) return known.filter(({ kind }) => kind === 'copy');
  const needles = asked.map((one) => (typeof one === 'string' ? needleById(one) : one));
  const twice = needles.find(({ id }, i) => needles.findIndex((other) => other.id === id) !== i);
  if (twice === undefined) return needles;
  throw new Fault({ what: 'a needle twice', expected: 'each id once', got: twice.id });
}

function needleById(id: string): NeedleText {
  const found = known.find((needle) => needle.id === id);
  if (found !== undefined) return found;
  const expected = `one of ${known.map((needle) => needle.id).join(', ')}`;
  throw new Fault({ what: 'unknown needle', expected, got: id });
}

/** What keeps a run from being given its answer. */
function whyNotForced({ family }: Model, { prompt }: RetrievalPlan, { id, ids, answer }: TargetRun): Fault | null {
  if (prompt === 'steps')
    return new Fault({ what: 'a forced answer leaves no room for steps', expected: 'generate mode', got: 'forced' });
  if (answer === null)
    return new Fault({ what: 'no answer to give', where: id, expected: 'an answer, or generate mode', got: 'none' });
  const { context } = family.shape;
  if (ids.length + answer.length <= context) return null;
  const got = `${ids.length} and ${answer.length} of the answer`;
  return new Fault({ what: 'longer than the context', where: id, expected: `at most ${context} tokens`, got });
}
