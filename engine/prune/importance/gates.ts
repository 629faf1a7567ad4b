/** dL / dgate of every unit, L the sum of next-token losses and the gate a factor of 1 on what the unit gives: one backward pass. */
import { makeBatch } from '../../run/batch.ts';
import { everySlot } from '../../run/cleanRun.ts';
import type { Model } from '../../run/index.ts';
import { Pass } from '../../run/pass.ts';
import { Tape } from '../../run/tape.ts';
import { joinAxis, sliceAxis } from '../../tensor/positions.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { axisSize, tensor } from '../../tensor/tensor.ts';
import type { Site } from '../../terms/sites.ts';
import { lossInputs, lossObjective } from './lossGraphs.ts';
import type { BlocksDone } from './observe.ts';
import type { ImportanceUnit } from './units.ts';
import { perLayerOf } from './units.ts';
import { chunksOf, repeated } from './windowLosses.ts';

/** A token's share is the product of value and gradient at that position, summed over what the unit has there. */
export interface GateSums {
  /** Predicted tokens. */
  readonly tokens: number;
  /** sum over tokens of their shares: dL / dgate */
  readonly total: number;
  /** sum over tokens of |share| */
  readonly perToken: number;
  /** sum over windows of |sum of the window's shares| */
  readonly perExample: number;
}

/** By unit, layer by layer. */
export type GatesByUnit = ReadonlyMap<ImportanceUnit, readonly GateSums[]>;

export interface GatesRequest {
  readonly windows: readonly (readonly number[])[];
  readonly units: readonly ImportanceUnit[];
  readonly signal?: AbortSignal;
}

interface Sums {
  total: number;
  perToken: number;
  perExample: number;
}

export async function* gates(
  model: Model,
  { windows, units, signal }: GatesRequest,
): AsyncGenerator<BlocksDone, GatesByUnit> {
  const { shape } = model.family;
  const sums = new Map(
    units.map((unit) => [
      unit,
      Array.from({ length: shape.layers * perLayerOf(shape, unit) }, () => ({ total: 0, perToken: 0, perExample: 0 })),
    ]),
  );
  const sites = gatedSites(model, units);
  let done = 0;
  for (const ids of windows) {
    const batch = makeBatch([ids], model.family, 'right');
    const stopped = signal === undefined ? {} : { signal };
    const tape = await model.exclusive(() => Tape.record(model, { batch, ...stopped }));
    let upstream = await model.exclusive(() => lossGradient(model, ids, tape.streams.at(-1) as Tensor));
    for (let layer = shape.layers - 1; layer >= 0; layer--) {
      const found = await model.exclusive(() => tape.block(layer, upstream, { sites, values: sites }));
      upstream = found.upstream;
      for (const [unit, list] of sums) {
        const shares = tokenShares(unit, (site) => dots(site, found.values, found.sites, shape.heads), shape);
        addShares(list, layer * perLayerOf(shape, unit), shares, ids.length);
      }
      yield { done: ++done, total: shape.layers * windows.length };
    }
  }
  const tokens = windows.reduce((total, ids) => total + ids.length - 1, 0);
  return new Map([...sums].map(([unit, list]) => [unit, list.map((each) => ({ tokens, ...each }))]));
}

function gatedSites({ family: { lacks } }: Model, units: readonly ImportanceUnit[]): Site[] {
  const wanted = new Set(units.flatMap((unit) => sitesOf[unit]));
  return [...wanted].filter((site) => lacks[site] === undefined);
}

const sitesOf: Readonly<Record<ImportanceUnit, readonly Site[]>> = {
  head: ['z'],
  'kv-group': ['z'],
  layer: ['attnOut', 'mlpOut'],
  mlp: ['mlpOut'],
};

/** [B 1, P, D]: d (sum of losses) / d residPost of the last block; zero at the last position, which predicts nothing known. */
async function lossGradient(model: Model, ids: readonly number[], last: Tensor): Promise<Tensor> {
  const batch = makeBatch([ids], model.family, 'right');
  const pass = new Pass(model.family, model.programs, batch, everySlot(batch));
  const parts: Tensor[] = [];
  for (const [from, to] of chunksOf(model, ids.length - 1, 1)) {
    const { gradients } = await pass.unembedGradients(sliceAxis(last, 'P', from, to), {
      objective: lossObjective,
      feeds: { [lossInputs.targets]: repeated(ids.slice(from + 1, to + 1), 1) },
      ...{ edits: new Map(), wrt: ['residPost'], values: [] },
    });
    parts.push(gradients.get('residPost') as Tensor);
  }
  const width = axisSize(last, 'D');
  const nothing = [
    { axis: 'B', size: 1 },
    { axis: 'P', size: 1 },
    { axis: 'D', size: width },
  ] as const;
  return joinAxis([...parts, tensor(new Float32Array(width), nothing)], 'P');
}

/** Value times gradient, summed over the last axis: [P N] at z, [P] elsewhere; zeros where the model lacks the site. */
function dots(
  site: Site,
  values: ReadonlyMap<Site, Tensor>,
  gradients: ReadonlyMap<Site, Tensor>,
  heads: number,
): Float64Array | null {
  const [x, d] = [values.get(site), gradients.get(site)];
  if (x === undefined || d === undefined) return null;
  const groups = site === 'z' ? heads : 1;
  const width = x.axes.at(-1)?.size ?? 1;
  const sums = new Float64Array(axisSize(x, 'P') * groups);
  for (let i = 0, at = 0; i < sums.length; i++) {
    let sum = 0;
    for (let j = 0; j < width; j++, at++) sum += (x.data[at] as number) * (d.data[at] as number);
    sums[i] = sum;
  }
  return sums;
}

/** [P units] */
function tokenShares(
  unit: ImportanceUnit,
  at: (site: Site) => Float64Array | null,
  { heads, kvHeads }: Model['family']['shape'],
): Float64Array {
  const none = new Float64Array();
  switch (unit) {
    case 'head':
      return at('z') ?? none;
    case 'kv-group':
      return grouped(at('z') ?? none, heads / kvHeads);
    case 'mlp':
      return at('mlpOut') ?? none;
    case 'layer': {
      const mlp = at('mlpOut');
      return (at('attnOut') ?? none).map((value, i) => value + (mlp?.[i] ?? 0));
    }
  }
}

function grouped(perHead: Float64Array, size: number): Float64Array {
  const sums = new Float64Array(perHead.length / size);
  perHead.forEach((value, i) => (sums[Math.floor(i / size)] = (sums[Math.floor(i / size)] ?? 0) + value));
  return sums;
}

function addShares(list: readonly Sums[], first: number, shares: Float64Array, tokens: number): void {
  const units = shares.length / tokens;
  for (let unit = 0; unit < units; unit++) {
    const sums = list[first + unit];
    if (sums === undefined) throw new RangeError('more units than the layer has');
    let total = 0;
    for (let token = 0; token < tokens; token++) {
      const share = shares[token * units + unit] as number;
      total += share;
      sums.perToken += Math.abs(share);
    }
    sums.total += total;
    sums.perExample += Math.abs(total);
  }
}
