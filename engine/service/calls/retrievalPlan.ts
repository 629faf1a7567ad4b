/** The runs of a detection, from a grid of needles or from prepared rows, in the order in which they are made. */
import { basename } from 'node:path';
import type { NeedleText, RetrieveHeader, RunSource } from '../../results/retrieve.ts';
import type { Model } from '../../run/index.ts';
import type { TargetRun } from '../../scores/retrieval/retrievalScore.ts';
import type { BuiltNeedles } from '../../tasks/needles/index.ts';
import { buildNeedles, inRounds, needles as known, preparedRows } from '../../tasks/needles/index.ts';
import { Fault } from '../../terms/fault.ts';
import { tokenizerOf } from './prompts.ts';

export interface RetrievalPlan extends Pick<RetrieveHeader, 'template' | 'prompt' | 'needles' | 'grids'> {
  /** Name of the haystack or the file. */
  readonly dataset: string;
  readonly runs: readonly TargetRun[];
  readonly left: BuiltNeedles['left'];
}

type Mode = RetrieveHeader['mode'];

/** Throws Fault for rows and settings that no run can be made of, and for a run that the mode can't read. */
export async function retrievalPlan(
  model: Model,
  { runs: source, mode, seed }: { readonly runs: RunSource; readonly mode: Mode; readonly seed: number },
): Promise<RetrievalPlan> {
  requireAttention(model);
  const plan = source.kind === 'grid' ? await gridPlan(model, source, seed) : filePlan(model, source.file);
  if (mode === 'forced') plan.runs.forEach((run) => requireForced(model, plan, run));
  return plan;
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
  const runs = preparedRows(file.text, { tokenizer, vocabulary, context, where: file.name });
  return { template: null, prompt: null, needles: [], grids: [], dataset: basename(file.name), runs, left: [] };
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

function requireForced({ family }: Model, { prompt }: RetrievalPlan, { id, ids, answer }: TargetRun): void {
  if (prompt === 'steps')
    throw new Fault({ what: 'a forced answer leaves no room for steps', expected: 'generate mode', got: 'forced' });
  if (answer === null)
    throw new Fault({
      what: 'no answer to give',
      where: id,
      expected: 'an answer in each row, or generate mode',
      got: 'none',
    });
  const { context } = family.shape;
  if (ids.length + answer.length <= context) return;
  const got = `${ids.length} and ${answer.length} of the answer`;
  throw new Fault({ what: 'longer than the context', where: id, expected: `at most ${context} tokens`, got });
}
