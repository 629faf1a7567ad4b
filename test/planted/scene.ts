/** An opened planted model, compiled here, with the prompts of one of its circuits. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Model } from '../../engine/run/index.ts';
import { openModel } from '../../engine/run/index.ts';
import { metrics } from '../../engine/tasks/metrics.ts';
import type { Prompt } from '../../engine/tasks/task.ts';
import type { Checkpoint } from '../../fixtures/make/planted/checkpoint.ts';
import { checkpointOf } from '../../fixtures/make/planted/checkpoint.ts';
import type { CompileOptions } from '../../fixtures/make/planted/compile.ts';
import { compile } from '../../fixtures/make/planted/compile.ts';
import type { PlantedCircuit, PlantedModel } from '../../fixtures/make/planted/plantedModel.ts';
import { promptsOf } from '../../fixtures/make/planted/prompts.ts';
import { writePlantedModel } from '../../fixtures/make/planted/writePlanted.ts';
import type { Removed } from './removal.ts';
import { logitsWithout } from './removal.ts';

export class Scene {
  readonly model: Model;
  readonly planted: PlantedModel;
  readonly #checkpoint: Checkpoint;

  private constructor(model: Model, planted: PlantedModel, checkpoint: Checkpoint) {
    this.model = model;
    this.planted = planted;
    this.#checkpoint = checkpoint;
  }

  /** The bundled folder at noise 0, a compiled variant in a temporary folder otherwise. */
  static async open(planted: PlantedModel, options: CompileOptions = {}): Promise<Scene> {
    const checkpoint = checkpointOf(planted, compile(planted, options));
    if (options.noise === undefined) {
      return new Scene(await openModel(join('fixtures/models', planted.name)), planted, checkpoint);
    }
    const folder = mkdtempSync(join(tmpdir(), 'headscope-planted-'));
    try {
      await writePlantedModel(planted, folder, options);
      return new Scene(await openModel(folder, { weights: 'float32' }), planted, checkpoint);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  /** Other prompts than the stated effects were measured on, where the task draws them. */
  prompts(circuit: PlantedCircuit, n = 8): readonly Prompt[] {
    return promptsOf(this.planted, circuit, n, 7);
  }

  /** Mean of the circuit's metric over the prompts without these nodes and edges. */
  async metric(circuit: PlantedCircuit, prompts: readonly Prompt[], removed: readonly Removed[]): Promise<number> {
    const ids = prompts.map((prompt) => prompt.ids);
    const logits = await logitsWithout(this.model, this.#checkpoint, ids, removed);
    const width = logits.length / prompts.length;
    const each = prompts.map((prompt, i) =>
      metrics[circuit.metric](logits.subarray(i * width, (i + 1) * width), prompt),
    );
    return each.reduce((sum, x) => sum + x, 0) / each.length;
  }
}
