import { expect, it } from 'vitest';
import { openModel } from '../../../engine/run/index.ts';
import { accuracyDrop } from '../../../engine/scores/retrieval/accuracyDrop.ts';
import type { AccuracyDrop } from '../../../engine/scores/retrieval/accuracyDrop.ts';
import { taskPrompts } from '../../../engine/service/calls/task.ts';
import { keyValue } from '../../../engine/tasks/keyValue.ts';

it('planted-decoys loses key-value lookup without a head of its circuit, and nothing without others', async () => {
  const model = await openModel('fixtures/models/planted-decoys');
  try {
    const { prompts } = taskPrompts(model, keyValue, { n: 16, seed: 0 });
    const steps = accuracyDrop(model, { prompts, seed: 0 });
    let found: AccuracyDrop | null = null;
    let last = { done: 0, total: 0 };
    while (found === null) {
      const step = await steps.next();
      if (step.done === true) found = step.value;
      else last = step.value;
    }
    expect(last).toEqual({ done: 18, total: 18 });
    expect(found.accuracy).toBe(1);
    const circuit = ['L0H1', 'L0H4', 'L1H3'];
    for (const [i, { mean, n }] of found.heads.entries()) {
      const head = `L${Math.floor(i / 6)}H${i % 6}`;
      expect(n).toBe(16);
      if (circuit.includes(head)) expect(mean, head).toBeGreaterThan(0.4);
      else expect(mean, head).toBe(0);
    }
  } finally {
    await model.dispose();
  }
});
