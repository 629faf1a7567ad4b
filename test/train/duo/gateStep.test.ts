/** One step of the gates, against AdamW written out by hand. */
import { describe, expect, it } from 'vitest';
import { startGates } from '../../../engine/train/duo/gateState.ts';
import { GateStep } from '../../../engine/train/duo/gateStep.ts';

const [beta1, beta2, epsilon] = [0.9, 0.999, 1e-8];

describe('a step of the gates', () => {
  it('is AdamW without decay on distillation and penalty, put back into [0, 1]', async () => {
    const regularisation = 0.05;
    const update = await GateStep.create(3, regularisation);
    const gradients = [Float32Array.of(-1, 0, 0.5), Float32Array.of(-2, -0.1, 0.5), Float32Array.of(-1, 0.3, 0.2)];
    let state = startGates(3);
    let [gates, m, v] = [
      [1, 1, 1],
      [0, 0, 0],
      [0, 0, 0],
    ];
    for (const [t, gradient] of gradients.entries()) {
      state = await update.run(state, gradient, 0.3);
      const g = gates.map((gate, i) => (gradient[i] ?? NaN) + (regularisation / 3) * Math.sign(gate));
      m = m.map((x, i) => beta1 * x + (1 - beta1) * (g[i] ?? NaN));
      v = v.map((x, i) => beta2 * x + (1 - beta2) * (g[i] ?? NaN) ** 2);
      gates = gates.map((gate, i) => {
        const rise = (m[i] ?? NaN) / (1 - beta1 ** (t + 1));
        const size = Math.sqrt((v[i] ?? NaN) / (1 - beta2 ** (t + 1)));
        return Math.min(1, Math.max(0, gate - (0.3 * rise) / (size + epsilon)));
      });
      state.gates.forEach((gate, i) => expect(gate).toBeCloseTo(gates[i] ?? NaN, 5));
    }
    expect(state.step).toBe(3);
    expect(state.gates[0]).toBe(1);
    await update.release();
  });

  it('leaves a gate at 0 that only the penalty pulls', async () => {
    const update = await GateStep.create(1, 0.05);
    const zero = { ...startGates(1), gates: new Float32Array(1) };
    expect((await update.run(zero, new Float32Array(1), 0.02)).gates[0]).toBe(0);
    await update.release();
  });
});
