/** The bundled planted models are what their script writes, small, and wired as their circuits say. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readCircuit } from '../../engine/exports/circuit.ts';
import { formatEdge } from '../../engine/terms/nodes.ts';
import { checkpointOf } from '../../fixtures/make/planted/checkpoint.ts';
import { compile } from '../../fixtures/make/planted/compile.ts';
import { plantedModels } from '../../fixtures/make/planted/index.ts';
import { wiring } from '../../fixtures/make/planted/wiring.ts';
import { writePlanted } from '../../fixtures/make/planted/writePlanted.ts';

describe.each(plantedModels)('$name', (model) => {
  const folder = join('fixtures/models', model.name);

  it('is written again, byte for byte', async () => {
    const copy = mkdtempSync(join(tmpdir(), 'headscope-planted-'));
    try {
      await writePlanted(model, copy);
      expect(readdirSync(copy).sort()).toEqual(readdirSync(folder).sort());
      const same = (name: string) => readFileSync(join(folder, name)).equals(readFileSync(join(copy, name)));
      expect(readdirSync(folder).filter((name) => !same(name))).toEqual([]);
    } finally {
      rmSync(copy, { recursive: true });
    }
  });

  it('takes under 600 kB', () => {
    const bytes = readdirSync(folder).map((name) => statSync(join(folder, name)).size);
    expect(bytes.reduce((a, b) => a + b, 0)).toBeLessThan(600_000);
  });

  it('has the edges of its circuits and no others on the way to the logits', () => {
    const circuits = model.circuits.map(({ file }) => readCircuit(readFileSync(join(folder, file), 'utf8'), file));
    const stated = new Set(circuits.flatMap(({ edges }) => edges.map(formatEdge)));
    const found = wiring(model, checkpointOf(model, compile(model))).map(formatEdge);
    expect(found.toSorted()).toEqual([...stated].sort());
  });

  it('has every edge on the way to the logits at noise', () => {
    const noisy = checkpointOf(model, compile(model, { noise: 0.02 }));
    const { layers, heads } = model;
    const writers = Array.from({ length: layers }, (_, layer) => 3 * heads * (1 + layer * heads));
    expect(wiring(model, noisy)).toHaveLength(writers.reduce((a, b) => a + b, 1 + layers * heads));
  });
});
