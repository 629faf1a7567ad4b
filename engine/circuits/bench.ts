/**
 * Several methods on the same prompts: each ranks the nodes, its ranking is held against references, and the circuits that it
 * names are run. Rows come as they are known, in an order that depends on the request alone; known rows are not given again.
 */
import type {
  CircuitAgreement,
  CircuitArea,
  CircuitFaithful,
  CircuitJudged,
  CircuitRanking,
  CircuitRow,
  CircuitSampled,
  CircuitStudied,
  CircuitUnsampled,
} from '../results/circuitBench.ts';
import { numberedRandom } from '../tensor/random.ts';
import { Fault } from '../terms/fault.ts';
import { measures } from '../terms/measures.ts';
import type { SettingValues } from '../terms/settings.ts';
import type { CurveName } from './circuitCurve.ts';
import { circuitCurve } from './circuitCurve.ts';
import { agreement } from './evaluation/agreement.ts';
import { sizeAt } from './evaluation/budgets.ts';
import type { Reference } from './evaluation/graded.ts';
import { judge } from './evaluation/judge.ts';
import { nodeOrder } from './evaluation/nodeOrder.ts';
import { studyCircuit } from './evaluation/studyCircuit.ts';
import type { KnownRows, RowName } from './knownRows.ts';
import type { CircuitMethod, OnProgress } from './method.ts';
import { meanOfRuns, rankOnce, scoresOf } from './rankings.ts';
import type { Removals, Running } from './removals.ts';
import type { Scene } from './scene.ts';

export interface ChosenMethod {
  /** What rows call it: its id, with its settings where one method is asked for several times. */
  readonly label: string;
  readonly method: CircuitMethod;
  readonly settings: SettingValues;
}

export interface BenchRequest {
  readonly scene: Scene;
  readonly methods: readonly ChosenMethod[];
  /** Each with nodes inside and outside it. */
  readonly references: readonly Reference[];
  /** How what is outside a circuit is replaced. */
  readonly removals: Removals;
  readonly budgets: readonly number[];
  /** Runs of each seeded method: run s draws from seed + s, and rows say s. */
  readonly seeds: number;
  readonly seed: number;
  /** Random circuits of each size. */
  readonly random: number;
  /** Share of nodes whose circuit is studied; 0: none. */
  readonly studied: number;
  readonly permutations: number;
  /** Numbers of prompts of the curve over sample sizes, for methods that count positive and negative prompts. */
  readonly sizes: readonly number[];
  readonly known: KnownRows;
  readonly onProgress: OnProgress;
}

/** Runs of a seeded method at each sample size: a curve shows its trend with fewer than a ranking needs. */
const SAMPLED_RUNS = 3;

export async function* circuitBench(request: BenchRequest): AsyncGenerator<CircuitRow, void> {
  yield* new Bench(request).run();
}

/** What a method's circuits are cut from: its one run, or the mean of its runs. */
type Headline = Pick<CircuitRanking, 'method' | 'scores' | 'signed'>;

class Bench {
  readonly #request: BenchRequest;
  readonly #running: Running;
  readonly #steps: number;
  #done = 0;
  #shown = 0;

  constructor(request: BenchRequest) {
    const { scene, methods, random } = request;
    this.#request = request;
    this.#running = { signal: scene.signal, onProgress: (done, total) => this.#report(done / total) };
    this.#steps = random + methods.reduce((sum, { method }) => sum + this.#runsOf(method) + 1, 0);
  }

  async *run(): AsyncGenerator<CircuitRow, void> {
    const headlines: Headline[] = [];
    for (const chosen of this.#request.methods) {
      const headline = yield* this.#ranked(chosen);
      headlines.push(headline);
      yield* this.#circuits(headline);
      yield* this.#study(headline);
      yield* this.#sampled(chosen);
      this.#next();
    }
    for (let draw = 0; draw < this.#request.random; draw++) {
      yield* this.#randomCircuits(draw);
      this.#next();
    }
    yield* this.#agreements(headlines);
  }

  /** Every run, what they come to, and how each is judged. */
  async *#ranked(chosen: ChosenMethod): AsyncGenerator<CircuitRow, Headline> {
    const { label, method } = chosen;
    const runs: CircuitRanking[] = [];
    for (let run = 0; run < this.#runsOf(method); run++) {
      const like = { of: 'ranking', method: label, seed: method.seeded ? run : null } as const;
      const row = yield* this.#once<CircuitRanking>(like, () => this.#rank(chosen, run));
      yield* this.#judge(row);
      runs.push(row);
      this.#next();
    }
    const [first, ...others] = runs as [CircuitRanking, ...CircuitRanking[]];
    if (!method.seeded) return first;
    const like = { of: 'ranking', method: label, seed: 'mean' } as const;
    const mean = yield* this.#once<CircuitRanking>(like, () => Promise.resolve(meanOfRuns([first, ...others])));
    yield* this.#judge(mean);
    return mean;
  }

  #rank(chosen: ChosenMethod, run: number): Promise<CircuitRanking> {
    const { scene, seed, permutations } = this.#request;
    const shuffles = countsPrompts(chosen.method) ? permutations : 0;
    const onProgress = (done: number, total: number) => this.#report(done / total);
    return rankOnce(scene, chosen, { run, seed: seed + run, permutations: shuffles, onProgress });
  }

  async *#judge({ method, seed, scores }: CircuitRanking): AsyncGenerator<CircuitRow, void> {
    const { references, scene } = this.#request;
    for (const reference of references) {
      const like = { of: 'judged', method, seed, reference: reference.id } as const;
      const held = () => Promise.resolve({ kind: 'row', ...like, ...judge(scene.nodes, scores, reference) } as const);
      yield* this.#once<CircuitJudged>(like, held);
    }
  }

  async *#circuits(headline: Headline): AsyncGenerator<CircuitRow, void> {
    const { seed } = this.#request;
    const { method, scores, signed } = headline;
    yield* this.#curve(nodeOrder(scores, seed), { method, draw: null, order: 'absolute' });
    if (signed === null) return;
    const helps = signed.map((effect) => (this.#isHigherBetter() ? -effect : effect));
    yield* this.#curve(nodeOrder(helps, seed), { method, draw: null, order: 'signed' });
  }

  async *#randomCircuits(draw: number): AsyncGenerator<CircuitRow, void> {
    const indices = this.#request.scene.nodes.map((_, index) => index);
    const order = numberedRandom(this.#request.seed, draw).shuffled(indices);
    yield* this.#curve(order, { method: 'random', draw, order: 'absolute' });
  }

  async *#curve(order: readonly number[], name: CurveName): AsyncGenerator<CircuitRow, void> {
    const { removals, scene, budgets, seed, known } = this.#request;
    const area = { of: 'area', ...name } as const;
    // The area is the last row of a curve.
    if (known.has(area)) return;
    const request = { removals, nodes: scene.nodes, budgets, seed, running: this.#running };
    const curve = await circuitCurve(request, order, name);
    for (const row of curve.points) yield* this.#once<CircuitFaithful>(row, () => Promise.resolve(row));
    yield* this.#once<CircuitArea>(area, () => Promise.resolve(curve.area));
  }

  async *#study({ method, scores }: Headline): AsyncGenerator<CircuitRow, void> {
    const { scene, removals, studied, seed } = this.#request;
    const k = sizeAt(studied, scene.nodes.length);
    if (k === 0) return;
    const circuit = nodeOrder(scores, seed)
      .slice(0, k)
      .flatMap((index) => scene.nodes[index] ?? []);
    const like = { of: 'studied', method } as const;
    yield* this.#once<CircuitStudied>(like, async () => {
      const study = await studyCircuit({
        ...{ nodes: scene.nodes, circuit, random: numberedRandom(seed, 0) },
        metricWithout: async (sets) =>
          (await removals.without(sets, this.#running)).map(({ values }) => meanOf(values)),
      });
      return { kind: 'row', ...like, k, ...study };
    });
  }

  async *#sampled(chosen: ChosenMethod): AsyncGenerator<CircuitRow, void> {
    const { scene, references, sizes, known } = this.#request;
    const { label, method } = chosen;
    if (!countsPrompts(method) || references.length === 0) return;
    for (const prompts of sizes) {
      for (let run = 0; run < Math.min(SAMPLED_RUNS, this.#runsOf(method)); run++) {
        const named = (reference: string) => ({ of: 'sampled', method: label, seed: run, prompts, reference }) as const;
        const missing = { of: 'unsampled', method: label, seed: run, prompts } as const;
        if (known.has(missing) || references.every(({ id }) => known.has(named(id)))) continue;
        const scores = await this.#onFirst(chosen, prompts, run);
        if (scores instanceof Fault) {
          const row = { kind: 'row', ...missing, reason: scores.message } as const;
          yield* this.#once<CircuitUnsampled>(missing, () => Promise.resolve(row));
          continue;
        }
        for (const reference of references) {
          const { auc, overNodes } = judge(scene.nodes, scores, reference);
          const like = named(reference.id);
          const row = { kind: 'row', ...like, auc, overNodes: overNodes.auc } as const;
          yield* this.#once<CircuitSampled>(like, () => Promise.resolve(row));
        }
      }
    }
  }

  /** Scores from the first prompts; the Fault where they are too few for the method's settings, which all prompts were enough for. */
  async #onFirst(
    { label, method, settings }: ChosenMethod,
    prompts: number,
    run: number,
  ): Promise<readonly (number | null)[] | Fault> {
    const { scene, seed } = this.#request;
    // So that the part is cut from what is known of all prompts.
    await scene.headWrites();
    const options = { seed: seed + run, permutations: 0, onProgress: () => undefined };
    try {
      return (await scoresOf(label, method, scene.first(prompts), settings, options)).scores;
    } catch (error) {
      scene.signal.throwIfAborted();
      if (error instanceof Fault) return error;
      throw error;
    }
  }

  async *#agreements(headlines: readonly Headline[]): AsyncGenerator<CircuitRow, void> {
    const { seed } = this.#request;
    const ranked = headlines.map(({ method, scores }) => ({ method, scores, order: nodeOrder(scores, seed) }));
    for (const [i, a] of ranked.entries()) {
      for (const b of ranked.slice(i + 1)) {
        const like = { of: 'agreement', a: a.method, b: b.method } as const;
        yield* this.#once<CircuitAgreement>(like, () => Promise.resolve({ kind: 'row', ...like, ...agreement(a, b) }));
      }
    }
  }

  /** The known row, or the one that `make` gives, which goes out. */
  async *#once<R extends CircuitRow>(like: RowName<R>, make: () => Promise<R>): AsyncGenerator<CircuitRow, R> {
    const known = this.#request.known.find<R>(like);
    if (known !== null) return known;
    const row = await make();
    yield row;
    return row;
  }

  #runsOf({ seeded }: CircuitMethod): number {
    return seeded ? this.#request.seeds : 1;
  }

  #isHigherBetter(): boolean {
    return measures[this.#request.scene.metric].better === 'higher';
  }

  #next(): void {
    this.#done += 1;
    this.#report(0);
  }

  /** `share` of what is being done in this step; where a step does several things, the most that any of them has come to. */
  #report(share: number): void {
    this.#shown = Math.max(this.#shown, this.#done + share);
    this.#request.onProgress(this.#shown, this.#steps);
  }
}

/** Does it compare positive with negative prompts? Shuffled labels and fewer prompts mean something then. */
function countsPrompts({ needs }: CircuitMethod): boolean {
  return needs.includes('negative');
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
