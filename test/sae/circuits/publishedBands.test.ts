import { expect, it } from 'vitest';
import { tasks } from '../../../engine/tasks/index.ts';
import { references } from '../../../engine/tasks/references/index.ts';
import { publishedBands } from '../../../sae/circuits/publishedBands.ts';

it('names tasks and circuits of this program, and their models', () => {
  for (const { task, labels, model, low, high } of publishedBands) {
    const circuit = references.find(({ id }) => id === labels);
    expect(tasks.map(({ id }) => id)).toContain(task);
    expect(circuit?.belongsTo.model.name).toBe(model);
    expect(circuit?.circuit.task).toMatchObject({ name: task });
    expect(low).toBeLessThanOrEqual(high);
    expect(low).toBeGreaterThan(0.5);
    expect(high).toBeLessThan(1);
  }
});

it('has both levels of the authors’ ten seeds, and both sets of labels', () => {
  const ten = publishedBands.filter(({ title }) => title.includes('ten seeds'));
  const middle = ten.map(({ task, level, low, high }) => [task, level, ((low + high) / 2).toFixed(3)]);
  expect(middle).toEqual([
    ['ioi', 'nodes', '0.868'],
    ['greaterThan', 'nodes', '0.855'],
    ['docstring', 'nodes', '0.869'],
    ['ioi', 'coVariation', '0.840'],
    ['greaterThan', 'coVariation', '0.873'],
    ['docstring', 'coVariation', '0.896'],
  ]);
  expect(new Set(publishedBands.map(({ labels }) => labels)).size).toBe(6);
});
