/**
 * Three axes of a dictionary on IOI (Makelov, Lange and Nanda 2024): do its reconstructions do what the activation does
 * (approximation), can a known attribute be changed by changing few features (control), do features stand for known attributes
 * (interpretability)? At the answer position, at one place; the supervised dictionary is what can be reached.
 *
 * Unlike the paper: the dictionary's place alone is changed, not all heads of a class at once; sufficiency keeps its sign; beside
 * the agreement of choices, which one head seldom changes, stands the share of the true edit's effect on the logit difference.
 */
import type { Model } from '../../engine/run/index.ts';
import type { IoiAttribute } from '../../engine/tasks/ioiAttributes.ts';
import { ioiAttributes } from '../../engine/tasks/ioiAttributes.ts';
import type { Interval } from '../../engine/tasks/intervalsOfSums.ts';
import { intervalsOfSums } from '../../engine/tasks/intervalsOfSums.ts';
import { summariseShare } from '../../engine/tasks/statistics.ts';
import { inputRows, modelRows } from '../activations/inputRows.ts';
import { promptRows } from '../activations/promptRows.ts';
import { replacingEdits } from '../activations/replacingEdits.ts';
import type { Codes } from '../codes.ts';
import type { Attribute } from '../controls/supervised.ts';
import { attributeCodes, supervised } from '../controls/supervised.ts';
import type { Dictionary } from '../dictionary.ts';
import { DictionaryProgram } from '../inference/dictionaryProgram.ts';
import type { DictionaryInput } from '../input.ts';
import type { Rows } from '../rows.ts';
import { meanRow, rowsAt } from '../rows.ts';
import { decodedRows } from './decodedRows.ts';
import type { EditedAnswer } from './editedAnswers.ts';
import { editedAnswers } from './editedAnswers.ts';
import type { IoiScene, KnownPrompts } from './ioiScene.ts';
import type { MeasureFacts } from './measure.ts';
import { predicateScores } from './predicateScores.ts';
import type { SparseEdits } from './sparseEdits.ts';
import { sparseEdits } from './sparseEdits.ts';

export const attributeAxesFacts: MeasureFacts = {
  id: 'attributeAxes',
  title: 'Approximation, control and interpretability on IOI',
  formula:
    'sufficiency and necessity of reconstructions; share of the effect of a true change of an attribute that changing few features has; F1 of features and values, chosen on other prompts than it is measured on',
  pitfall:
    'Where the place hardly matters, or does not carry the attribute, shares are of noise. An edit that takes most of the activation away is no edit of a feature: look at the share removed, and at the supervised dictionary.',
};

export interface AxisSubject {
  readonly name: string;
  readonly dictionary: Dictionary;
}

export interface AxisValue {
  readonly kind: 'value';
  readonly name: string;
  readonly axis: 'approximation' | 'control' | 'interpretability';
  readonly measure: string;
  /** `all` of those that are of no single attribute. */
  readonly attribute: string;
  readonly value: number;
  /** 95 % over held prompts; null where it says nothing (a divisor that may be 0), and of shares of features. */
  readonly interval: Interval | null;
  readonly n: number;
}

export type AxisEvent = AxisValue | { readonly kind: 'prompt'; readonly done: number; readonly total: number };

export interface AxesOptions {
  readonly skip: number;
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
}

/** Most features that an edit changes. */
const budgets = [2, 4, 8, 16] as const;

/**
 * Of dictionaries that read one place in one way, and of the supervised one, named `supervised`. Numbers whose effect is 0 in the
 * model are left out. RangeError where a token has several rows.
 */
export async function* attributeAxes(
  model: Model,
  scene: IoiScene,
  subjects: readonly AxisSubject[],
  options: AxesOptions,
): AsyncGenerator<AxisEvent, void, void> {
  const [first] = subjects;
  if (first === undefined) return;
  const values = await sceneValues(model, scene, first.dictionary.input, options);
  const read: ReadSubject[] = [supervisedSubject(scene, values, first.dictionary.input, options.seed)];
  for (const subject of subjects) read.push(await readSubject(subject, values));
  const puts = [...scenePuts(values), ...read.flatMap((subject) => subjectPuts(subject, values))];
  const input = first.dictionary.input;
  const placed: Rows[] = [];
  for (const { rows } of puts) placed.push(await modelRows(model, rows, input, values.ofModel));
  const answers = puts.map((): EditedAnswer[] => []);
  for (const [i, prompt] of scene.held.prompts.entries()) {
    const on = { tokens: [{ row: 0, position: prompt.answerPosition }], slots: prompt.answerPosition + 1 };
    const sets = placed.map((rows) => replacingEdits(rowsAt(rows, [i]), input, on, model.family));
    (await editedAnswers(model, prompt, sets, options.signal)).forEach((answer, put) => answers[put]?.push(answer));
    yield { kind: 'prompt', done: i + 1, total: scene.held.prompts.length };
  }
  const found = new Map(puts.map(({ key }, i) => [key, answers[i] as EditedAnswer[]]));
  const answered = { found, seed: options.seed };
  yield* modelValues(answered);
  for (const subject of read) yield* [...approximation(subject, answered), ...control(subject, answered)];
  for (const { name, shown } of read) yield* interpretability(name, await shown(), scene, options.seed);
}

/** Rows as dictionaries read them. */
interface SceneValues {
  readonly fit: Rows;
  readonly held: Rows;
  readonly changed: ReadonlyMap<IoiAttribute, Rows>;
  /** Mean of `fit` in every row of `held`. */
  readonly mean: Rows;
  /** `held` as the model has it. */
  readonly ofModel: Rows;
}

async function sceneValues(
  model: Model,
  scene: IoiScene,
  input: DictionaryInput,
  { skip, signal }: AxesOptions,
): Promise<SceneValues> {
  const plain = (of: IoiScene['fit']) => promptRows(model, of.prompts, { input, skip, signal });
  const readOf = async (of: IoiScene['fit']) => inputRows(model, await plain(of), input);
  const ofModel = await plain(scene.held);
  const [fit, held] = [await readOf(scene.fit), await inputRows(model, ofModel, input)];
  const changed = new Map<IoiAttribute, Rows>();
  for (const [attribute, of] of scene.changed) changed.set(attribute, await readOf(of));
  const centre = meanRow(fit);
  const data = held.data.map((_, i) => centre[i % held.width] as number);
  return { fit, held, changed, mean: { width: held.width, data }, ofModel };
}

interface ReadSubject {
  readonly name: string;
  readonly reconstruction: Rows;
  readonly edits: ReadonlyMap<IoiAttribute, readonly SparseEdits[]>;
  /** As the encoder gives them. */
  readonly shown: () => Promise<ShownCodes>;
}

interface ShownCodes {
  readonly fit: Codes;
  readonly held: Codes;
}

async function readSubject({ name, dictionary }: AxisSubject, values: SceneValues): Promise<ReadSubject> {
  const program = await DictionaryProgram.create(dictionary);
  try {
    const { codes, reconstruction } = await program.encode(values.held);
    const fit = (await program.encode(values.fit)).codes;
    const edits = new Map<IoiAttribute, readonly SparseEdits[]>();
    for (const [attribute, rows] of values.changed) {
      const target = { rows, codes: (await program.encode(rows)).codes };
      edits.set(attribute, sparseEdits(dictionary, { rows: values.held, codes }, target, budgets));
    }
    return { name, reconstruction, edits, shown: () => Promise.resolve({ fit, held: codes }) };
  } finally {
    await program.release();
  }
}

/** With the true attributes as codes; what its encoder reads off x is judged for interpretability only. */
function supervisedSubject(scene: IoiScene, values: SceneValues, input: DictionaryInput, seed: number): ReadSubject {
  const plain = { ...input, scale: 1, normalisation: 'none' } as const;
  const made = { rows: values.fit, input: plain, features: 0, k: ioiAttributes.length, seed, model: null, text: 'ioi' };
  const dictionary = supervised(made, scene.fit.attributes, 'leastSquares');
  const source = { rows: values.held, codes: attributeCodes(scene.held.attributes) };
  const edits = [...scene.changed].map(([attribute, { attributes }]) => {
    const rows = values.changed.get(attribute) ?? values.held;
    const target = { rows, codes: attributeCodes(attributes) };
    return [attribute, sparseEdits(dictionary, source, target, budgets)] as const;
  });
  const reconstruction = decodedRows(dictionary, source.codes, values.held);
  const shown = async () => {
    const program = await DictionaryProgram.create(dictionary);
    try {
      return { fit: (await program.encode(values.fit)).codes, held: (await program.encode(values.held)).codes };
    } finally {
      await program.release();
    }
  };
  return { name: 'supervised', reconstruction, edits: new Map(edits), shown };
}

/** Rows of all held prompts that are put in the place of x. */
interface Put {
  readonly key: string;
  readonly rows: Rows;
}

function scenePuts({ held, mean, changed }: SceneValues): Put[] {
  const others = [...changed].map(([attribute, rows]) => ({ key: `changed ${attribute}`, rows }));
  return [{ key: 'clean', rows: held }, { key: 'mean', rows: mean }, ...others];
}

function subjectPuts({ name, reconstruction, edits }: ReadSubject, { held, mean }: SceneValues): Put[] {
  const rest = held.data.map((value, i) => (mean.data[i] as number) + value - (reconstruction.data[i] as number));
  const edited = [...edits].flatMap(([attribute, list]) =>
    list.map(({ budget, rows }) => ({ key: `${name} ${attribute} ${budget}`, rows })),
  );
  return [
    { key: `${name} reconstructed`, rows: reconstruction },
    { key: `${name} rest`, rows: { width: held.width, data: rest } },
    ...edited,
  ];
}

type Answers = ReadonlyMap<string, readonly EditedAnswer[]>;

function answersOf(found: Answers, key: string): readonly EditedAnswer[] {
  const answers = found.get(key);
  if (answers === undefined) throw new RangeError(`axes: no answers of ${key}`);
  return answers;
}

interface Answered {
  readonly found: Answers;
  /** Of the bootstrap. */
  readonly seed: number;
}

/** Logit differences, prompt by prompt. */
function differences(found: Answers, key: string): readonly number[] {
  return answersOf(found, key).map(({ logitDifference }) => logitDifference);
}

/** What they changed by. */
function changes(found: Answers, key: string): readonly number[] {
  const clean = differences(found, 'clean');
  return differences(found, key).map((value, i) => value - (clean[i] ?? NaN));
}

/** A number, and its 95 % interval over held prompts; null where it says nothing, and of what is no mean over prompts. */
interface Measured {
  readonly value: number;
  readonly interval: Interval | null;
}

/** From sums over prompts, each prompt's part of every sum together: `columns` [S n]. */
function measuredOf(columns: readonly ArrayLike<number>[], seed: number, of: (sums: Float64Array) => number): Measured {
  const whole = Float64Array.from(columns, (column) => Array.from(column).reduce((sum, value) => sum + value, 0));
  const [interval = null] = intervalsOfSums(columns, seed, (sums) => [of(sums)]);
  return { value: of(whole), interval };
}

function meanOf(values: ArrayLike<number>, seed: number): Measured {
  return measuredOf([values], seed, ([sum = NaN]) => sum / values.length);
}

/** Of prompts; Wilson's interval. */
function shareOf(flags: readonly boolean[]): Measured {
  const { mean, interval } = summariseShare(flags);
  return { value: mean, interval };
}

/** What the numbers of dictionaries are shares of. */
function modelValues({ found, seed }: Answered): AxisValue[] {
  const clean = differences(found, 'clean');
  const value = rowsOf('the model', clean.length);
  return [
    value('approximation', 'logit difference', 'all', meanOf(clean, seed)),
    value('approximation', 'logit difference at the mean', 'all', meanOf(differences(found, 'mean'), seed)),
    ...ioiAttributes.flatMap((attribute) => [
      value('control', 'effect of the true edit', attribute, meanOf(changes(found, `changed ${attribute}`), seed)),
      value('control', 'agreement without an edit', attribute, agreement(found, 'clean', attribute)),
    ]),
  ];
}

function rowsOf(name: string, n: number) {
  return (axis: AxisValue['axis'], measure: string, attribute: string, measured: Measured): AxisValue => ({
    ...{ kind: 'value', name, axis, measure, attribute, ...measured, n },
  });
}

/**
 * Sufficiency (LD(x^) - LD(mean)) / (LD(x) - LD(mean)); necessity 1 - |LD(mean + x - x^) - LD(mean)| / |LD(x) - LD(mean)|: how
 * much is gone without what the dictionary explains. LD the logit difference, mean over prompts.
 */
function approximation({ name }: ReadSubject, { found, seed }: Answered): AxisValue[] {
  const columns = ['clean', 'mean', `${name} reconstructed`, `${name} rest`].map((key) => differences(found, key));
  const parts = (sums: Float64Array) => {
    const [clean = NaN, mean = NaN, kept = NaN, rest = NaN] = sums;
    return { range: clean - mean, kept: kept - mean, left: Math.abs(rest - mean) };
  };
  const sufficiency = measuredOf(columns, seed, (sums) => parts(sums).kept / parts(sums).range);
  const necessity = measuredOf(columns, seed, (sums) => 1 - parts(sums).left / Math.abs(parts(sums).range));
  if (!Number.isFinite(sufficiency.value)) return [];
  const value = rowsOf(name, columns[0]?.length ?? 0);
  return [
    value('approximation', 'sufficiency', 'all', sufficiency),
    value('approximation', 'necessity', 'all', necessity),
  ];
}

function control({ name, edits }: ReadSubject, { found, seed }: Answered): AxisValue[] {
  const value = rowsOf(name, answersOf(found, 'clean').length);
  return [...edits].flatMap(([attribute, list]) =>
    list.flatMap(({ budget, removed }) => {
      const key = `${name} ${attribute} ${budget}`;
      const success = shareOfEffect({ found, seed }, key, attribute);
      return [
        ...(success === null ? [] : [value('control', `edit success at ${budget} features`, attribute, success)]),
        value('control', `edit agreement at ${budget} features`, attribute, agreement(found, key, attribute)),
        value('control', `share removed at ${budget} features`, attribute, meanOf(removed, seed)),
      ];
    }),
  );
}

/**
 * sum e_i t_i / sum t_i^2, e and t the changes of each prompt's logit difference by the edit and by the true activation: 1 where
 * they are the same, 0 where the edit does nothing; null where the true one does nothing.
 */
function shareOfEffect({ found, seed }: Answered, key: string, attribute: IoiAttribute): Measured | null {
  const [edited, truth] = [changes(found, key), changes(found, `changed ${attribute}`)];
  const columns = [truth.map((effect, i) => effect * (edited[i] ?? NaN)), truth.map((effect) => effect ** 2)];
  const success = measuredOf(columns, seed, ([product = NaN, square = NaN]) => product / square);
  return Number.isFinite(success.value) ? success : null;
}

/** Share of prompts with the choice that the true activation gives. */
function agreement(found: Answers, key: string, attribute: IoiAttribute): Measured {
  const truth = answersOf(found, `changed ${attribute}`);
  return shareOf(answersOf(found, key).map(({ choice }, i) => choice === truth[i]?.choice));
}

/** Features are chosen on the prompts that the supervised dictionary is fitted to, and measured on the held ones. */
function interpretability(name: string, { fit, held }: ShownCodes, scene: IoiScene, seed: number): AxisValue[] {
  const value = rowsOf(name, scene.held.prompts.length);
  return judgedAttributes(scene.fit).flatMap((attribute, i) => {
    const other = judgedAttributes(scene.held)[i];
    if (other === undefined) return [];
    const scores = predicateScores({ codes: fit, attribute }, { codes: held, attribute: other }, seed);
    const { bestOfValue, bestInterval, clearFeatures } = scores;
    return [
      value('interpretability', 'best F1 of a value', attribute.name, { value: bestOfValue, interval: bestInterval }),
      value('interpretability', 'features with F1 of 0.8', attribute.name, { value: clearFeatures, interval: null }),
    ];
  });
}

/** Each attribute, and both names together with the order. */
function judgedAttributes({ attributes }: KnownPrompts): readonly Attribute[] {
  const [indirectObject, subject, order] = attributes;
  if (indirectObject === undefined || subject === undefined || order === undefined) return [];
  return [...attributes, together(indirectObject, order), together(subject, order)];
}

/** Each value of one with each of the other. */
function together(one: Attribute, other: Attribute): Attribute {
  return {
    name: `${one.name} and ${other.name}`,
    values: one.values.flatMap((a) => other.values.map((b) => `${a}, ${b}`)),
    of: one.of.map((value, row) => value * other.values.length + (other.of[row] as number)),
  };
}
