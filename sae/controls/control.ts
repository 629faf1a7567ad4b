/** Dictionaries that nothing was learned for, or that something simple was: what a trained one must beat. */
import type { SettingValues } from '../../engine/terms/settings.ts';
import type { Dictionary, DictionaryModel } from '../dictionary.ts';
import { checkDictionary } from '../dictionary.ts';
import type { DictionaryInput } from '../input.ts';
import { prepared } from '../prepared.ts';
import type { Rows } from '../rows.ts';
import { checkRows, lessCentre, meanRow } from '../rows.ts';

export interface ControlInput {
  /** As the model gives them; the input's scale and normalisation are applied here. */
  readonly rows: Rows;
  readonly input: DictionaryInput;
  /** F of the dictionary that it stands beside. */
  readonly features: number;
  /** Codes of a sample, of the dictionary that it stands beside. */
  readonly k: number;
  readonly seed: number;
  readonly model: DictionaryModel | null;
  readonly text: string | null;
  readonly signal?: AbortSignal;
}

export interface ControlFacts {
  readonly id: string;
  readonly title: string;
  /** What it tells about a trained dictionary that is no better. */
  readonly about: string;
  /** `rows` alone; a `training` beside that of the dictionary; `attributes` that are known of prompts. */
  readonly madeOf: 'rows' | 'training' | 'attributes';
}

export interface Control extends ControlFacts {
  make(input: ControlInput): Dictionary | Promise<Dictionary>;
}

export interface PreparedControl {
  readonly centre: Float64Array;
  /** Prepared rows less their mean. */
  readonly centred: Rows;
}

/** Throws Fault for values that are not finite. */
export function preparedControl({ rows, input }: ControlInput): PreparedControl {
  checkRows(rows, 'control');
  const ready = prepared(rows, input);
  const centre = meanRow(ready);
  return { centre, centred: lessCentre(ready, centre) };
}

/** The control as a dictionary: its bias is the mean, and is taken from the input. */
export function controlDictionary(
  id: string,
  { rows, input, seed, model, text }: ControlInput,
  parts: Pick<Dictionary, 'features' | 'encoder' | 'weights'>,
  settings: SettingValues,
): Dictionary {
  const samples = rows.data.length / rows.width;
  const dictionary: Dictionary = {
    ...parts,
    width: rows.width,
    input: { ...input, subtractsBias: true },
    origin: { made: 'control', by: id, settings, seed, steps: null, samples, text },
    model,
    density: null,
    labels: new Map(),
  };
  checkDictionary(dictionary, id);
  return dictionary;
}
