/** Ranks nodes by several methods on the same prompts, and holds the rankings against references and the model itself. */
import { publishedBands } from '../../../sae/circuits/publishedBands.ts';
import type { BenchRequest, ChosenMethod } from '../../circuits/bench.ts';
import { circuitBench } from '../../circuits/bench.ts';
import { endsOf } from '../../circuits/circuitCurve.ts';
import { mibBudgets } from '../../circuits/evaluation/budgets.ts';
import type { Ends } from '../../circuits/evaluation/faithfulness.ts';
import type { Reference } from '../../circuits/evaluation/graded.ts';
import { nodeOrder } from '../../circuits/evaluation/nodeOrder.ts';
import { KnownRows } from '../../circuits/knownRows.ts';
import { Removals } from '../../circuits/removals.ts';
import { Scene } from '../../circuits/scene.ts';
import type { CircuitHeader, CircuitRow } from '../../results/circuitBench.ts';
import { circuitRow } from '../../results/circuitBench.ts';
import type { EventOf, RequestOf, ResultOf, Service } from '../../results/index.ts';
import { validate } from '../../results/validate.ts';
import type { Model } from '../../run/index.ts';
import { summarise, summariseShare } from '../../tasks/statistics.ts';
import type { ModelSource } from '../openModels.ts';
import { chosenMethods } from './chosenMethods.ts';
import type { ReferenceRequest } from './circuitReferences.ts';
import { askedReferences, usualReferences } from './circuitReferences.ts';
import { circuitWarnings } from './circuitWarnings.ts';
import { emitting } from './emitting.ts';
import { requireFinite } from './finite.ts';
import { measuredHeader } from './measuredHeader.ts';
import type { Measured } from './measuredPrompts.ts';
import { measuredPrompts } from './measuredPrompts.ts';
import { baselineOf } from './scoredPrompts.ts';

type Request = RequestOf<'circuit'>;
type Emit = (event: EventOf<'circuit'>) => void;

export function circuitCall(models: ModelSource): Service['circuit'] {
  return async function* findCircuits(request, { signal }) {
    const started = performance.now();
    const known = (request.known ?? []).map((row, i) =>
      validate(circuitRow, row, `known.${i}`),
    ) as readonly CircuitRow[];
    const { model, release } = await models.lease(request, signal);
    try {
      const measured = measuredPrompts(model, request);
      const methods = chosenMethods(request, measured.prompts);
      const bench = new CircuitCall(model, request, { measured, methods, known, signal });
      const found = yield* emitting<EventOf<'circuit'>, Omit<ResultOf<'circuit'>, 'seconds'>>((emit) =>
        bench.run(emit),
      );
      return { seconds: (performance.now() - started) / 1000, ...found };
    } finally {
      release();
    }
  };
}

/** Sizes of the curve over numbers of prompts (O'Neill and Bui's own ablation). */
const usualSizes = [5, 10, 25, 50, 100, 250] as const;

interface Asked {
  readonly measured: Measured;
  readonly methods: readonly ChosenMethod[];
  readonly known: readonly CircuitRow[];
  readonly signal: AbortSignal;
}

class CircuitCall {
  readonly #model: Model;
  readonly #request: Request;
  readonly #asked: Asked;
  readonly #scene: Scene;
  readonly #removals: Removals;

  constructor(model: Model, request: Request, asked: Asked) {
    const { prompts, metric } = asked.measured;
    const { nodes: nodeSet, seed, outside } = request;
    this.#model = model;
    this.#request = request;
    this.#asked = asked;
    this.#scene = new Scene(model, { prompts, metric, nodeSet, seed, signal: asked.signal });
    this.#removals =
      outside === 'counterfactual' ? this.#scene.counterfactual : new Removals(model, { prompts, metric, by: 'mean' });
  }

  async run(emit: Emit): Promise<Omit<ResultOf<'circuit'>, 'seconds'>> {
    const { measured, known, signal } = this.#asked;
    const references = await this.#references(emit);
    const running = { signal };
    const ends = await endsOf({ removals: this.#removals, nodes: this.#scene.nodes, running });
    await requireFinite(
      this.#model,
      'metric of the model and of the empty circuit',
      [...ends.whole, ...ends.empty],
      signal,
    );
    emit({ kind: 'start', header: this.#header(references, ends) });
    const { correct } = await this.#removals.whole(running);
    const metric = summarise(ends.whole, this.#request.seed);
    const baseline = baselineOf(measured.metric, metric, summariseShare(correct));
    emit({ kind: 'baseline', baseline });
    const rows = [...known];
    for await (const row of circuitBench(this.#bench(references, emit))) {
      rows.push(row);
      emit(row);
    }
    const methods = this.#asked.methods.filter(({ method }) => method.role === 'method').map(({ label }) => label);
    return {
      modelSeconds: this.#modelSeconds(),
      warnings: circuitWarnings({ rows, methods, baseline, measured, ends }),
    };
  }

  #bench(references: readonly Reference[], emit: Emit): BenchRequest {
    const { seeds, seed, random, studied, permutations } = this.#request;
    const { methods, known, measured } = this.#asked;
    const n = measured.prompts.length;
    return {
      ...{ scene: this.#scene, methods, references, removals: this.#removals, budgets: this.#budgets() },
      ...{ seeds, seed, random, studied, permutations, known: new KnownRows(known) },
      sizes: (this.#request.sizes ?? usualSizes).filter((size) => size < n),
      onProgress: (done, total) => emit({ kind: 'progress', of: 'steps', done: Math.round(100 * done) / 100, total }),
    };
  }

  #references(emit: Emit): Promise<readonly Reference[]> {
    const { measured } = this.#asked;
    const { references, seed } = this.#request;
    const { model, nodes } = this.#scene;
    const request: ReferenceRequest = {
      ...{ model, nodes, seed, dataset: measured.dataset },
      effects: () => this.#exactEffects(emit),
    };
    if (references !== undefined) return askedReferences(request, references);
    const hasCounterfactuals = measured.prompts.every(({ ids, corruptIds }) => corruptIds?.length === ids.length);
    return usualReferences(request, hasCounterfactuals);
  }

  /** Known from a run that goes on, or measured. */
  async #exactEffects(emit: Emit): Promise<readonly number[]> {
    const known = this.#asked.known.find(
      (row) => row.of === 'ranking' && row.method === 'patching' && row.settings['direction'] === 'noising',
    );
    if (known?.of === 'ranking' && known.signed !== null) return known.signed;
    const onProgress = (done: number, total: number) => emit({ kind: 'progress', of: 'exact effects', done, total });
    return (await this.#scene.exactEffects(onProgress)).map(({ effect }) => effect.mean);
  }

  #budgets(): readonly number[] {
    return [...new Set(this.#request.budgets ?? mibBudgets)].sort((a, b) => a - b);
  }

  #header(references: readonly Reference[], { whole, empty }: Ends): CircuitHeader {
    const { nodes: nodeSet, outside, seed } = this.#request;
    const { nodes } = this.#scene;
    const measured = measuredHeader(this.#model, this.#request, this.#asked.measured, nodes.length);
    return {
      ...{ ...measured, nodeSet, nodes, outside, budgets: this.#budgets() },
      methods: this.#asked.methods.map(({ label, method: { title, about, source, role, seeded } }) => {
        return { method: label, title, about, source, role, seeded };
      }),
      order: this.#model.family.description.block(0).order,
      drawn: drawnOrder(nodes, seed),
      drawnFrom: seed,
      ends: { whole: summarise(whole, seed).mean, empty: summarise(empty, seed).mean },
      references: references.map(({ id, title, items, note }) => ({ id, title, nodes: items.flat(), note })),
      ...bandsOf(references),
      notes: [nodeSetNotes[nodeSet], ...runNotes, ...measured.notes],
    };
  }

  #modelSeconds(): number {
    const own = this.#removals === this.#scene.counterfactual ? 0 : this.#removals.seconds;
    return this.#scene.modelSeconds + own;
  }
}

/** Of nodes that all have one score. */
function drawnOrder(nodes: readonly string[], seed: number): readonly string[] {
  const order = nodeOrder(new Array<number>(nodes.length).fill(0), seed);
  return order.flatMap((index) => nodes[index] ?? []);
}

/** A published circuit is a reference only where the open model is the one that it belongs to. */
function bandsOf(references: readonly Reference[]): Pick<CircuitHeader, 'bands'> {
  const known = new Set(references.map(({ id }) => id));
  const bands = publishedBands
    .filter(({ labels }) => known.has(labels))
    .map(({ title, labels, level, area, low, high }) => ({ title, reference: labels, level, area, low, high }));
  return bands.length === 0 ? {} : { bands };
}

const nodeSetNotes = {
  heads:
    'nodes: the attention heads, replaced at z before W_O at every position; MLPs, embedding and biases are never replaced',
  headsAndMlps:
    'nodes: the attention heads, replaced at z before W_O, and the MLPs, at what they add to the stream, at every position; the embedding is never replaced',
} as const;

const runNotes = [
  'equal scores are ordered by a draw from the seed, alike for all methods; run s of a seeded method draws from seed + s',
  'a share of nodes is rounded down to whole nodes, as MIB does',
] as const;
