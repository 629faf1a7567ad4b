/** What rankings are held against: rules of planted circuits, published lists, the largest exact effects. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { exactTop } from '../../engine/circuits/references/exactTop.ts';
import { plantedCircuit } from '../../engine/circuits/references/plantedCircuit.ts';
import { publishedCircuit } from '../../engine/circuits/references/publishedCircuit.ts';
import { nodeList } from '../../engine/circuits/nodeList.ts';
import { readCircuit } from '../../engine/exports/circuit.ts';
import { greaterThanAcdc } from '../../engine/tasks/references/greaterThanAcdc.ts';
import { faultOf } from '../files/temporary.ts';

function planted(folder: string) {
  const path = `fixtures/models/${folder}/circuit.json`;
  const circuit = readCircuit(readFileSync(path, 'utf8'), path);
  return plantedCircuit(circuit, nodeList({ shape: circuit.model.shape }, 'heads'));
}

describe('a planted circuit', () => {
  it('counts a backup jointly with its mover', () => {
    expect(planted('planted-ioi').items).toEqual([['L0H1'], ['L1H2'], ['L2H0', 'L3H1'], ['L3H3']]);
  });

  it('asks nobody for a node that writes the same in every prompt', () => {
    const { items, ignored, note } = planted('planted-needle');
    expect(items).toEqual([['L0H0'], ['L1H1']]);
    expect([ignored, note]).toEqual([['L0H2'], 'L0H2 writes the same in every prompt and counts neither way']);
  });

  it('is its nodes elsewhere', () => {
    const { items, note } = planted('planted-two-hop');
    expect(items).toEqual([['L0H3'], ['L1H0'], ['L2H2']]);
    expect(note).toBe('exact: every other node was made to do nothing');
  });
});

describe('other references', () => {
  it('published: what is not ranked is left out, and said', () => {
    const { shape } = greaterThanAcdc.circuit.model;
    const heads = publishedCircuit(greaterThanAcdc, nodeList({ shape }, 'heads'), ['weights not compared']);
    expect(heads.items).toHaveLength(9);
    expect(heads.note).toMatch(/^\d+ of its nodes are not ranked here; weights not compared$/);
    const both = publishedCircuit(greaterThanAcdc, nodeList({ shape }, 'headsAndMlps'), []);
    expect(both.items.length).toBe(greaterThanAcdc.circuit.nodes.length);
    expect(both.note).toBeNull();
  });

  it('exact: the largest effects of either sign, and none that is nothing', () => {
    const nodes = nodeList({ shape: { ...greaterThanAcdc.circuit.model.shape, layers: 1, heads: 5 } }, 'heads');
    const top = exactTop(nodes, [0, -3, 1, 1e-9, 2], 0.4, 0);
    expect([top.id, top.title, top.items.flat()]).toEqual([
      'exact-40',
      'top 40 % by |exact resample effect| (2 of 5)',
      ['L0H1', 'L0H4'],
    ]);
    expect(exactTop(nodes, [0, -3, 1, 1e-9, 2], 0.8, 0).items.flat()).toEqual(['L0H1', 'L0H4', 'L0H2']);
  });
});

describe('the list of nodes', () => {
  const shape = { ...greaterThanAcdc.circuit.model.shape, layers: 2, heads: 2 };

  it('has the heads of each layer, then its MLP', () => {
    expect(nodeList({ shape }, 'headsAndMlps')).toEqual(['L0H0', 'L0H1', 'L0MLP', 'L1H0', 'L1H1', 'L1MLP']);
    expect(nodeList({ shape }, 'heads')).toHaveLength(4);
  });

  it('refuses MLPs of a model that has none', async () => {
    const fault = await faultOf(() => nodeList({ shape: { ...shape, mlpWidth: null } }, 'headsAndMlps'));
    expect(fault).toMatch(/this model has no MLPs/);
  });
});
