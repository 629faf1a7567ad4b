/** Measures of dictionaries and of their controls, on rows that they were not trained on. */
import type { EventOf, RequestOf, ResultOf, Service } from '../../results/index.ts';
import type { Model } from '../../run/index.ts';
import { attributesOf } from '../../tasks/attributes.ts';
import { areIoi } from '../../tasks/ioiAttributes.ts';
import { Fault } from '../../terms/fault.ts';
import { inputRows } from '../../../sae/activations/inputRows.ts';
import { hasPromptRows, promptRows } from '../../../sae/activations/promptRows.ts';
import { sampleRows } from '../../../sae/activations/sampleRows.ts';
import { controls } from '../../../sae/controls/index.ts';
import type { Dictionary } from '../../../sae/dictionary.ts';
import { readMeasures, writeMeasures } from '../../../sae/formats/dictionaryFolder.ts';
import { DictionaryProgram } from '../../../sae/inference/dictionaryProgram.ts';
import type { AxisSubject } from '../../../sae/measures/attributeAxes.ts';
import { attributeAxes } from '../../../sae/measures/attributeAxes.ts';
import { dictionaryMeasuresOf } from '../../../sae/measures/dictionaryMeasures.ts';
import { rankOfDecoder, rankOfRows } from '../../../sae/measures/effectiveRank.ts';
import type { IoiScene } from '../../../sae/measures/ioiScene.ts';
import { ioiScene } from '../../../sae/measures/ioiScene.ts';
import { lossRecovered } from '../../../sae/measures/lossRecovered.ts';
import type { ProbedAttribute } from '../../../sae/measures/sparseProbing.ts';
import { chanceOf, fullAccuracy, probedAttribute, sparseProbes } from '../../../sae/measures/sparseProbing.ts';
import { describeInput } from '../../../sae/input.ts';
import type { Rows } from '../../../sae/rows.ts';
import { countOf } from '../../../sae/rows.ts';
import type { ModelSource } from '../openModels.ts';
import type { DictionaryToMeasure } from './dictionariesToMeasure.ts';
import { dictionariesToMeasure } from './dictionariesToMeasure.ts';
import { controlName } from './dictionaryJobs.ts';
import type { RowWindows } from './dictionaryRows.ts';
import { rowWindows } from './dictionaryRows.ts';
import { requireFinite } from './finite.ts';
import { identityOf } from './identity.ts';
import { decoded, tokenizerOf } from './prompts.ts';

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

interface Scene {
  readonly model: Model;
  readonly request: Request;
  readonly signal: AbortSignal;
  readonly from: RowWindows;
  readonly dictionaries: readonly DictionaryToMeasure[];
  /** What probes are for; none where no probe is asked for. */
  readonly probed: readonly ProbedAttribute[];
  /** Null where the axes are not asked for. */
  readonly axes: IoiScene | null;
}

async function sceneOf(model: Model, request: Request, signal: AbortSignal): Promise<Scene> {
  const dictionaries = await dictionariesToMeasure(model, request);
  const from = rowWindows(model, request.rows, request.seed);
  const known = { probed: probedOf(model, request, from), axes: axesOf(model, request, from) };
  return { model, request, signal, from, dictionaries, ...known };
}

/** Throws Fault for text, and for prompts of which no attribute is known. */
function probedOf(model: Model, { probing, seed }: Request, { prompts, source }: RowWindows): Scene['probed'] {
  if (probing.length === 0) return [];
  const attributes = attributesOf(prompts ?? [], textOf(model));
  const probed = attributes.flatMap((attribute) => probedAttribute(attribute, seed) ?? []);
  if (probed.length > 0) return probed;
  const expected =
    'prompts of a task with attributes (ioi, greaterThan, subjectVerb, genderedPronoun), some of each value';
  throw new Fault({ what: 'sparse probing', expected, got: `${source}, ${prompts?.length ?? 0} prompts` });
}

/** Fewer prompts say nothing. */
const leastForAxes = 20;

/** Throws Fault for what are not some prompts of IOI. */
function axesOf(model: Model, { attributes, seed }: Request, { prompts, source }: RowWindows): Scene['axes'] {
  if (!attributes) return null;
  if (prompts !== null && prompts.length >= leastForAxes && areIoi(prompts))
    return ioiScene(prompts, textOf(model), seed);
  const expected = `at least ${leastForAxes} prompts of ioi`;
  throw new Fault({ what: 'edits of attributes', expected, got: `${source}, ${prompts?.length ?? 0} prompts` });
}

function textOf(model: Model): (id: number) => string {
  const tokenizer = tokenizerOf(model);
  return tokenizer === null ? String : (id) => decoded(tokenizer, [id]).trim();
}

function headerOf({ model, from, request, dictionaries, axes }: Scene): Extract<Event, { kind: 'start' }>['header'] {
  return {
    ...{ model: identityOf(model), shape: model.family.shape },
    dictionaries: dictionaries.map(({ card }) => card),
    ...{ rows: request.count, source: from.source },
    notes: [...from.notes, ...notesOf(request, axes)],
  };
}

function notesOf({ lossTokens, probing, controls: ids }: Request, axes: IoiScene | null): string[] {
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
          'probes: x at the answer position; of each value the k features whose means differ most, logistic regression of that value against the others, a fifth of the prompts held out',
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
  const { dictionaries, request } = scene;
  const warnings = dictionaries.flatMap((one) => one.warnings);
  const groups = new Map<string, AxisSubject[]>();
  const total = dictionaries.reduce((sum, { beside, toMake }) => sum + 1 + beside.size + toMake.length, 0);
  let done = 0;
  for (const one of dictionaries) {
    const rows = await rowsOf(scene, one);
    const subjects: AxisSubject[] = [];
    for await (const subject of subjectsOf(scene, one, rows)) {
      scene.signal.throwIfAborted();
      yield subject.row;
      yield { kind: 'progress', of: 'dictionaries', done: ++done, total };
      subjects.push(subject);
    }
    if (!hasPromptRows(one.dictionary.input, scene.model)) {
      if (request.probing.length > 0 || request.attributes)
        warnings.push(`${one.name} has several rows a token: no probes, no edits of attributes`);
      continue;
    }
    yield* probes(scene, subjects);
    if (one.dictionary.input.rows === 'token') groupOf(groups, one).push(...subjects);
    else if (request.attributes) warnings.push(`${one.name} reads means over positions: no edits of attributes`);
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
  return { measured, making: { width, data: data.subarray(cut * width) }, rank: rankOfRows(measured) };
}

interface MeasuredSubject extends AxisSubject {
  readonly row: Extract<Event, { kind: 'row' }>;
}

/** The dictionary, then its controls. */
async function* subjectsOf(
  scene: Scene,
  one: DictionaryToMeasure,
  rows: SplitRows,
): AsyncGenerator<MeasuredSubject, void, void> {
  const { name, dictionary, card, beside, toMake } = one;
  const own = await subjectOf(scene, one, { name, control: null, dictionary }, rows);
  if ((await readMeasures(card.path)) === null) await writeMeasures(card.path, own.row.measures);
  yield own;
  const k = Math.max(1, Math.round(own.row.measures.active));
  for (const [id, control] of beside)
    yield await subjectOf(scene, one, { name: controlName(name, id), control: id, dictionary: control }, rows);
  for (const id of toMake) {
    const control = madeControl(scene, one, rows.making, { id, k });
    yield await subjectOf(scene, one, { name: controlName(name, id), control: id, dictionary: control }, rows);
  }
}

function madeControl(
  { request, from }: Scene,
  { dictionary: { input, features, model } }: DictionaryToMeasure,
  rows: Rows,
  { id, k }: { readonly id: string; readonly k: number },
): Dictionary {
  const control = controls.find((one) => one.id === id);
  if (control === undefined) throw new RangeError(`control ${id}: expected a checked id`);
  return control.make({ rows, input, features, k, seed: request.seed, model, text: from.source });
}

async function subjectOf(
  { model, request, from, signal }: Scene,
  { card: { path } }: DictionaryToMeasure,
  { name, control, dictionary }: AxisSubject & { readonly control: string | null },
  { measured: rows, rank }: SplitRows,
): Promise<MeasuredSubject> {
  const asked = { skip: from.skip, tokens: request.lossTokens, signal };
  const loss = request.lossTokens === 0 ? null : await lossRecovered(model, dictionary, from.windows, asked);
  if (loss !== null) {
    const { clean, reconstructed, zero, mean, kl } = loss;
    await requireFinite(model, 'loss', [clean, reconstructed, zero, mean, kl], signal);
  }
  const measures = await dictionaryMeasuresOf(dictionary, rows, loss);
  const decoder = rankOfDecoder(dictionary);
  const effectiveRank = rank === null || decoder === null ? null : { rows: rank, decoder };
  return { name, dictionary, row: { kind: 'row', path, name, control, measures, effectiveRank } };
}

/** Every attribute, k and subject. */
async function* probes(scene: Scene, subjects: readonly AxisSubject[]): AsyncGenerator<Event, void, void> {
  const { model, request, from, probed, signal } = scene;
  const [first] = subjects;
  if (first === undefined || probed.length === 0) return;
  const { input } = first.dictionary;
  const plain = await promptRows(model, from.prompts ?? [], { input, skip: from.skip, signal });
  const rows = await inputRows(model, plain, input);
  const full = probed.map((attribute) => fullAccuracy(rows, attribute));
  for (const { name, dictionary } of subjects) {
    const program = await DictionaryProgram.create(dictionary);
    const { codes } = await program.encode(rows).finally(() => program.release());
    for (const [i, attribute] of probed.entries()) {
      signal.throwIfAborted();
      for (const probe of sparseProbes(codes, attribute, request.probing))
        yield {
          ...{ kind: 'probe', name, attribute: attribute.name, ...probe },
          ...{ full: full[i] ?? NaN, chance: chanceOf(attribute), n: attribute.held.length },
        };
    }
  }
}

async function* axesOfGroup(scene: Scene, subjects: readonly AxisSubject[]): AsyncGenerator<Event, void, void> {
  const { model, axes, from, request, signal } = scene;
  if (axes === null) return;
  const options = { skip: from.skip, seed: request.seed, signal };
  const isSubject = (name: string) => subjects.some((subject) => subject.name === name);
  const place = subjects[0] === undefined ? '' : describeInput(subjects[0].dictionary.input);
  for await (const event of attributeAxes(model, axes, subjects, options)) {
    if (event.kind === 'value')
      yield { ...event, kind: 'attribute', name: isSubject(event.name) ? event.name : `${event.name}, ${place}` };
    else yield { kind: 'progress', of: 'prompts', done: event.done, total: event.total };
  }
}
