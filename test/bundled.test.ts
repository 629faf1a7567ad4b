/** The bundled model: it is what its script writes, it does its task, and ablation finds the two heads that were planted. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCircuit } from '../engine/exports/circuit.ts';
import type { Model } from '../engine/run/index.ts';
import { openModel } from '../engine/run/index.ts';
import type { AblationEvent, AblationKind } from '../engine/scores/ablation.ts';
import { ablate } from '../engine/scores/ablation.ts';
import { induction } from '../engine/tasks/induction.ts';
import type { TaskPrompts, TaskTokenizer } from '../engine/tasks/task.ts';
import { seededRandom } from '../engine/tensor/random.ts';
import { formatEdge } from '../engine/terms/nodes.ts';
import { induction as plantedInduction } from '../fixtures/make/planted/induction.ts';
import { writePlanted } from '../fixtures/make/planted/writePlanted.ts';

const folder = 'fixtures/models/planted-induction';
const planted = ['L0H2', 'L1H1'];

describe('the script', () => {
  it('writes the committed folder again, byte for byte', async () => {
    const copy = mkdtempSync(join(tmpdir(), 'headscope-planted-'));
    try {
      await writePlanted(plantedInduction, copy);
      expect(readdirSync(copy).sort()).toEqual(readdirSync(folder).sort());
      const differing = readdirSync(folder).filter((name) => !same(join(folder, name), join(copy, name)));
      expect(differing).toEqual([]);
    } finally {
      rmSync(copy, { recursive: true });
    }
  });

  it('states the two heads and how they read each other in circuit.json', () => {
    const circuit = readCircuit(readFileSync(join(folder, 'circuit.json'), 'utf8'), 'circuit.json');
    expect(circuit.nodes.map(({ id }) => id)).toEqual(planted);
    const between = circuit.edges.filter(({ from }) => from !== 'embed');
    expect(between.map(formatEdge)).toEqual(['L0H2->L1H1.k', 'L1H1->logits']);
  });
});

function same(a: string, b: string): boolean {
  return readFileSync(a).equals(readFileSync(b));
}

describe('the model', () => {
  let model: Model;
  let task: TaskPrompts;

  beforeAll(async () => {
    model = await openModel(folder);
    const { tokenizer, family } = model;
    const ownTokenizer: TaskTokenizer = {
      encode: (text) => tokenizer.encode(text, { special: false }),
      decode: (ids) => tokenizer.decode(ids),
      bosId: tokenizer.bosId,
    };
    const { vocabulary } = family.shape;
    task = induction.generate({ n: 16, random: seededRandom(0), tokenizer: ownTokenizer, vocabulary });
  });

  afterAll(async () => model?.dispose());

  it('is the one that circuit.json describes', () => {
    const circuit = readCircuit(readFileSync(join(folder, 'circuit.json'), 'utf8'), 'circuit.json');
    expect(circuit.model.shape).toEqual(model.family.shape);
    expect(circuit.model.architecture).toBe(model.architecture.id);
  });

  it('has one token a word and puts <bos> first', () => {
    const ids = model.tokenizer.encode('apple river apple');
    expect(ids).toEqual([0, 2, 3, 2]);
    expect(model.tokenizer.decode(ids.slice(1)).trim()).toBe('apple river apple');
  });

  it('attends from the second of two equal tokens to what followed the first', async () => {
    const ids = model.tokenizer.encode('apple river stone cloud apple');
    const run = await model.forward({ ids: [ids], capture: [{ site: 'pattern' }], logits: 'last' });
    const attention = (layer: number, head: number, query: number, key: number) =>
      run.get('pattern', layer).data[(head * ids.length + query) * ids.length + key];
    for (let query = 1; query < ids.length; query++) expect(attention(0, 2, query, query - 1)).toBeGreaterThan(0.999);
    expect(attention(1, 1, 5, 2)).toBeGreaterThan(0.999);
    const logits = run.logits?.data ?? new Float32Array();
    expect(logits.indexOf(Math.max(...logits))).toBe(model.tokenizer.encode('river')[1]);
  });

  it.each(['zero', 'mean', 'resample'] as const)('depends on the two planted heads and no other: %s', async (kind) => {
    const { effects, baseline } = await ablateAll(kind);
    expect(baseline.accuracy.mean).toBe(1);
    expect(baseline.metric.mean).toBeLessThan(1e-3);
    const found = [...effects].filter(([, effect]) => Math.abs(effect) > 1e-6).map(([unit]) => unit);
    expect(found).toEqual(planted);
    for (const unit of planted) expect(effects.get(unit)).toBeGreaterThan(1);
  });

  async function ablateAll(kind: AblationKind) {
    const { prompts, metric } = task;
    const events: AblationEvent[] = [];
    for await (const event of ablate(model, { prompts, metric, kind, unit: 'head', seed: 0 })) events.push(event);
    const baseline = events.find((event) => event.kind === 'baseline');
    if (baseline === undefined) throw new Error('expected a baseline');
    const units = events.filter((event) => event.kind === 'unit');
    return { baseline, effects: new Map(units.map(({ layer, head, effect }) => [`L${layer}H${head}`, effect.mean])) };
  }
});
