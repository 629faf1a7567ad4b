/** Controls beside dictionaries that train: made of the same rows, and made anew only where what they depend on has changed. */
import { setImmediate } from 'node:timers/promises';
import { Fault } from '../../terms/fault.ts';
import { clusterCentres } from '../../../sae/controls/clusterCentres.ts';
import { controls } from '../../../sae/controls/index.ts';
import { supervisedFacts } from '../../../sae/controls/supervised.ts';
import { untrained, untrainedFacts } from '../../../sae/controls/untrained.ts';
import type { Dictionary } from '../../../sae/dictionary.ts';
import type { Rows } from '../../../sae/rows.ts';
import type { BatchSource } from '../../../sae/training/batches.ts';
import { columnsOf } from '../../../sae/training/batches.ts';
import type { Job } from '../../../sae/training/job.ts';
import type { TrainedOn } from '../../../sae/training/trainedDictionary.ts';
import { FROZEN } from './dictionaryJobs.ts';

const UNTRAINED = untrainedFacts.id;

/** Throws Fault for an id that no control of training has. */
export function checkControls(ids: readonly string[]): void {
  const known = [...controls.map(({ id }) => id), UNTRAINED, FROZEN];
  const unknown = ids.find((id) => !known.includes(id));
  if (unknown === undefined) return;
  const expected = known.join(', ');
  const what =
    unknown === supervisedFacts.id ? 'a supervised dictionary needs attributes that are known' : 'unknown control';
  throw new Fault({ what, where: 'controls of a training', expected, got: unknown });
}

export interface ControlsOf {
  readonly ids: readonly string[];
  readonly source: BatchSource;
  /** Rows of all places, as the model gives them. */
  readonly sample: Rows;
  readonly on: TrainedOn;
}

export class DictionaryControls {
  readonly #of: ControlsOf;
  readonly #made = new Map<string, Promise<Dictionary>>();
  /** Keys of those that were asked for since `dropUnused`. */
  readonly #used = new Set<string>();

  constructor(of: ControlsOf) {
    this.#of = of;
  }

  /** By id, without the one that trains along. `active`: features of a sample in the dictionary that they stand beside. */
  async beside(job: Job, active: number): Promise<ReadonlyMap<string, Dictionary>> {
    const made = new Map<string, Dictionary>();
    for (const id of this.#of.ids.filter((one) => one !== FROZEN)) {
      // Each takes a while: whoever asks whether this process is alive is answered in between.
      await setImmediate();
      made.set(id, await this.#control(id, job, active));
    }
    return made;
  }

  /** Forgets those that nobody asked for since the last time: each number of active features has controls of its own. */
  dropUnused(): void {
    for (const key of this.#made.keys()) if (!this.#used.has(key)) this.#made.delete(key);
    this.#used.clear();
  }

  #control(id: string, job: Job, active: number): Promise<Dictionary> {
    const { source, on, sample } = this.#of;
    if (id === UNTRAINED) return this.#once([id, job.name], () => untrained(job, source, on));
    const control = controls.find((one) => one.id === id);
    if (control === undefined) throw new RangeError(`control ${id}: expected a checked id`);
    const { plan, input, firstColumn } = job;
    const { size, training } = plan;
    const k = Math.max(1, Math.round(active));
    const { seed } = training;
    return this.#once([id, input, firstColumn, size, seed, ...(takesCodes(id) ? [k] : [])], async () =>
      control.make({
        rows: columnsOf(sample, firstColumn, size.width),
        ...{ input, k, seed },
        features: size.features,
        model: on.model,
        text: on.text,
      }),
    );
  }

  #once(key: readonly unknown[], make: () => Promise<Dictionary>): Promise<Dictionary> {
    const text = JSON.stringify(key);
    const made = this.#made.get(text) ?? make();
    this.#made.set(text, made);
    this.#used.add(text);
    return made;
  }
}

/** Has it more codes a sample where the dictionary has? Clusters have one. */
function takesCodes(id: string): boolean {
  return id !== clusterCentres.id;
}
