/** Noise variants: the circuit stays what it was, and what lies outside begins to matter a little, more so at more noise. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readCircuit } from '../../engine/exports/circuit.ts';
import { compile } from '../../fixtures/make/planted/compile.ts';
import { plantedModels } from '../../fixtures/make/planted/index.ts';
import type { PlantedModel } from '../../fixtures/make/planted/plantedModel.ts';
import { headIds } from '../../fixtures/make/planted/wiring.ts';
import { Scene } from './scene.ts';

/** Of one circuit: largest |effect| of a head outside, and of each head inside what it is of the effect at noise 0. */
interface Effects {
  readonly outside: number;
  readonly kept: readonly number[];
}

async function effectsAt(model: PlantedModel, noise: number): Promise<readonly Effects[]> {
  const scene = await Scene.open(model, { noise });
  const found: Effects[] = [];
  for (const circuit of model.circuits) {
    const prompts = scene.prompts(circuit);
    const clean = await scene.metric(circuit, prompts, []);
    const effects = new Map<string, number>();
    for (const id of headIds(model.layers, model.heads)) {
      effects.set(id, (await scene.metric(circuit, prompts, [id])) - clean);
    }
    const stated = readCircuit(readFileSync(join('fixtures/models', model.name, circuit.file), 'utf8'), circuit.file);
    const inside = new Set<string>(stated.nodes.map(({ id }) => id));
    const kept = (stated.expected ?? []).flatMap(({ remove: [id, ...others], effect, ablation }) => {
      const alone = typeof id === 'string' && inside.has(id) && others.length === 0 && ablation === 'zero';
      // A backup has nothing to keep while what it backs up is there.
      return alone && 'value' in effect && effect.value !== 0 ? [(effects.get(id) ?? NaN) / effect.value] : [];
    });
    const outside = Math.max(...[...effects].filter(([id]) => !inside.has(id)).map(([, effect]) => Math.abs(effect)));
    found.push({ outside, kept });
  }
  await scene.model.dispose();
  return found;
}

describe.each(plantedModels)('$name', (model) => {
  it('keeps its circuit at noise', async () => {
    const [none, little, more] = [await effectsAt(model, 0), await effectsAt(model, 0.02), await effectsAt(model, 0.1)];
    for (const i of model.circuits.keys()) {
      const [clean, small, large] = [none[i], little[i], more[i]] as [Effects, Effects, Effects];
      expect(clean.outside).toBeLessThan(1e-6);
      expect(small.outside).toBeGreaterThan(10 * clean.outside);
      expect(large.outside).toBeGreaterThan(2 * small.outside);
      expect(large.outside).toBeLessThan(1);
      for (const share of [...small.kept, ...large.kept]) {
        expect(share).toBeGreaterThan(0.6);
        expect(share).toBeLessThan(1.4);
      }
    }
  });

  it('is the same for the same seed and another for another', () => {
    const queries = (seed: number) => compile(model, { noise: 0.1, seed }).get('blocks.0.attn.W_Q')?.data;
    expect(queries(1)).toEqual(queries(1));
    expect(queries(1)).not.toEqual(queries(2));
  });
});
