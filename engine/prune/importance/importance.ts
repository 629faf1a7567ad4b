/** What every unit of a model is worth on a text, by several criteria: rows as they come, then the units and how far criteria agree. */
import type { ImportanceRow } from '../../results/importance.ts';
import type { Model } from '../../run/index.ts';
import { seededRandom } from '../../tensor/random.ts';
import { Fault } from '../../terms/fault.ts';
import type { Summary } from '../../terms/summary.ts';
import type { CalibrationText } from '../calibration/calibrationText.ts';
import { Samples } from '../calibration/samples.ts';
import type { AbsGranularity, Criterion } from '../criteria/criterion.ts';
import type { TextScene } from './ablateUnits.ts';
import { ablateUnits, ablationSeconds } from './ablateUnits.ts';
import type { GameEnds } from './game.ts';
import { Game } from './game.ts';
import { gates } from './gates.ts';
import type { BlocksDone, ObservedLayer } from './observe.ts';
import { observe } from './observe.ts';
import { timed } from './timed.ts';
import type { ImportanceUnit, UnitPlace } from './units.ts';
import { requireMlps, unitPlaces } from './units.ts';
import { layerWeights } from './weightSums.ts';
import { WindowLosses } from './windowLosses.ts';
import type { ReplacedBy } from './windowRuns.ts';

export interface ShapleySettings {
  readonly orders: number;
  readonly tolerance: number;
  readonly windows: number;
}

export interface ImportanceRequest {
  readonly unit: ImportanceUnit;
  readonly criteria: readonly Criterion[];
  readonly text: CalibrationText;
  /** KV groups: heads are ablated by themselves too. */
  readonly heads: boolean;
  readonly absGranularity: AbsGranularity;
  readonly shapley: ShapleySettings;
  readonly estimateOnly: boolean;
  readonly seed: number;
  /** Rows that are not measured again. */
  readonly known: readonly ImportanceRow[];
  readonly signal?: AbortSignal;
}

export interface Estimate {
  readonly step: string;
  readonly seconds: number;
  readonly about: string;
}

export interface ImportancePlan {
  readonly rows: number;
  readonly samples: {
    readonly unit: Samples['unit'];
    readonly list: readonly { readonly name: string; readonly tokens: number; readonly loss: number }[];
  };
  /** Of the unedited model, nats a token. */
  readonly loss: Summary;
  readonly shapley: (ShapleySettings & GameEnds) | null;
  readonly estimates: readonly Estimate[];
}

export type ImportanceEvent =
  | { readonly kind: 'progress'; readonly of: string; readonly done: number; readonly total: number }
  | { readonly kind: 'plan'; readonly plan: ImportancePlan }
  | ({ readonly kind: 'estimate' } & Estimate)
  | ImportanceRow;

/** Throws Fault for a criterion that is not defined for the unit, and for MLPs of a model that has none. */
export async function* importance(model: Model, request: ImportanceRequest): AsyncGenerator<ImportanceEvent> {
  check(model, request);
  const run = new ImportanceRun(model, request);
  yield* run.prepare();
  if (request.estimateOnly) return;
  yield* run.observed();
  yield* run.gates();
  yield* run.ablations();
  yield* run.orders();
}

function check({ family }: Model, { unit, criteria }: ImportanceRequest): void {
  requireMlps(family, unit);
  if (!family.causal) {
    const got = 'every position sees the token that comes next';
    throw new Fault({ what: 'the loss of the next token', expected: 'a model that sees earlier tokens only', got });
  }
  const bad = criteria.find(({ units }) => !units.includes(unit));
  if (bad === undefined) return;
  throw new Fault({
    what: `criterion ${bad.id} is not defined for ${unit}`,
    expected: `one of ${bad.units.join(', ')}`,
  });
}

/** The unit, and the heads beside KV groups where they cost nothing more. */
function unitsBeside(unit: ImportanceUnit): ImportanceUnit[] {
  return unit === 'kv-group' ? ['kv-group', 'head'] : [unit];
}

interface Ready {
  readonly scene: TextScene;
  readonly layers: readonly ObservedLayer[];
}

class ImportanceRun {
  readonly #model: Model;
  readonly #request: ImportanceRequest;
  readonly #total: number;
  #done = 0;
  #ready: Ready | null = null;
  #game: Game | null = null;

  constructor(model: Model, request: ImportanceRequest) {
    this.#model = model;
    this.#request = request;
    this.#total = this.#rows();
    this.#done = request.known.length;
  }

  /** One pass over the text, and a look at how long the rest takes. */
  async *prepare(): AsyncGenerator<ImportanceEvent> {
    const { text, seed } = this.#request;
    const { windows } = text;
    const started = performance.now();
    const { layers, streams } = yield* blocks(observe(this.#model, { windows, ...this.#stop() }));
    const passSeconds = (performance.now() - started) / 1000;
    const losses = new WindowLosses(this.#model, windows, streams);
    const clean: Float32Array[] = [];
    for (const window of windows.keys()) {
      const [own] = await this.#model.exclusive(() => losses.losses(window));
      clean.push(own ?? new Float32Array());
    }
    const samples = new Samples(text, seed);
    const scene = { windows, samples, losses, clean, means: layers.map(({ means }) => means) };
    this.#ready = { scene, layers };
    if (this.#has('shapley')) this.#game = new Game(this.#model, scene, this.#gameRequest());
    yield { kind: 'plan', plan: await this.#plan(scene, passSeconds) };
    yield this.#progress();
  }

  async *observed(): AsyncGenerator<ImportanceEvent> {
    for (const unit of unitsBeside(this.#request.unit)) {
      for (const criterion of this.#request.criteria) {
        if (criterion.kind !== 'observed' && criterion.kind !== 'random') continue;
        if (!criterion.units.includes(unit) || this.#knowsValues(criterion.id, unit)) continue;
        const values = criterion.kind === 'random' ? this.#random(unit) : await this.#observedValues(criterion, unit);
        yield* this.#row({ kind: 'row', of: 'values', criterion: criterion.id, unit, values });
      }
    }
  }

  async *gates(): AsyncGenerator<ImportanceEvent> {
    const { criteria, unit, text, absGranularity } = this.#request;
    const asked = criteria.filter((criterion) => criterion.kind === 'gates');
    const units = unitsBeside(unit).filter((one) => asked.some(({ id }) => !this.#knowsValues(id, one)));
    if (asked.length === 0 || units.length === 0) return;
    const { windows } = text;
    const found = yield* blocks(gates(this.#model, { windows, units, ...this.#stop() }));
    for (const [one, sums] of found) {
      for (const criterion of asked) {
        if (this.#knowsValues(criterion.id, one)) continue;
        const values = sums.map((each) => criterion.of(each, absGranularity));
        yield* this.#row({ kind: 'row', of: 'values', criterion: criterion.id, unit: one, values });
      }
    }
  }

  async *ablations(): AsyncGenerator<ImportanceEvent> {
    const known = new Set(this.#request.known.flatMap((row) => (row.of === 'ablation' ? [keyOf(row)] : [])));
    const rows = ablateUnits(this.#model, this.#scene(), {
      sweeps: this.#sweeps(),
      isKnown: (unit, by, place) => known.has(keyOf({ unit, by, ...place })),
      ...this.#stop(),
    });
    for await (const row of rows) yield* this.#row({ kind: 'row', of: 'ablation', ...row });
  }

  async *orders(): AsyncGenerator<ImportanceEvent> {
    const game = this.#game;
    if (game === null) return;
    const { orders } = this.#request.shapley;
    const known = new Set(this.#request.known.flatMap((row) => (row.of === 'order' ? [row.order] : [])));
    const pair = { seconds: 0, orders: 0 };
    for (let order = 0; order < orders; order++) {
      if (known.has(order)) continue;
      const { value, seconds } = await timed(() => game.play(order));
      yield* this.#row({ kind: 'row', of: 'order', ...value });
      pair.seconds += seconds;
      pair.orders += 1;
      if (pair.orders !== 2 || order + 1 >= orders) continue;
      const left = orders - order - 1;
      const about = `${left} orders as cut short as the first two`;
      yield { kind: 'estimate', step: 'shapley', seconds: (pair.seconds / 2) * left, about };
    }
  }

  async #plan(scene: TextScene, passSeconds: number): Promise<ImportancePlan> {
    const { samples, clean } = scene;
    const sums = samples.sums(clean);
    const loss = samples.means(sums);
    const list = samples.names.map((name, i) => ({ name, tokens: samples.tokens[i] ?? 0, loss: loss[i] ?? NaN }));
    const game = this.#game;
    return {
      rows: this.#total,
      samples: { unit: samples.unit, list },
      loss: samples.summarise(sums),
      shapley: game === null ? null : { ...this.#request.shapley, ...(await game.ends()) },
      estimates: await this.#estimates(scene, passSeconds),
    };
  }

  async #estimates(scene: TextScene, passSeconds: number): Promise<Estimate[]> {
    const { unit, shapley, signal } = this.#request;
    const found: Estimate[] = [{ step: 'pass', seconds: passSeconds, about: 'one pass over the text, done' }];
    if (this.#request.criteria.some(({ kind }) => kind === 'gates')) {
      found.push({ step: 'gradients', seconds: 3 * passSeconds, about: 'a backward pass: three times the pass' });
    }
    const sweeps = this.#sweeps();
    if (sweeps.length > 0) {
      const seconds = await ablationSeconds(this.#model, scene, sweeps, signal);
      found.push({ step: 'ablation', seconds, about: 'runs of a middle layer, measured, times units and windows' });
    }
    if (this.#game !== null) {
      const losses = shapley.orders * (this.#game.players - 1);
      const about = `${losses} losses of ${unit} coalitions at most, one measured; fewer where orders are cut short`;
      found.push({ step: 'shapley', seconds: losses * (await this.#game.secondsPerLoss(losses)), about });
    }
    return found;
  }

  async #observedValues(
    criterion: Extract<Criterion, { kind: 'observed' }>,
    unit: ImportanceUnit,
  ): Promise<readonly number[]> {
    const { shape } = this.#model.family;
    const values: number[] = [];
    for (const [index, layer] of (this.#ready?.layers ?? []).entries()) {
      this.#request.signal?.throwIfAborted();
      values.push(...criterion.of({ unit, shape, layer, weights: await layerWeights(this.#model, index) }));
    }
    return values;
  }

  #random(unit: ImportanceUnit): number[] {
    const random = seededRandom(this.#request.seed);
    return unitPlaces(this.#model.family.shape, unit).map(() => random.next());
  }

  *#row(row: ImportanceRow): Generator<ImportanceEvent> {
    this.#done += 1;
    yield row;
    yield this.#progress();
  }

  #progress(): ImportanceEvent {
    return { kind: 'progress', of: 'rows', done: this.#done, total: this.#total };
  }

  #rows(): number {
    const { unit, criteria, shapley } = this.#request;
    const units = (one: ImportanceUnit) => unitPlaces(this.#model.family.shape, one).length;
    const lists = unitsBeside(unit).flatMap((one) =>
      criteria.filter(({ kind, units: defined }) => isList(kind) && defined.includes(one)),
    );
    const ablated = this.#sweeps().reduce((sum, sweep) => sum + units(sweep.unit), 0);
    return lists.length + ablated + (this.#has('shapley') ? shapley.orders : 0);
  }

  #sweeps(): { readonly unit: ImportanceUnit; readonly by: ReplacedBy }[] {
    const { unit, criteria, heads } = this.#request;
    const bys = new Set(criteria.flatMap((criterion) => (criterion.kind === 'ablated' ? [criterion.by] : [])));
    const units = heads ? unitsBeside(unit) : [unit];
    return units.flatMap((one) => [...bys].map((by) => ({ unit: one, by })));
  }

  #gameRequest() {
    const { unit, shapley, seed } = this.#request;
    return { unit, ...shapley, seed, ...this.#stop() };
  }

  #scene(): TextScene {
    if (this.#ready === null) throw new RangeError('the text was not read');
    return this.#ready.scene;
  }

  #has(kind: Criterion['kind']): boolean {
    return this.#request.criteria.some((criterion) => criterion.kind === kind);
  }

  #knowsValues(criterion: string, unit: ImportanceUnit): boolean {
    return this.#request.known.some((row) => row.of === 'values' && row.criterion === criterion && row.unit === unit);
  }

  #stop() {
    const { signal } = this.#request;
    return signal === undefined ? {} : { signal };
  }
}

/** Blocks done are progress. */
async function* blocks<R>(work: AsyncGenerator<BlocksDone, R>): AsyncGenerator<ImportanceEvent, R> {
  for (;;) {
    const step = await work.next();
    if (step.done === true) return step.value;
    yield { kind: 'progress', of: 'blocks', ...step.value };
  }
}

const isList = (kind: Criterion['kind']) => kind === 'observed' || kind === 'gates' || kind === 'random';

function keyOf({ unit, by, layer, index }: UnitPlace & { readonly unit: ImportanceUnit; readonly by: ReplacedBy }) {
  return `${unit} ${by} ${layer}.${index}`;
}
