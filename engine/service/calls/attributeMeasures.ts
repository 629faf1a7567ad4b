/** What of a dictionary's measures needs prompts with known attributes: probes, and the three axes on IOI. */
import type { EventOf, RequestOf } from '../../results/index.ts';
import type { Model } from '../../run/index.ts';
import { attributesOf } from '../../tasks/attributes.ts';
import { areIoi } from '../../tasks/ioiAttributes.ts';
import { wilsonInterval } from '../../tasks/statistics.ts';
import type { Prompt } from '../../tasks/task.ts';
import { Fault } from '../../terms/fault.ts';
import { inputRows } from '../../../sae/activations/inputRows.ts';
import { promptRows } from '../../../sae/activations/promptRows.ts';
import { DictionaryProgram } from '../../../sae/inference/dictionaryProgram.ts';
import { describeInput } from '../../../sae/input.ts';
import type { AxisSubject } from '../../../sae/measures/attributeAxes.ts';
import { attributeAxes } from '../../../sae/measures/attributeAxes.ts';
import type { IoiScene } from '../../../sae/measures/ioiScene.ts';
import { ioiScene } from '../../../sae/measures/ioiScene.ts';
import type { ProbedAttribute } from '../../../sae/measures/sparseProbing.ts';
import { chanceOf, fullAccuracy, probedAttribute, sparseProbes } from '../../../sae/measures/sparseProbing.ts';
import type { RowWindows } from './dictionaryRows.ts';
import { decoded, tokenizerOf } from './prompts.ts';

type Request = RequestOf<'measureDictionaries'>;
type Event = EventOf<'measureDictionaries'>;

export interface KnownAttributes {
  /** What probes are for; none where no probe is asked for. */
  readonly probed: readonly ProbedAttribute[];
  /** Null where the axes are not asked for. */
  readonly axes: IoiScene | null;
}

/** Throws Fault where probes or axes are asked for that these rows can't have. */
export function knownAttributes(model: Model, request: Request, from: RowWindows): KnownAttributes {
  return { probed: probedOf(model, request, from), axes: axesOf(model, request, from) };
}

/** Throws Fault for text, and for prompts of which no attribute is known. */
function probedOf(
  model: Model,
  { probing, seed }: Request,
  { prompts, source }: RowWindows,
): KnownAttributes['probed'] {
  if (probing.length === 0) return [];
  const attributes = attributesOf(prompts ?? [], textOf(model));
  const texts = (prompts ?? []).map(readText);
  const probed = attributes.flatMap((attribute) => probedAttribute(attribute, seed, texts) ?? []);
  if (probed.length > 0) return probed;
  const expected =
    'prompts of a task with attributes (ioi, greaterThan, subjectVerb, genderedPronoun), some of each value';
  throw new Fault({ what: 'sparse probing', expected, got: `${source}, ${countWords(texts)}` });
}

/** All that decides x at the answer position. */
function readText({ ids, answerPosition }: Prompt): string {
  return ids.slice(0, answerPosition + 1).join(' ');
}

/** `40 prompts`, or `40 prompts, 3 of them different`. */
function countWords(texts: readonly string[]): string {
  const different = new Set(texts).size;
  return `${texts.length} prompts${different === texts.length ? '' : `, ${different} of them different`}`;
}

/** Fewer prompts say nothing. */
const leastForAxes = 20;
const leastHeld = 5;

/** Throws Fault for what are not some prompts of IOI. */
function axesOf(model: Model, { attributes, seed }: Request, { prompts, source }: RowWindows): KnownAttributes['axes'] {
  if (!attributes) return null;
  const got = `${source}, ${countWords((prompts ?? []).map(readText))}`;
  if (prompts === null || prompts.length < leastForAxes || !areIoi(prompts)) {
    throw new Fault({ what: 'edits of attributes', expected: `at least ${leastForAxes} prompts of ioi`, got });
  }
  const scene = ioiScene(prompts, textOf(model), seed);
  if (scene.held.prompts.length >= leastHeld) return scene;
  const expected = `prompts of which ${leastHeld} or more are left to hold out, none like those that are fitted to`;
  throw new Fault({ what: 'edits of attributes', expected, got });
}

function textOf(model: Model): (id: number) => string {
  const tokenizer = tokenizerOf(model);
  return tokenizer === null ? String : (id) => decoded(tokenizer, [id]).trim();
}

export interface AttributeScene {
  readonly model: Model;
  readonly request: Request;
  readonly from: RowWindows;
  readonly known: KnownAttributes;
  readonly signal: AbortSignal;
}

/** Every attribute, k and subject; all of them read one place. RangeError where a token has several rows. */
export async function* probes(
  scene: AttributeScene,
  subjects: readonly AxisSubject[],
): AsyncGenerator<Event, void, void> {
  const { model, request, from, signal } = scene;
  const { probed } = scene.known;
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
          ...besideProbe(attribute, probe.accuracy, full[i] ?? NaN),
        };
    }
  }
}

/** What stands beside an accuracy, and the intervals of all of them. */
function besideProbe(attribute: ProbedAttribute, accuracy: number, full: number) {
  const n = attribute.held.length;
  const chance = chanceOf(attribute);
  const of = (share: number) => wilsonInterval(Math.round(share * n), n);
  return { full, chance, n, intervals: { accuracy: of(accuracy), full: of(full), chance: of(chance) } };
}

/** Of subjects that read the same values in the same way; of other names, whose place they are of is said. */
export async function* axesOfGroup(
  scene: AttributeScene,
  subjects: readonly AxisSubject[],
): AsyncGenerator<Event, void, void> {
  const { model, from, request, signal } = scene;
  const { axes } = scene.known;
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
