/** Dictionaries from disk for a model, with the controls that stand beside them there. */
import type { DictionaryCard } from '../../results/dictionaries.ts';
import type { RequestOf } from '../../results/index.ts';
import type { Model } from '../../run/index.ts';
import { Fault } from '../../terms/fault.ts';
import { rowForm } from '../../../sae/activations/siteRows.ts';
import { controls } from '../../../sae/controls/index.ts';
import { untrainedFacts } from '../../../sae/controls/untrained.ts';
import type { Dictionary } from '../../../sae/dictionary.ts';
import { isDictionary, readCard, readDictionary } from '../../../sae/formats/dictionaryFolder.ts';
import { describeInput } from '../../../sae/input.ts';
import { controlName, FROZEN } from './dictionaryJobs.ts';

export interface DictionaryToMeasure {
  readonly card: DictionaryCard;
  readonly dictionary: Dictionary;
  /** Its folder's name; the whole path where two have the same. */
  readonly name: string;
  /** By id, those whose folders training wrote beside it. */
  readonly beside: ReadonlyMap<string, Dictionary>;
  /** Ids that are to be made of rows. */
  readonly toMake: readonly string[];
  readonly warnings: readonly string[];
}

type Request = Pick<RequestOf<'measureDictionaries'>, 'dictionaries' | 'controls'>;

/** Throws Fault for folders without a dictionary, for dictionaries that do not fit the model, and for unknown controls. */
export async function dictionariesToMeasure(model: Model, request: Request): Promise<readonly DictionaryToMeasure[]> {
  checkControls(request.controls);
  const cards: DictionaryCard[] = [];
  for (const path of request.dictionaries) cards.push(await readCard(path));
  const isTwice = (name: string) => cards.filter((card) => card.name === name).length > 1;
  const found: DictionaryToMeasure[] = [];
  for (const card of cards) {
    const { dictionary } = await readDictionary(card.path);
    checkFits(model, card, dictionary);
    const name = isTwice(card.name) ? card.path : card.name;
    found.push({ card, dictionary, name, ...(await controlsBeside(model, { card, dictionary }, request.controls)) });
  }
  return found;
}

const made = controls.map(({ id }) => id);

function checkControls(ids: readonly string[]): void {
  const known = [...made, untrainedFacts.id, FROZEN];
  const unknown = ids.find((id) => !known.includes(id));
  if (unknown === undefined) return;
  throw new Fault({ what: 'unknown control', expected: known.join(', '), got: unknown });
}

async function controlsBeside(
  model: Model,
  { card, dictionary }: Pick<DictionaryToMeasure, 'card' | 'dictionary'>,
  ids: readonly string[],
) {
  const beside = new Map<string, Dictionary>();
  const [toMake, warnings]: [string[], string[]] = [[], otherModel(model, card)];
  for (const id of ids) {
    const folder = controlName(card.path, id);
    if (await isDictionary(folder))
      beside.set(id, besideOf(folder, (await readDictionary(folder)).dictionary, dictionary));
    else if (made.includes(id)) toMake.push(id);
    else warnings.push(`no control ${id} of ${card.name}: it is made by training, and ${folder} is not there`);
  }
  return { beside, toMake, warnings };
}

/** All that are measured side by side read the same values. Throws Fault for a control that reads others. */
function besideOf(where: string, control: Dictionary, dictionary: Dictionary): Dictionary {
  const reads = ({ input: { site, layer, head, rows, valueBias, centred }, width }: Dictionary) =>
    JSON.stringify([site, layer, head, rows, valueBias, centred, width]);
  if (reads(control) === reads(dictionary)) return control;
  const told = ({ input, width }: Dictionary) => `${describeInput(input)}, width ${width}`;
  throw new Fault({
    what: 'a control that reads other values than its dictionary',
    where,
    expected: told(dictionary),
    got: told(control),
  });
}

/** Throws Fault for another site, layer, head or width. */
function checkFits(model: Model, { path, reads }: DictionaryCard, { width, input }: Dictionary): void {
  const own = rowForm(input, model.family).width;
  if (own === width) return;
  const expected = `${own} values, as ${reads} has in ${model.files.name}`;
  throw new Fault({ what: 'a dictionary for another width', where: path, expected, got: String(width) });
}

function otherModel(model: Model, { name, model: of }: DictionaryCard): string[] {
  if (of === null || of.fingerprint === null || of.fingerprint === model.files.fingerprint) return [];
  return [`${name} was made on another model (${of.name})`];
}
