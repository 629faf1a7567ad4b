/** What dictionaries would read: the chosen site and heads as places, how wide their rows are and how many a token gives. */
import type { DictionaryPlace } from '../../../engine/results/dictionaries.ts';
import type { HeadRef } from '../../../engine/results/units.ts';
import { headName, parseHead } from '../../state/headNames.ts';
import type { TrainSettings } from './dictionariesSettings.ts';

export interface ReadShape {
  readonly layers: number;
  readonly heads: number;
  readonly headWidth: number;
  readonly width: number;
}

export interface ChosenHeads {
  readonly set: readonly HeadRef[];
  readonly primary: HeadRef | null;
}

type Typed = Pick<TrainSettings, 'site' | 'scope' | 'heads' | 'layers'>;

export function hasHeads(site: TrainSettings['site']): boolean {
  return site === 'z' || site === 'headWrite';
}

/** As the field shows them: typed, else the set, else the primary head, else the first. */
export function headsText({ heads }: Pick<Typed, 'heads'>, { set, primary }: ChosenHeads): string {
  if (heads !== null) return heads;
  if (set.length > 0) return set.map(headName).join(', ');
  return headName(primary ?? { layer: 0, head: 0 });
}

export function layersText({ layers }: Pick<Typed, 'layers'>, { primary }: ChosenHeads): string {
  return layers ?? String(primary?.layer ?? 0);
}

/** The places, or in words what is wrong with what was typed. */
export function placesOf(typed: Typed, shape: ReadShape, chosen: ChosenHeads): readonly DictionaryPlace[] | string {
  const { site, scope } = typed;
  if (hasHeads(site) && scope === 'heads') return headPlaces(typed, shape, headsText(typed, chosen));
  const layers = layersIn(layersText(typed, chosen));
  if (layers === null) return 'Layers are whole numbers: 1, 2.';
  const beyond = layers.find((layer) => layer >= shape.layers);
  if (beyond !== undefined) return `There is no layer ${beyond}: this model has ${shape.layers}, from 0.`;
  return layers.map((layer) => ({ site, layer, head: hasHeads(site) && scope !== 'heads' ? scope : null }));
}

function headPlaces({ site }: Typed, { layers, heads }: ReadShape, text: string): readonly DictionaryPlace[] | string {
  const words = text.split(/[\s,;]+/).filter((word) => word !== '');
  if (words.length === 0) return 'Name a head: L1H0.';
  const refs = words.map(parseHead);
  const at = refs.findIndex((ref) => ref === null || ref.layer >= layers || ref.head >= heads);
  if (at >= 0) return `${words[at] ?? ''} is no head of this model: L0H0 to L${layers - 1}H${heads - 1}.`;
  const named = new Map(refs.flatMap((ref) => (ref === null ? [] : [[headName(ref), ref] as const])));
  return [...named.values()].map(({ layer, head }) => ({ site, layer, head }));
}

function layersIn(text: string): readonly number[] | null {
  const words = text.split(/[\s,;]+/).filter((word) => word !== '');
  const isWhole = words.length > 0 && words.every((word) => /^\d{1,4}$/.test(word));
  return isWhole ? [...new Set(words.map(Number))] : null;
}

/** D of its rows. */
export function rowWidth({ site, head }: DictionaryPlace, { heads, headWidth, width }: ReadShape): number {
  if (!hasHeads(site)) return width;
  return (site === 'z' ? headWidth : width) * (head === 'concatenated' ? heads : 1);
}

export function rowsPerToken({ layer, head }: DictionaryPlace, { layers, heads }: ReadShape): number {
  return (head === 'each' ? heads : 1) * (layer === null ? layers : 1);
}

/** `L1H0.z`, `L1.z`, `L1.z-each`, `L2.residPost`: what begins the name of a dictionary. */
export function placeName({ site, layer, head }: DictionaryPlace): string {
  const where = layer === null ? 'all' : `L${layer}`;
  if (typeof head === 'number') return `${where}H${head}.${site}`;
  return `${where}.${site}${head === 'each' ? '-each' : ''}`;
}
