/** Published circuits: each is the list that its source has, and none is used to grade another model. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { gpt2 } from '../../engine/arch/gpt2.ts';
import { readElement } from '../../engine/files/readElement.ts';
import { checkCircuit } from '../../engine/results/circuit.ts';
import { describeModel } from '../../engine/run/index.ts';
import { taskById } from '../../engine/tasks/index.ts';
import { attnOnly4l } from '../../engine/tasks/references/attnOnly4l.ts';
import { gpt2Small } from '../../engine/tasks/references/gpt2Small.ts';
import { references } from '../../engine/tasks/references/index.ts';
import type { Reference, ReferenceModel } from '../../engine/tasks/references/reference.ts';
import type { GradedModel } from '../../engine/tasks/references/referenceFor.ts';
import { referenceFor } from '../../engine/tasks/references/referenceFor.ts';
import { formatEdge, parseNode } from '../../engine/terms/nodes.ts';

const reference = (id: string): Reference => {
  const found = references.find((one) => one.id === id);
  if (found === undefined) throw new Error(`expected a reference ${id}`);
  return found;
};

/** `9.6`: how the sources name heads. */
const headsOf = (id: string): string[] =>
  reference(id).circuit.nodes.flatMap((node) => {
    const parsed = parseNode(node.id);
    return parsed?.kind === 'head' ? [`${parsed.layer}.${parsed.head}`] : [];
  });
const mlpsOf = (id: string): number[] =>
  reference(id).circuit.nodes.flatMap((node) => {
    const parsed = parseNode(node.id);
    return parsed?.kind === 'mlp' ? [parsed.layer] : [];
  });
const without = (from: readonly string[], others: readonly string[]) => from.filter((one) => !others.includes(one));

describe.each(references)('$id', ({ circuit, belongsTo, checked, title }) => {
  it('is a circuit of its model, with a source and a word on what was compared', () => {
    expect(checkCircuit(circuit, title)).toEqual(circuit);
    expect(circuit.model).toEqual(belongsTo.model);
    expect(checked.length).toBeGreaterThan(40);
  });

  it('is of a task that the engine has', () => {
    expect(circuit.task !== null && 'name' in circuit.task && taskById(circuit.task.name).id).toBeTruthy();
  });
});

describe('the sets', () => {
  it('of IOI: 26 heads, and the one in which they differ', () => {
    expect(headsOf('ioiWang')).toHaveLength(26);
    expect(headsOf('ioiOneillBui')).toHaveLength(26);
    expect(without(headsOf('ioiWang'), headsOf('ioiOneillBui'))).toEqual(['9.0']);
    expect(without(headsOf('ioiOneillBui'), headsOf('ioiWang'))).toEqual(['11.3']);
    expect(headsOf('ioiAcdc')).toEqual(headsOf('ioiWang'));
    expect(mlpsOf('ioiAcdc')).toHaveLength(12);
  });

  it('of IOI: how many heads have which role', () => {
    const counts = new Map<string | null, number>();
    for (const { role } of reference('ioiWang').circuit.nodes) counts.set(role, (counts.get(role) ?? 0) + 1);
    expect(Object.fromEntries(counts)).toEqual({
      ...{ previousToken: 2, duplicateToken: 3, induction: 4, subjectInhibition: 4 },
      ...{ negativeNameMover: 2, nameMover: 3, backupNameMover: 8 },
    });
  });

  it("of greater-than: 9 heads, in ACDC's with MLPs; the authors' own differ in three", () => {
    const nine = ['0.1', '0.3', '0.5', '5.5', '6.1', '6.9', '7.10', '8.11', '9.1'];
    expect(headsOf('greaterThanOneillBui')).toEqual(nine);
    expect(mlpsOf('greaterThanOneillBui')).toEqual([]);
    expect(headsOf('greaterThanAcdc')).toEqual(nine);
    const inGroups = reference('greaterThanAcdc').circuit.nodes.filter(({ note }) => note === undefined);
    expect(inGroups.flatMap(({ id }) => (id.endsWith('MLP') ? [id] : []))).toEqual(
      [0, 1, 2, 3, 8, 9, 10, 11].map((layer) => `L${layer}MLP`),
    );
    expect(headsOf('greaterThanHanna')).toEqual(['5.1', '5.5', '6.9', '7.10', '8.8', '8.11', '9.1']);
    expect(mlpsOf('greaterThanHanna')).toEqual([8, 9, 10, 11]);
  });

  it('of docstring: 6 heads with 1.0, 6 with 1.2, and 8', () => {
    expect(headsOf('docstringOneillBui')).toEqual(['0.5', '1.0', '1.4', '2.0', '3.0', '3.6']);
    expect(headsOf('docstringAcdc')).toEqual(['0.5', '1.2', '1.4', '2.0', '3.0', '3.6']);
    expect(headsOf('docstringHeimersheimJaniak')).toEqual(['0.2', '0.4', '0.5', '1.2', '1.4', '2.0', '3.0', '3.6']);
  });

  // The lists that the functions of ArthurConmy/Automatic-Circuit-Discovery gave when they were run (commit bc99ace8),
  // edges inside a head left out, sorted and hashed. `counted` is the paper's number, which counts those too.
  it.each([
    {
      id: 'ioiAcdc',
      edges: 963,
      inside: 3 * 26,
      counted: 1041,
      sha256: 'e927e6e3e8c7b08fa2694a16d07ecbf695a98e90bf0d0ee619c37a380fdb3577',
    },
    {
      id: 'greaterThanAcdc',
      edges: 235,
      inside: 3 * 9,
      counted: 262,
      sha256: 'f6310fe6104661818bb50d47b6b00eb7cae1e5882dd483795ac193b59374a9ca',
    },
    {
      id: 'docstringAcdc',
      edges: 24,
      inside: 13,
      counted: 37,
      sha256: 'ea411f43796463dc6495f6f97eec74db09cf2375e162632582e0a5cc1a86287f',
    },
  ])('$id has the $edges edges of the code, $counted as the paper counts', ({ id, edges, inside, counted, sha256 }) => {
    const names = reference(id).circuit.edges.map(formatEdge).sort();
    expect(names).toHaveLength(edges);
    expect(edges + inside).toBe(counted);
    expect(createHash('sha256').update(names.join('\n')).digest('hex')).toBe(sha256);
  });
});

/** GPT-2 small as its config.json describes it, with the weights that the reference states, changed by `change`. */
function gpt2SmallWith(change: (value: number) => number = (value) => value): GradedModel {
  const family = gpt2.describe({ model_type: 'gpt2', n_layer: 12, n_head: 12, n_embd: 768, vocab_size: 50257 });
  const { weights } = gpt2Small;
  if ('unknown' in weights) throw new Error('expected stated weights');
  return {
    name: 'gpt2',
    architecture: gpt2.id,
    shape: family.shape,
    tokenizerSize: 50257,
    weight: async (tensor, index) => {
      const stated = weights.find((one) => one.tensors[1] === tensor && String(one.index) === String(index));
      return stated === undefined ? null : change(stated.value);
    },
  };
}

/** The 8 bits of mantissa of bfloat16, by truncation: twice the error of rounding. */
const truncated = (value: number) => {
  const bits = new Uint32Array(1);
  const float = new Float32Array(bits.buffer);
  float[0] = value;
  bits[0] = ((bits[0] ?? 0) & 0xffff0000) >>> 0;
  return float[0] ?? 0;
};

async function opened(folder: string): Promise<GradedModel> {
  const { files, architecture, family } = await describeModel(folder);
  return {
    name: files.name,
    architecture: architecture.id,
    shape: family.shape,
    tokenizerSize: null,
    weight: (tensor, index) => readElement(files.tensors, tensor, index),
  };
}

const gpt2References = references.filter(({ belongsTo }) => belongsTo === gpt2Small);
const docstringReferences = references.filter(({ belongsTo }) => belongsTo === attnOnly4l);
const [ioiWang, docstringAcdc] = [reference('ioiWang'), reference('docstringAcdc')];

describe('grading', () => {
  it.each(gpt2References)('GPT-2 small by $id is allowed', async (one) => {
    expect(await referenceFor(gpt2SmallWith(), one)).toEqual({ circuit: one.circuit, notes: [] });
  });

  it('GPT-2 small in 16 bits, or cut to a shorter context, is allowed', async () => {
    expect(truncated(0.1)).not.toBe(0.1);
    const model = gpt2SmallWith(truncated);
    const shorter = { ...model, shape: { ...model.shape, context: 512 } };
    expect((await referenceFor(shorter, ioiWang)).circuit).toBe(ioiWang.circuit);
  });

  it('says what it could not compare', async () => {
    const { notes } = await referenceFor({ ...gpt2SmallWith(), tokenizerSize: null }, ioiWang);
    expect(notes).toEqual(['tokenizer not compared: the model came without one']);
    const attentionOnly = { ...gpt2SmallWith(), ...attnOnly4l.model, tokenizerSize: 48262 };
    const grading = await referenceFor(attentionOnly, docstringAcdc);
    expect(grading.notes).toEqual([expect.stringContaining('weights not compared: ')]);
  });

  it.each([
    ['trained further', gpt2SmallWith((value) => value + 0.004), 'weight transformer.wte.weight or wte.weight[0, 0]'],
    ['with a weight that is no number', gpt2SmallWith(() => NaN), 'got NaN'],
    ['without the tensor', { ...gpt2SmallWith(), weight: async () => null }, 'got no such weight'],
    [
      'with another tokenizer',
      { ...gpt2SmallWith(), tokenizerSize: 50258 },
      'tokenizer: expected 50257 entries, got 50258',
    ],
    ['of another family', { ...gpt2SmallWith(), architecture: 'gptNeo' }, 'family: expected gpt2, got gptNeo'],
  ])('GPT-2 small %s is refused', async (_, model, message) => {
    const refused = referenceFor(model, ioiWang);
    await expect(refused).rejects.toThrow('gpt2: not GPT-2 small, which the circuit ioiWang belongs to: ');
    await expect(refused).rejects.toThrow(message);
    await expect(refused).rejects.toMatchObject({ name: 'Fault' });
  });

  it.each(['layers', 'heads', 'kvHeads', 'headWidth', 'width', 'mlpWidth', 'vocabulary', 'outputVocabulary'] as const)(
    'a model of another shape is refused: %s',
    async (field) => {
      const model = gpt2SmallWith();
      const shape = { ...model.shape, [field]: 7 };
      await expect(referenceFor({ ...model, shape }, ioiWang)).rejects.toThrow(`: ${field}: expected `);
    },
  );

  const folders = (JSON.parse(readFileSync('fixtures/golden/index.json', 'utf8')) as { folder: string }[])
    .map(({ folder }) => folder)
    .filter((folder) => /^(gpt2|transformerLens|llama)-/.test(folder))
    .map((folder) => join('fixtures/golden', folder));

  it.each(['fixtures/models/planted-induction', ...folders])('%s is refused by all', async (folder) => {
    const model = await opened(folder);
    for (const one of [...gpt2References, ...docstringReferences]) {
      await expect(referenceFor(model, one), one.id).rejects.toMatchObject({ name: 'Fault' });
    }
  });

  it('compares the weights in the file', async () => {
    const model = await opened('fixtures/golden/gpt2-tied');
    const value = await model.weight('transformer.wte.weight', [3, 1]);
    if (value === null) throw new Error('expected the weight');
    const tensors = ['wte.weight', 'transformer.wte.weight'];
    const belongsTo = (at: number): ReferenceModel => ({
      model: { ...gpt2Small.model, shape: model.shape },
      tokenizerSize: model.shape.vocabulary,
      weights: [{ tensors, index: [3, 1], value: at, tolerance: 1e-6 }],
    });
    expect(await referenceFor(model, { ...ioiWang, belongsTo: belongsTo(value) })).toMatchObject({
      circuit: ioiWang.circuit,
    });
    await expect(referenceFor(model, { ...ioiWang, belongsTo: belongsTo(value + 1e-3) })).rejects.toThrow('[3, 1]');
    expect(await model.weight('transformer.wte.weight', [model.shape.vocabulary, 0])).toBeNull();
    expect(await model.weight('transformer.wte.weight', [0])).toBeNull();
  });
});
