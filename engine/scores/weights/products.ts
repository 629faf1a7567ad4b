/** Small graphs over plain tensors, run by the same runtime as the models: products of weights are too many for loops here. */
import { GraphBuilder } from '../../graph/builder.ts';
import { lower } from '../../graph/lower.ts';
import type { Value } from '../../graph/value.ts';
import type { Model } from '../../run/index.ts';
import { Session } from '../../run/ort.ts';
import type { AxisList } from '../../terms/axes.ts';
import type { Tensor } from '../../tensor/tensor.ts';

/** Inputs by name with their axes, and what is made of them; the sizes are those of each run. */
export interface SmallGraph {
  readonly name: string;
  readonly inputs: Readonly<Record<string, AxisList>>;
  build(g: GraphBuilder, inputs: Readonly<Record<string, Value>>): Readonly<Record<string, Value>>;
}

/** Who runs: one program at a time, those that somebody waits for before those of a job. */
export type ProductsHost = Pick<Model, 'exclusive'>;

/** Sessions of small graphs, made when first needed; they keep their memory between runs, until they are let go. */
export class Products {
  readonly #host: ProductsHost;
  readonly #sessions = new Map<string, Promise<Session>>();

  constructor(host: ProductsHost) {
    this.#host = host;
  }

  /** The outputs by name. */
  async run(graph: SmallGraph, inputs: Readonly<Record<string, Tensor>>): Promise<Readonly<Record<string, Tensor>>> {
    const session = await this.#session(graph);
    const feeds = Object.fromEntries(
      Object.entries(inputs).map(([name, { data, axes }]) => [name, { data, shape: axes.map(({ size }) => size) }]),
    );
    const outputs = session.program.outputs.map(({ name }) => name);
    return Object.fromEntries(await this.#host.exclusive(() => session.run(feeds, outputs)));
  }

  /** sum over the axes that both have and `axes` lacks of a b, with the axes in this order. */
  async contract(a: Tensor, b: Tensor, axes: AxisList): Promise<Tensor> {
    const [left, right] = [lettersOf(a), lettersOf(b)];
    const graph: SmallGraph = {
      name: `${left} x ${right} -> ${axes}`,
      inputs: { a: left, b: right },
      build: (g, { a: x, b: y }) => ({ product: g.contract(x as Value, y as Value, axes) }),
    };
    return outputOf(await this.run(graph, { a, b }), 'product');
  }

  async dispose(): Promise<void> {
    const sessions = [...this.#sessions.values()];
    this.#sessions.clear();
    for (const session of sessions) await (await session).release();
  }

  #session(graph: SmallGraph): Promise<Session> {
    const known = this.#sessions.get(graph.name);
    if (known !== undefined) return known;
    const made = sessionOf(graph);
    this.#sessions.set(graph.name, made);
    return made;
  }
}

export function outputOf(outputs: Readonly<Record<string, Tensor>>, name: string): Tensor {
  const found = outputs[name];
  if (found === undefined) throw new RangeError(`a small graph gave no output ${name}`);
  return found;
}

function sessionOf(graph: SmallGraph): Promise<Session> {
  const g = new GraphBuilder(graph.name, {});
  const entries = Object.entries(graph.inputs).map(([name, axes]) => [name, g.input(name, axes)] as const);
  for (const [name, value] of Object.entries(graph.build(g, Object.fromEntries(entries)))) g.output(name, value);
  const lowered = lower(g.build(), { storage: () => ({ kind: 'input' }) });
  return Session.create(lowered, { memory: [], keepsArena: true });
}

function lettersOf({ axes }: Tensor): AxisList {
  return axes.map(({ axis }) => axis).join(' ');
}
