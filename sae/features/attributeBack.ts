/**
 * Direct feature attribution through several dictionaries (recursive direct feature attribution, Kissane et al. 2024): a feature
 * that gives c to the pre-activation is itself a sum, f = bias + what earlier features give + rest, so that each term gives its
 * share of c, c term / f. Attention patterns and norms are held at each step, as in `attributeFeature`.
 */
import type { Model } from '../../engine/run/index.ts';
import type { EncoderKind } from '../dictionary.ts';
import type { Attribution, AttributionRequest } from './attributeFeature.ts';
import { attributeFeature, streamPlace } from './attributeFeature.ts';
import { rowPlaces } from './featurePlace.ts';
import type { NamedProgram, ThroughFeature } from './throughFeatures.ts';
import { hasEarlier } from './throughFeatures.ts';

export interface BackRequest extends AttributionRequest {
  /** Steps back, at least 1. */
  readonly depth: number;
  /** Features that give less than this share of |pre-activation| are not gone back to, and stand together. */
  readonly least: number;
}

/** bias + features + smaller + rest = value, within `difference`; all as parts of the pre-activation that was asked about. */
export interface AttributionStep extends ThroughFeature {
  /** Number of the step that lists it; null: the feature that was asked about. */
  readonly from: number | null;
  readonly depth: number;
  readonly bias: number;
  readonly features: readonly ThroughFeature[];
  /** Features below the share. */
  readonly smaller: number;
  /** What no feature stands for, less what features of several dictionaries stand for at once. */
  readonly rest: number;
  readonly difference: number;
}

export interface AttributionBack {
  readonly found: Attribution;
  /** The feature that was asked about, then the others, largest |value| first. */
  readonly steps: readonly AttributionStep[];
  readonly notes: readonly string[];
}

/** Splits of one answer, each of which runs the model. */
const mostSteps = 64;

type Waiting = ThroughFeature & Pick<AttributionStep, 'from' | 'depth'>;

/** Throws Fault as `attributeFeature` does. */
export async function attributeBack(model: Model, own: NamedProgram, request: BackRequest): Promise<AttributionBack> {
  const { feature, position, part = 0, least, depth } = request;
  const found = await attributeFeature(model, own.program, request);
  const limit = least * Math.abs(found.preActivation);
  const splits = new Splits(model, request);
  const root = { dictionary: own.name, feature, position, part, value: found.preActivation, from: null, depth: 0 };
  const steps = [stepOf(root, found, limit)];
  const waiting = followedFrom(steps, 0, splits, depth);
  while (waiting.length > 0 && steps.length < mostSteps) {
    request.signal?.throwIfAborted();
    const next = waiting.shift() as Waiting;
    steps.push(stepOf(next, await splits.of(next), limit));
    waiting.push(...followedFrom(steps, steps.length - 1, splits, depth));
    waiting.sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
  }
  const left = waiting.length;
  const notes =
    left === 0 ? [] : [`${mostSteps} steps were taken; ${left} features above the share were not gone back to`];
  return { found, steps, notes };
}

/** Terms of a feature, scaled so that they add up to what it gives. */
function stepOf(one: Waiting, found: Attribution, limit: number): AttributionStep {
  const share = found.preActivation === 0 ? 0 : one.value / found.preActivation;
  const scaled = found.features.map((feature) => ({ ...feature, value: feature.value * share }));
  const features = scaled.filter(({ value }) => value !== 0 && Math.abs(value) >= limit);
  const listed = features.reduce((sum, { value }) => sum + value, 0);
  const [bias, all] = [found.bias * share, found.featuresTotal * share];
  return {
    ...{ ...one, bias, features, smaller: all - listed },
    ...{ rest: one.value - bias - all, difference: Math.abs(found.difference * share) },
  };
}

/** Of the features of a step those that are split in turn. */
function followedFrom(steps: readonly AttributionStep[], from: number, splits: Splits, most: number): Waiting[] {
  const { features, depth } = steps[from] as AttributionStep;
  if (depth + 1 >= most) return [];
  return features.filter((one) => splits.isSum(one)).map((one) => ({ ...one, from, depth: depth + 1 }));
}

/** Whose code is the sum that is split: those with codes of 1 are not, though which feature has it comes of sums. */
const isSumOfInputs: Readonly<Record<EncoderKind, boolean>> = {
  relu: true,
  gated: true,
  topK: true,
  jumpReLU: true,
  matchingPursuit: true,
  linear: true,
  nearest: false,
  onePerGroup: false,
};

/** Each feature of a position is split once, however many it gives something to. */
class Splits {
  readonly #model: Model;
  readonly #request: BackRequest;
  readonly #known = new Map<string, Promise<Attribution>>();

  constructor(model: Model, request: BackRequest) {
    [this.#model, this.#request] = [model, request];
  }

  /** Is its code a sum over the stream, and does one of the dictionaries come before it? */
  isSum({ dictionary, part }: ThroughFeature): boolean {
    const { encoder } = this.#program(dictionary).program.dictionary;
    return isSumOfInputs[encoder.kind] && this.#before(dictionary, part).length > 0;
  }

  of({ dictionary, feature, position, part }: ThroughFeature): Promise<Attribution> {
    const key = JSON.stringify([dictionary, feature, position, part]);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const through = this.#before(dictionary, part);
    const request = { ...this.#request, feature, position, part, through };
    const split = attributeFeature(this.#model, this.#program(dictionary).program, request);
    this.#known.set(key, split);
    return split;
  }

  #program(name: string): NamedProgram {
    const found = this.#request.through.find((one) => one.name === name);
    if (found === undefined) throw new RangeError(`attribution: no dictionary ${name}`);
    return found;
  }

  /** Dictionaries of what was written before a row of this one; one that reads the same value would explain it by itself. */
  #before(name: string, part: number): readonly NamedProgram[] {
    const { dictionary } = this.#program(name).program;
    const place = rowPlaces(dictionary.input, this.#model)[part];
    const stream = place === undefined ? null : streamPlace(dictionary, place);
    if (place === undefined || stream === null) return [];
    return this.#request.through.filter(({ program }) => {
      const { input } = program.dictionary;
      const places = rowPlaces(input, this.#model);
      const isSameValue = input.site === dictionary.input.site && places.some(({ layer }) => layer === place.layer);
      return !isSameValue && hasEarlier(input, places, stream);
    });
  }
}
