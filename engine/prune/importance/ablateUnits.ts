/** Every unit out by itself: what the loss, the predictions and the first choices do on the text. */
import { unitsPerRun } from '../../run/sweep.ts';
import type { Model } from '../../run/index.ts';
import type { Summary } from '../../terms/summary.ts';
import type { Samples } from '../calibration/samples.ts';
import { meanSeconds } from './timed.ts';
import type { ImportanceUnit, UnitPlace } from './units.ts';
import { perLayerOf, replacementOf } from './units.ts';
import type { EditedLosses, WindowLosses } from './windowLosses.ts';
import type { ReplacedBy, SiteMeans } from './windowRuns.ts';
import { WindowRuns } from './windowRuns.ts';

export interface AblatedUnit extends UnitPlace {
  readonly by: ReplacedBy;
  readonly unit: ImportanceUnit;
  /** Loss without it minus loss with it, paired token by token; nats a token. */
  readonly change: Summary;
  /** KL(full || without) of the next token, nats. */
  readonly kl: Summary;
  /** Share of tokens whose first choice is another. */
  readonly flips: number;
  /** `change` of each sample. */
  readonly bySample: readonly number[];
}

/** The text and what is known of the unedited model on it. */
export interface TextScene {
  readonly windows: readonly (readonly number[])[];
  readonly samples: Samples;
  readonly losses: WindowLosses;
  /** Of the unedited model, by window. */
  readonly clean: readonly Float32Array[];
  /** By layer. */
  readonly means: readonly SiteMeans[];
}

export interface AblateUnitsRequest {
  /** One sweep each. */
  readonly sweeps: readonly { readonly unit: ImportanceUnit; readonly by: ReplacedBy }[];
  isKnown(unit: ImportanceUnit, by: ReplacedBy, place: UnitPlace): boolean;
  readonly signal?: AbortSignal;
}

interface UnitBatch {
  readonly unit: ImportanceUnit;
  readonly by: ReplacedBy;
  readonly layer: number;
  readonly indices: readonly number[];
}

/**
 * Units not known yet, all of a layer together, so that the unedited model's predictions of a window serve all of them; a batch with
 * an unknown one is run whole, so that numbers don't depend on where a run stopped.
 */
export async function* ablateUnits(
  model: Model,
  scene: TextScene,
  { sweeps, isKnown, signal }: AblateUnitsRequest,
): AsyncGenerator<AblatedUnit> {
  const runs = new WindowRuns(model, scene.windows, { means: scene.means, keeps: false });
  const isNew = ({ unit, by, layer }: UnitBatch, index: number) => !isKnown(unit, by, { layer, index });
  const batches = batchesOf(model, scene.windows, sweeps).filter((batch) =>
    batch.indices.some((index) => isNew(batch, index)),
  );
  for (let layer = 0; layer < model.family.shape.layers; layer++) {
    const own = batches.filter((batch) => batch.layer === layer);
    const edited = await runLayer(model, scene, runs, own, signal);
    for (const [i, batch] of own.entries()) {
      const rows = summariseBatch(scene, batch, edited[i] ?? []);
      yield* rows.filter(({ index }) => isNew(batch, index));
    }
  }
}

function batchesOf(
  { family }: Model,
  windows: readonly (readonly number[])[],
  sweeps: AblateUnitsRequest['sweeps'],
): UnitBatch[] {
  const size = unitsPerRun(family, windows.slice(0, 1));
  const layers = Array.from({ length: family.shape.layers }, (_, layer) => layer);
  return layers.flatMap((layer) =>
    sweeps.flatMap(({ unit, by }) => {
      const all = Array.from({ length: perLayerOf(family.shape, unit) }, (_, index) => index);
      return Array.from({ length: Math.ceil(all.length / size) }, (_, i) => ({
        ...{ unit, by, layer },
        indices: all.slice(i * size, (i + 1) * size),
      }));
    }),
  );
}

/** By batch and window, the losses of each of the batch's units. */
async function runLayer(
  model: Model,
  scene: TextScene,
  runs: WindowRuns,
  batches: readonly UnitBatch[],
  signal?: AbortSignal,
): Promise<EditedLosses[][][]> {
  const found: EditedLosses[][][] = batches.map(() => []);
  for (const window of scene.windows.keys()) {
    for (const [i, batch] of batches.entries()) {
      found[i]?.push(await runWindow(model, scene, runs, { batch, window, signal }));
    }
  }
  return found;
}

interface BatchOnWindow {
  readonly batch: UnitBatch;
  readonly window: number;
  readonly signal: AbortSignal | undefined;
}

function runWindow(
  model: Model,
  { losses }: TextScene,
  runs: WindowRuns,
  { batch: { unit, by, layer, indices }, window, signal }: BatchOnWindow,
): Promise<EditedLosses[]> {
  const copies = indices.map((index) => [replacementOf(model.family, unit, { layer, index })]);
  return model.exclusive(async () => losses.compare(window, await runs.run({ window, copies, by, signal })));
}

function summariseBatch(
  scene: TextScene,
  { unit, by, layer, indices }: UnitBatch,
  byWindow: readonly (readonly EditedLosses[])[],
): AblatedUnit[] {
  return indices.map((index, copy) => ({
    ...{ by, unit, layer, index },
    ...summarised(
      scene,
      byWindow.map((list) => list[copy] as EditedLosses),
    ),
  }));
}

function summarised({ samples, clean }: TextScene, edited: readonly EditedLosses[]) {
  const rises = edited.map(({ loss }, window) =>
    Float64Array.from(loss, (value, i) => value - (clean[window]?.[i] ?? NaN)),
  );
  const change = samples.sums(rises);
  const flips = samples.sums(edited.map(({ flipped }) => flipped)).reduce((sum, count) => sum + count, 0);
  return {
    change: samples.summarise(change),
    kl: samples.summarise(samples.sums(edited.map(({ kl }) => kl))),
    flips: flips / samples.tokens.reduce((sum, count) => sum + count, 0),
    bySample: samples.means(change),
  };
}

/** Seconds that all sweeps will take: what one batch of a middle layer takes on one window, times batches and windows. */
export async function ablationSeconds(
  model: Model,
  scene: TextScene,
  sweeps: AblateUnitsRequest['sweeps'],
  signal?: AbortSignal,
): Promise<number> {
  const { layers } = model.family.shape;
  const batches = batchesOf(model, scene.windows, sweeps);
  let seconds = 0;
  for (const { unit, by } of sweeps) {
    const own = batches.filter((batch) => batch.unit === unit && batch.by === by);
    const middle = own.find(({ layer }) => layer === Math.floor(layers / 2));
    if (middle === undefined) continue;
    const first = new WindowRuns(model, scene.windows.slice(0, 1), { means: scene.means, keeps: true });
    const measure = () => runWindow(model, scene, first, { batch: middle, window: 0, signal });
    // The first makes the programs and the stream that it starts from.
    await measure();
    const runs = own.length * scene.windows.length;
    seconds += (await meanSeconds([measure, measure], runs)) * runs;
  }
  return seconds;
}
