/** Measures of dictionaries and of their controls, on rows that they were not trained on. */
import type { EventOf, RequestOf, ResultOf, Service } from '../../results/index.ts';
import type { Model } from '../../run/index.ts';
import { Fault } from '../../terms/fault.ts';
import { hasPromptRows } from '../../../sae/activations/promptRows.ts';
import { sampleRows } from '../../../sae/activations/sampleRows.ts';
import { controls } from '../../../sae/controls/index.ts';
import type { Dictionary } from '../../../sae/dictionary.ts';
import { readMeasures, writeMeasures } from '../../../sae/formats/dictionaryFolder.ts';
import type { AxisSubject } from '../../../sae/measures/attributeAxes.ts';
import { dictionaryMeasuresOf } from '../../../sae/measures/dictionaryMeasures.ts';
import { rankOfDecoder, rankOfRows } from '../../../sae/measures/effectiveRank.ts';
import type { LossRecovered } from '../../../sae/measures/lossRecovered.ts';
import { lossesRecovered } from '../../../sae/measures/lossRecovered.ts';
import type { Rows } from '../../../sae/rows.ts';
import { countOf } from '../../../sae/rows.ts';
import type { ModelSource } from '../openModels.ts';
import type { AttributeScene, KnownAttributes } from './attributeMeasures.ts';
import { axesOfGroup, knownAttributes, probes } from './attributeMeasures.ts';
import type { DictionaryToMeasure } from './dictionariesToMeasure.ts';
import { dictionariesToMeasure } from './dictionariesToMeasure.ts';
import { controlName } from './dictionaryJobs.ts';
import { rowWindows } from './dictionaryRows.ts';
import { requireFinite } from './finite.ts';
import { identityOf } from './identity.ts';

type Request = RequestOf<'measureDictionaries'>;
type Event = EventOf<'measureDictionaries'>;

export function measureDictionariesCall(models: ModelSource): Service['measureDictionaries'] {
  return async function* measureDictionaries(request, { signal }) {
    const { model, release } = await models.lease(request, signal);
    try {
      const scene = await sceneOf(model, request, signal);
      yield { kind: 'start', header: headerOf(scene) };
      return yield* measured(scene);
    } finally {
      release();
    }
  };
}

interface Scene extends AttributeScene {
  readonly dictionaries: readonly DictionaryToMeasure[];
}

async function sceneOf(model: Model, request: Request, signal: AbortSignal): Promise<Scene> {
  const dictionaries = await dictionariesToMeasure(model, request);
  const from = rowWindows(model, request.rows, request.seed);
  return { model, request, signal, from, dictionaries, known: knownAttributes(model, request, from) };
}

function headerOf({ model, from, request, dictionaries, known }: Scene): Extract<Event, { kind: 'start' }>['header'] {
  return {
    ...{ model: identityOf(model), shape: model.family.shape },
    dictionaries: dictionaries.map(({ card }) => card),
    ...{ rows: request.count, source: from.source },
    notes: [...from.notes, ...notesOf(request, known)],
  };
}

function notesOf({ lossTokens, probing, controls: ids }: Request, { axes }: KnownAttributes): string[] {
  return [
    ...(ids.length === 0 ? [] : ['controls that training did not leave are made of other rows of the same source']),
    ...(lossTokens === 0
      ? []
      : [
          'loss: x at every position but BOS is replaced, in all heads and layers that a dictionary reads at once; zero and mean are of what it reads',
        ]),
    ...(probing.length === 0
      ? []
      : [
          'probes: x at the answer position; of each value the k features whose means differ most, logistic regression of that value against the others, a fifth of the distinct prompts held out',
        ]),
    ...(axes === null
      ? []
      : [
          `attributes: ${axes.held.prompts.length} prompts of few names, ${axes.fit.prompts.length} others to fit; one place at a time at the answer position`,
        ]),
  ];
}

async function* measured(scene: Scene): AsyncGenerator<Event, ResultOf<'measureDictionaries'>, void> {
  const started = performance.now();
  const { dictionaries } = scene;
  const warnings = dictionaries.flatMap((one) => one.warnings);
  const groups = new Map<string, AxisSubject[]>();
  for (const [done, one] of dictionaries.entries()) {
    const subjects = await subjectsOf(scene, one);
    warnings.push(...(await kept(one, subjects)));
    yield* subjects.map(({ row }) => row);
    yield { kind: 'progress', of: 'dictionaries', done: done + 1, total: dictionaries.length };
    warnings.push(...subjects.slice(0, 1).flatMap(({ row }) => needlessSite(row)), ...leftOut(scene, one));
    if (!hasPromptRows(one.dictionary.input, scene.model)) continue;
    yield* probes(scene, subjects);
    if (one.dictionary.input.rows === 'token') groupOf(groups, one).push(...subjects);
  }
  for (const subjects of groups.values()) yield* axesOfGroup(scene, subjects);
  return { seconds: (performance.now() - started) / 1000, warnings };
}

/** Dictionaries that read the same values in the same way are put in place side by side. */
function groupOf(groups: Map<string, AxisSubject[]>, { dictionary }: DictionaryToMeasure): AxisSubject[] {
  const { site, layer, head, valueBias, centred } = dictionary.input;
  const key = JSON.stringify([site, layer, head, valueBias, centred]);
  const group = groups.get(key) ?? [];
  groups.set(key, group);
  return group;
}

/** What was asked for and can't be had of this dictionary. */
function leftOut({ model, request }: Scene, { name, dictionary }: DictionaryToMeasure): string[] {
  const { probing, attributes } = request;
  if (!hasPromptRows(dictionary.input, model)) {
    const isAsked = probing.length > 0 || attributes;
    return isAsked ? [`${name} has several rows a token: no probes, no edits of attributes`] : [];
  }
  if (dictionary.input.rows === 'token' || !attributes) return [];
  return [`${name} reads means over positions: no edits of attributes`];
}

/** Shares of a rise that is none mean nothing. */
function needlessSite({ name, measures: { loss } }: MeasuredRow): string[] {
  if (loss === null || (loss.zero > loss.clean && loss.mean > loss.clean)) return [];
  return [`${name}: the loss on this text does not rise without what it reads: what is recovered of it says nothing`];
}

interface SplitRows {
  readonly measured: Rows;
  /** What controls are made of. */
  readonly making: Rows;
  /** Effective rank of the measured ones; null where they are too wide. */
  readonly rank: number | null;
}

/** Throws Fault for fewer than two rows of each kind. */
async function rowsOf(scene: Scene, { dictionary, toMake, name }: DictionaryToMeasure): Promise<SplitRows> {
  const { model, request, from, signal } = scene;
  const [{ count }, { windows, skip }] = [request, from];
  const makes = toMake.length > 0;
  const most = makes ? 2 * count : count;
  const rows = await sampleRows(model, { windows, input: dictionary.input, skip, most, signal });
  const cut = Math.min(count, makes ? Math.floor(countOf(rows) / 2) : countOf(rows));
  if (cut < 2) throw new Fault({ what: 'too few rows', where: name, expected: 'two or more', got: String(cut) });
  const { width, data } = rows;
  const measured = { width, data: data.subarray(0, cut * width) };
  return { measured, making: { width, data: data.subarray(cut * width) }, rank: await rankOfRows(measured, signal) };
}

type MeasuredRow = Extract<Event, { kind: 'row' }>;

interface MeasuredSubject extends AxisSubject {
  readonly row: MeasuredRow;
}

/** The dictionary, then its controls. */
async function subjectsOf(scene: Scene, one: DictionaryToMeasure): Promise<readonly MeasuredSubject[]> {
  const { name, dictionary, card, beside } = one;
  const rows = await rowsOf(scene, one);
  const own = await dictionaryMeasuresOf(dictionary, rows.measured, null);
  const k = Math.max(1, Math.round(own.active));
  const made: (readonly [string, Dictionary])[] = [];
  for (const id of one.toMake) made.push([id, await madeControl(scene, one, rows.making, { id, k })]);
  const all: readonly (readonly [string | null, Dictionary])[] = [[null, dictionary], ...beside, ...made];
  const losses = await lossesOf(
    scene,
    all.map(([, each]) => each),
  );
  const subjects: MeasuredSubject[] = [];
  for (const [i, [control, each]] of all.entries()) {
    scene.signal.throwIfAborted();
    const measured = control === null ? own : await dictionaryMeasuresOf(each, rows.measured, null);
    const measures = { ...measured, loss: losses[i] ?? null };
    const called = control === null ? name : controlName(name, control);
    const effectiveRank = await ranksOf(each, rows, scene.signal);
    const row = { kind: 'row', path: card.path, name: called, control, measures, effectiveRank } as const;
    subjects.push({ name: called, dictionary: each, row });
  }
  return subjects;
}

/** Keeps the numbers in the dictionary's folder where it has none. A folder that can't be written costs a line, not the measurement. */
async function kept(
  { card: { path }, name }: DictionaryToMeasure,
  [first]: readonly MeasuredSubject[],
): Promise<string[]> {
  if (first === undefined || (await readMeasures(path)) !== null) return [];
  try {
    await writeMeasures(path, first.row.measures);
    return [];
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return [`${name}: its numbers are not kept in its folder (${error.message})`];
  }
}

function madeControl(
  { request, from, signal }: Scene,
  { dictionary: { input, features, model } }: DictionaryToMeasure,
  rows: Rows,
  { id, k }: { readonly id: string; readonly k: number },
): Dictionary | Promise<Dictionary> {
  const control = controls.find((one) => one.id === id);
  if (control === undefined) throw new RangeError(`control ${id}: expected a checked id`);
  return control.make({ rows, input, features, k, seed: request.seed, model, text: from.source, signal });
}

async function lossesOf(
  { model, request, from, signal }: Scene,
  dictionaries: readonly Dictionary[],
): Promise<readonly LossRecovered[]> {
  if (request.lossTokens === 0) return [];
  const asked = { skip: from.skip, tokens: request.lossTokens, signal };
  const losses = await lossesRecovered(model, dictionaries, from.windows, asked);
  for (const { clean, reconstructed, zero, mean, kl } of losses)
    await requireFinite(model, 'loss', [clean, reconstructed, zero, mean, kl], signal);
  return losses;
}

async function ranksOf(
  dictionary: Dictionary,
  { rank }: SplitRows,
  signal: AbortSignal,
): Promise<Exclude<MeasuredRow['effectiveRank'], undefined>> {
  const decoder = await rankOfDecoder(dictionary, signal);
  return rank === null || decoder === null ? null : { rows: rank, decoder };
}
