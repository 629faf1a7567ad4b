/**
 * A dictionary on disk, in our own form: a folder with
 *
 *     dictionary.safetensors   the weights under SAELens' names, `density` where it is known, and in the metadata what they are
 *     labels.json              feature -> label; absent without labels
 *     measures.json            numbers on rows that it was not trained on; absent before they were measured
 *
 * A folder without dictionary.safetensors holds no dictionary. Each file appears whole or not at all.
 */
import { mkdir, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { readJson } from '../../engine/files/readJson.ts';
import { readFloat32 } from '../../engine/files/readTensor.ts';
import type { SafetensorsFile } from '../../engine/files/safetensors.ts';
import { readSafetensors } from '../../engine/files/safetensors.ts';
import { writeAtomically } from '../../engine/files/writeAtomically.ts';
import { writeSafetensors } from '../../engine/files/writeSafetensors.ts';
import type { DictionaryCard, DictionaryMeasures } from '../../engine/results/dictionaries.ts';
import { dictionaryMeasures } from '../../engine/results/dictionaries.ts';
import type { DictionaryFile } from '../../engine/results/dictionaryFile.ts';
import { dictionaryFile, labelsFile, mostLabelBytes } from '../../engine/results/dictionaryFile.ts';
import { validate } from '../../engine/results/validate.ts';
import { Fault } from '../../engine/terms/fault.ts';
import type { Dictionary, WeightName } from '../dictionary.ts';
import { checkDictionary, weightAxes, weightLength, weightNames } from '../dictionary.ts';
import { describeInput } from '../input.ts';

export const DICTIONARY = 'dictionary.safetensors';
export const LABELS = 'labels.json';
const MEASURES = 'measures.json';
/** Made by `collectFeatures`. */
export const FEATURES = 'features.safetensors';
const DESCRIPTION = 'headscope-dictionary';

export interface StoredDictionary {
  readonly dictionary: Dictionary;
  readonly training: string | null;
  readonly created: string;
}

/** Makes the folder where it is not, and replaces a dictionary that is there. Throws Fault for one that is not sound. */
export async function writeDictionary(
  folder: string,
  { dictionary, training, created }: StoredDictionary,
): Promise<void> {
  checkDictionary(dictionary, folder);
  const labels = labelsText(folder, dictionary.labels);
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw new Fault({ what: 'the folder cannot be made', where: folder, got: String(error) });
  });
  const { width, features, encoder, input, origin, model, weights, density } = dictionary;
  const description: DictionaryFile = {
    version: 1,
    ...{ width, features, encoder, input, origin, model, training, created },
  };
  const tensors = [...weights].map(([name, data]) => ({ name, shape: weightShape(dictionary, name), data }));
  const known = density === null ? [] : [{ name: 'density', shape: [features], data: density }];
  const metadata = { [DESCRIPTION]: JSON.stringify(description) };
  await writeSafetensors(join(folder, DICTIONARY), [...tensors, ...known], metadata, { overwrite: true });
  if (dictionary.labels.size > 0) await writeText(join(folder, LABELS), labels);
}

export function weightShape({ width, features }: Dictionary, name: WeightName): number[] {
  const sizes: Readonly<Record<string, number>> = { D: width, F: features };
  return weightAxes[name].split(' ').map((axis) => sizes[axis] as number);
}

/** Throws Fault where there is none, and for files that are cut short or say what can't be. */
export async function readDictionary(folder: string): Promise<StoredDictionary> {
  const path = join(folder, DICTIONARY);
  const file = await readSafetensors(path);
  const { training, created, version: _, ...described } = descriptionOf(file, path);
  const weights = new Map<WeightName, Float32Array>();
  for (const name of weightNames(described.encoder)) weights.set(name, await readWeight(file, name, described, path));
  const density = file.tensors.has('density') ? await readVector(file, 'density', described.features, path) : null;
  const dictionary: Dictionary = { ...described, weights, density, labels: await readLabels(folder) };
  checkDictionary(dictionary, path);
  return { dictionary, training, created };
}

/** Does the folder hold one? */
export async function isDictionary(folder: string): Promise<boolean> {
  return (await stat(join(folder, DICTIONARY)).catch(() => null)) !== null;
}

/** The card, from headers alone. Throws Fault as `readDictionary` does. */
export async function readCard(folder: string): Promise<DictionaryCard> {
  const path = join(folder, DICTIONARY);
  const { origin, input, encoder: _, version: __, ...rest } = descriptionOf(await readSafetensors(path), path);
  const { site, layer, head } = input;
  return {
    path: folder,
    name: basename(folder),
    ...origin,
    ...rest,
    place: { site, layer, head },
    reads: describeInput(input),
    measures: await readMeasures(folder),
    labels: (await readLabels(folder)).size,
    collected: (await stat(join(folder, FEATURES)).catch(() => null)) !== null,
  };
}

function descriptionOf({ metadata }: SafetensorsFile, where: string): DictionaryFile {
  const text = metadata[DESCRIPTION];
  if (text === undefined) {
    throw new Fault({ what: 'not a dictionary of Headscope', where, expected: `metadata ${DESCRIPTION}` });
  }
  return validate(dictionaryFile, parsed(text, where), where);
}

function parsed(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Fault({ what: 'the description is not JSON', where, got: text.slice(0, 80) });
  }
}

type Sizes = Pick<Dictionary, 'width' | 'features'>;

function readWeight(file: SafetensorsFile, name: WeightName, sizes: Sizes, where: string): Promise<Float32Array> {
  return readVector(file, name, weightLength(name, sizes), where);
}

async function readVector(file: SafetensorsFile, name: string, length: number, where: string): Promise<Float32Array> {
  const stored = file.tensors.get(name);
  const values = stored?.shape.reduce((product, size) => product * size, 1);
  if (stored?.type === 'F32' && values === length) return readFloat32(stored);
  const got = stored === undefined ? 'none' : `${stored.type} [${stored.shape.join(', ')}]`;
  throw new Fault({ what: `tensor ${name}`, where, expected: `F32 of ${length} values`, got });
}

/** Replaces all labels. Throws Fault for what could not be read again. */
export async function writeLabels(folder: string, labels: ReadonlyMap<number, string>): Promise<void> {
  await writeText(join(folder, LABELS), labelsText(folder, labels));
}

/** Throws Fault for labels that are no such, or too many of them. */
export function labelsText(folder: string, labels: ReadonlyMap<number, string>): Buffer {
  const where = join(folder, LABELS);
  const ordered = Object.fromEntries([...labels].sort(([a], [b]) => a - b));
  const text = jsonText(validate(labelsFile, ordered, where));
  if (text.length <= mostLabelBytes) return text;
  const got = `${text.length} for ${labels.size} labels`;
  throw new Fault({ what: 'labels that take too much room', where, expected: `at most ${mostLabelBytes} bytes`, got });
}

export async function readLabels(folder: string): Promise<ReadonlyMap<number, string>> {
  const labels = await readIfThere(join(folder, LABELS), mostLabelBytes);
  if (labels === null) return new Map();
  const entries = Object.entries(validate(labelsFile, labels, join(folder, LABELS)));
  return new Map(entries.map(([feature, label]) => [Number(feature), label]));
}

export async function writeMeasures(folder: string, measures: DictionaryMeasures): Promise<void> {
  await writeText(join(folder, MEASURES), jsonText(measures));
}

/** Of a dictionary that has changed since: nobody may take them for its own. */
export async function removeMeasures(folder: string): Promise<void> {
  await rm(join(folder, MEASURES), { force: true });
}

export async function readMeasures(folder: string): Promise<DictionaryMeasures | null> {
  const measures = await readIfThere(join(folder, MEASURES));
  return measures === null ? null : validate(dictionaryMeasures, measures, join(folder, MEASURES));
}

async function readIfThere(path: string, limit?: number): Promise<unknown> {
  return (await stat(path).catch(() => null)) === null ? null : readJson(path, limit);
}

function jsonText(value: unknown): Buffer {
  return Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
}

async function writeText(path: string, text: Buffer): Promise<void> {
  await writeAtomically(path, [text], { overwrite: true });
}
