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
import { inputRows, modelRows } from '../activations/inputRows.ts';
import { promptRows } from '../activations/promptRows.ts';
import { replacingEdits } from '../activations/replacingEdits.ts';
import type { Codes } from '../codes.ts';
import { joinCodes } from '../codes.ts';
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
import type { IoiScene } from './ioiScene.ts';
import type { MeasureFacts } from './measure.ts';
import { predicateScores } from './predicateScores.ts';
import type { SparseEdits } from './sparseEdits.ts';
import { sparseEdits } from './sparseEdits.ts';

export const attributeAxesFacts: MeasureFacts = {
  id: 'attributeAxes',
  title: 'Approximation, control and interpretability on IOI',
  formula:
    'sufficiency and necessity of reconstructions; share of the effect of a true change of an attribute that changing few features has; F1 of features and values',
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
  yield* modelValues(found);
  for (const subject of read) yield* [...approximation(subject, found), ...control(subject, found)];
  for (const { name, shown } of read) yield* interpretability(name, await shown(), scene);
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
  /** Codes of `fit` and then `held` as the encoder gives them. */
  readonly shown: () => Promise<Codes>;
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
    return { name, reconstruction, edits, shown: async () => joinCodes([fit, codes]) };
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
      return joinCodes([(await program.encode(values.fit)).codes, (await program.encode(values.held)).codes]);
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

function meanDifference(found: Answers, key: string): number {
  const answers = answersOf(found, key);
  return answers.reduce((sum, { logitDifference }) => sum + logitDifference, 0) / answers.length;
}

/** What the numbers of dictionaries are shares of. */
function modelValues(found: Answers): AxisValue[] {
  const value = rowsOf('the model', answersOf(found, 'clean').length);
  return [
    value('approximation', 'logit difference', 'all', meanDifference(found, 'clean')),
    value('approximation', 'logit difference at the mean', 'all', meanDifference(found, 'mean')),
    ...ioiAttributes.flatMap((attribute) => [
      value(
        'control',
        'effect of the true edit',
        attribute,
        meanDifference(found, `changed ${attribute}`) - meanDifference(found, 'clean'),
      ),
      value('control', 'agreement without an edit', attribute, agreement(found, 'clean', attribute)),
    ]),
  ];
}

function rowsOf(name: string, n: number) {
  return (axis: AxisValue['axis'], measure: string, attribute: string, value: number): AxisValue => ({
    ...{ kind: 'value', name, axis, measure, attribute, value, n },
  });
}

/**
 * Sufficiency (LD(x^) - LD(mean)) / (LD(x) - LD(mean)); necessity 1 - |LD(mean + x - x^) - LD(mean)| / |LD(x) - LD(mean)|: how
 * much is gone without what the dictionary explains. LD the logit difference, mean over prompts.
 */
function approximation({ name }: ReadSubject, found: Answers): AxisValue[] {
  const [clean, mean] = [meanDifference(found, 'clean'), meanDifference(found, 'mean')];
  if (clean === mean) return [];
  const value = rowsOf(name, answersOf(found, 'clean').length);
  const kept = meanDifference(found, `${name} reconstructed`) - mean;
  const left = Math.abs(meanDifference(found, `${name} rest`) - mean);
  return [
    value('approximation', 'sufficiency', 'all', kept / (clean - mean)),
    value('approximation', 'necessity', 'all', 1 - left / Math.abs(clean - mean)),
  ];
}

function control({ name, edits }: ReadSubject, found: Answers): AxisValue[] {
  const value = rowsOf(name, answersOf(found, 'clean').length);
  return [...edits].flatMap(([attribute, list]) =>
    list.flatMap(({ budget, removed }) => {
      const key = `${name} ${attribute} ${budget}`;
      const success = shareOfEffect(found, key, attribute);
      const share = removed.reduce((sum, one) => sum + one, 0) / removed.length;
      return [
        ...(success === null ? [] : [value('control', `edit success at ${budget} features`, attribute, success)]),
        value('control', `edit agreement at ${budget} features`, attribute, agreement(found, key, attribute)),
        value('control', `share removed at ${budget} features`, attribute, share),
      ];
    }),
  );
}

/**
 * sum e_i t_i / sum t_i^2, e and t the changes of each prompt's logit difference by the edit and by the true activation: 1 where
 * they are the same, 0 where the edit does nothing; null where the true one does nothing.
 */
function shareOfEffect(found: Answers, key: string, attribute: IoiAttribute): number | null {
  const [clean, edited, truth] = ['clean', key, `changed ${attribute}`].map((one) => answersOf(found, one));
  let [product, square] = [0, 0];
  clean?.forEach(({ logitDifference }, i) => {
    const effect = (truth?.[i]?.logitDifference ?? NaN) - logitDifference;
    product += ((edited?.[i]?.logitDifference ?? NaN) - logitDifference) * effect;
    square += effect ** 2;
  });
  return square === 0 ? null : product / square;
}

/** Share of prompts with the choice that the true activation gives. */
function agreement(found: Answers, key: string, attribute: IoiAttribute): number {
  const truth = answersOf(found, `changed ${attribute}`);
  const same = answersOf(found, key).filter(({ choice }, i) => choice === truth[i]?.choice);
  return same.length / truth.length;
}

function interpretability(name: string, codes: Codes, { fit, held }: IoiScene): AxisValue[] {
  const joined = fit.attributes.map((one, a): Attribute => {
    const other = held.attributes[a]?.of ?? [];
    return { ...one, of: Int32Array.from([...one.of, ...other]) };
  });
  const [indirectObject, subject, order] = joined;
  if (indirectObject === undefined || subject === undefined || order === undefined) return [];
  const pairs = [together(indirectObject, order), together(subject, order)];
  return [...joined, ...pairs].flatMap((attribute) => {
    const { bestOfValue, clearFeatures } = predicateScores(codes, attribute);
    const value = rowsOf(name, attribute.of.length);
    return [
      value('interpretability', 'best F1 of a value', attribute.name, bestOfValue),
      value('interpretability', 'features with F1 of 0.8', attribute.name, clearFeatures),
    ];
  });
}

/** Each value of one with each of the other. */
function together(one: Attribute, other: Attribute): Attribute {
  return {
    name: `${one.name} and ${other.name}`,
    values: one.values.flatMap((a) => other.values.map((b) => `${a}, ${b}`)),
    of: one.of.map((value, row) => value * other.values.length + (other.of[row] as number)),
  };
}
