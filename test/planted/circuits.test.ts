/** Every planted circuit, held against the engine: each node and edge of it does what is stated, and nothing else does anything. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCircuit } from '../../engine/exports/circuit.ts';
import type { AblationEvent, AblationKind } from '../../engine/scores/ablation.ts';
import { ablate } from '../../engine/scores/ablation.ts';
import type { NodeId } from '../../engine/terms/nodes.ts';
import { formatEdge } from '../../engine/terms/nodes.ts';
import { plantedModels } from '../../fixtures/make/planted/index.ts';
import { possibleEdges } from '../../fixtures/make/planted/wiring.ts';
import { Scene } from './scene.ts';

const cases = plantedModels.flatMap((model) =>
  model.circuits.map((circuit) => ({ model, circuit, title: `${model.name}, ${circuit.file}` })),
);

describe.each(cases)('$title', ({ model, circuit }) => {
  const stated = readCircuit(readFileSync(join('fixtures/models', model.name, circuit.file), 'utf8'), circuit.file);
  // The largest stated effect is the metric's range here: 12 logits or more, or 4 nats.
  const range = Math.max(
    ...(stated.expected ?? []).map(({ effect }) => ('value' in effect ? Math.abs(effect.value) : 0)),
  );
  let scene: Scene;

  beforeAll(async () => {
    scene = await Scene.open(model);
  });

  afterAll(async () => scene?.model.dispose());

  async function ablateAll(kind: AblationKind) {
    const request = { prompts: scene.prompts(circuit), metric: circuit.metric, kind, unit: 'head', seed: 0 } as const;
    const events: AblationEvent[] = [];
    for await (const event of ablate(scene.model, request)) events.push(event);
    const baseline = events.find((event) => event.kind === 'baseline');
    if (baseline === undefined) throw new Error('expected a baseline');
    const units = events.filter((event) => event.kind === 'unit');
    const effects = units.map(({ layer, head, effect }) => [`L${layer}H${head}` as NodeId, effect.mean] as const);
    return { baseline, effects: new Map(effects) };
  }

  it('belongs to the model', () => {
    expect(stated.model.shape).toEqual(scene.model.family.shape);
    expect(range).toBeGreaterThan(4);
    expect(stated.model.architecture).toBe(scene.model.architecture.id);
  });

  it.each(['zero', 'mean', 'resample'] as const)('heads outside matter to nothing: %s', async (kind) => {
    const { baseline, effects } = await ablateAll(kind);
    expect(baseline.accuracy.mean).toBe(1);
    const inside = new Set(stated.nodes.map(({ id }) => id));
    const outside = [...effects].filter(([id]) => !inside.has(id));
    expect(outside.length).toBeGreaterThan(0);
    expect(outside.filter(([, effect]) => Math.abs(effect) > 1e-6 * range)).toEqual([]);
    for (const { remove, ablation, effect } of stated.expected ?? []) {
      const [only, ...others] = remove;
      if (typeof only !== 'string' || others.length > 0 || ablation !== kind || !('value' in effect)) continue;
      expect(Math.abs((effects.get(only) ?? NaN) - effect.value), only).toBeLessThanOrEqual(effect.tolerance);
    }
  });

  it('nodes together and edges have the stated effects', async () => {
    const prompts = scene.prompts(circuit);
    const clean = await scene.metric(circuit, prompts, []);
    const off: string[] = [];
    for (const { remove, ablation, effect } of stated.expected ?? []) {
      if (ablation !== 'zero' || !('value' in effect)) continue;
      const found = (await scene.metric(circuit, prompts, remove)) - clean;
      if (Math.abs(found - effect.value) > effect.tolerance) off.push(`${JSON.stringify(remove)}: ${found}`);
    }
    expect(off).toEqual([]);
  });

  it('every edge of it matters, a backup one where its head acts', () => {
    const own = (stated.expected ?? []).flatMap((expected) => {
      const edge = expected.remove.at(-1);
      if (edge === undefined || typeof edge === 'string') return [];
      return [{ edge: formatEdge(edge), effect: valueOf(expected.remove) - valueOf(expected.remove.slice(0, -1)) }];
    });
    for (const edge of stated.edges.map(formatEdge)) {
      const effects = own.filter((one) => one.edge === edge).map(({ effect }) => Math.abs(effect));
      expect(Math.max(...effects), edge).toBeGreaterThan(0.3);
    }
  });

  function valueOf(remove: readonly unknown[]): number {
    if (remove.length === 0) return 0;
    const found = stated.expected?.find((one) => JSON.stringify(one.remove) === JSON.stringify(remove));
    if (found === undefined || !('value' in found.effect)) throw new Error(`no effect of ${JSON.stringify(remove)}`);
    return found.effect.value;
  }

  it('edges outside matter to nothing', async () => {
    const prompts = scene.prompts(circuit, 2);
    const clean = await scene.metric(circuit, prompts, []);
    const inside = new Set(stated.edges.map(formatEdge));
    const absent = possibleEdges(model).filter((edge) => !inside.has(formatEdge(edge)));
    const found: string[] = [];
    for (const edge of absent) {
      const effect = (await scene.metric(circuit, prompts, [edge])) - clean;
      if (Math.abs(effect) > 1e-6 * range) found.push(`${formatEdge(edge)}: ${effect}`);
    }
    expect(found).toEqual([]);
  });
});
