/** The model with everything outside a circuit replaced: what the threshold slider asks for. */
import { endsOf, keptBy } from '../../circuits/circuitCurve.ts';
import { faithfulness } from '../../circuits/evaluation/faithfulness.ts';
import type { Ends } from '../../circuits/evaluation/faithfulness.ts';
import { nodeList } from '../../circuits/nodeList.ts';
import type { Removed } from '../../circuits/removals.ts';
import { Removals } from '../../circuits/removals.ts';
import type { EventOf, RequestOf, Service } from '../../results/index.ts';
import type { Model } from '../../run/index.ts';
import { prioritised } from '../../run/index.ts';
import { summariser, summariseShare } from '../../tasks/statistics.ts';
import { numberedRandom } from '../../tensor/random.ts';
import { Fault } from '../../terms/fault.ts';
import type { NodeId } from '../../terms/nodes.ts';
import type { ModelSource } from '../openModels.ts';
import { requireFinite } from './finite.ts';
import type { Measured } from './measuredPrompts.ts';
import { cannotDo, measuredPrompts } from './measuredPrompts.ts';
import { baselineOf } from './scoredPrompts.ts';

type Request = RequestOf<'circuitEffect'>;
type Event = EventOf<'circuitEffect'>;

export function circuitEffectCall(models: ModelSource): Service['circuitEffect'] {
  return async function* runCircuit(request, { signal }) {
    const started = performance.now();
    const { model, release } = await models.lease(request, signal);
    try {
      const measured = measuredPrompts(model, request);
      const scene = sceneOf(model, request, measured, signal);
      const removed = await withoutOutside(scene, request.circuit);
      await requireFinite(model, 'metric of the circuit', removed.values, signal);
      const ends = await endsOf({ ...scene, running: { signal } });
      yield circuitEvent(scene, request, removed, ends);
      // What was asked is answered: the rest lets others go first.
      yield* prioritised('job', randomCircuits(scene, request, ends));
      return {
        seconds: (performance.now() - started) / 1000,
        warnings: await warningsOf(scene, measured, request.seed),
      };
    } finally {
      release();
    }
  };
}

interface EffectScene {
  readonly nodes: readonly NodeId[];
  readonly removals: Removals;
  readonly signal: AbortSignal;
}

/** Runs on the latest prompts: the slider's next place starts from their unedited run, and knows the whole and the empty circuit. */
const kept = new WeakMap<Model, Map<string, Removals>>();
const KEPT = 2;

function sceneOf(model: Model, request: Request, { prompts, metric }: Measured, signal: AbortSignal): EffectScene {
  const known = kept.get(model) ?? new Map<string, Removals>();
  kept.set(model, known);
  const key = JSON.stringify([
    request.outside,
    metric,
    prompts.map(({ ids, corruptIds, answers }) => [ids, corruptIds, answers]),
  ]);
  const removals = known.get(key) ?? new Removals(model, { prompts, metric, by: request.outside });
  known.delete(key);
  known.set(key, removals);
  for (const oldest of [...known.keys()].slice(0, -KEPT)) known.delete(oldest);
  return { nodes: nodeList(model.family, request.nodes), removals, signal };
}

/** Throws Fault for a node that is not among those that are ranked. */
async function withoutOutside({ nodes, removals, signal }: EffectScene, circuit: readonly string[]): Promise<Removed> {
  const all = new Set<string>(nodes);
  const unknown = circuit.find((node) => !all.has(node));
  if (unknown !== undefined) {
    const expected = `${nodes[0]} to ${nodes.at(-1)}`;
    throw new Fault({ what: 'no node of this set', where: 'circuit', expected, got: unknown });
  }
  const stays = new Set(circuit);
  const [removed] = await removals.without([nodes.filter((node) => !stays.has(node))], { signal });
  return removed as Removed;
}

function circuitEvent({ nodes }: EffectScene, { circuit, seed }: Request, removed: Removed, ends: Ends): Event {
  const summarise = summariser(removed.values.length, seed);
  return {
    ...{ kind: 'circuit', k: new Set(circuit).size, of: nodes.length },
    ...keptBy(removed, ends, summarise),
    accuracy: summariseShare(removed.correct),
    ends: { whole: meanOf(ends.whole), empty: meanOf(ends.empty) },
  };
}

/** As the bench draws them: the first nodes of the draw-th order of the seed. */
async function* randomCircuits(scene: EffectScene, request: Request, ends: Ends): AsyncGenerator<Event, void, void> {
  const { nodes } = scene;
  const k = new Set(request.circuit).size;
  for (let index = 0; index < request.random; index++) {
    const order = numberedRandom(request.seed, index).shuffled(nodes.map((_, at) => at));
    const circuit = order.slice(0, k).flatMap((at) => nodes[at] ?? []);
    const { values, kl } = await withoutOutside(scene, circuit);
    const f = faithfulness(values, ends);
    yield {
      kind: 'random',
      index,
      faithfulness: f === null ? null : meanOf(f),
      metric: meanOf(values),
      kl: meanOf(kl),
    };
  }
}

async function warningsOf({ removals, signal }: EffectScene, measured: Measured, seed: number): Promise<string[]> {
  const { values, correct } = await removals.whole({ signal });
  const { doesTask } = baselineOf(measured.metric, summariser(values.length, seed)(values), summariseShare(correct));
  return doesTask ? [] : [cannotDo(measured)];
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
