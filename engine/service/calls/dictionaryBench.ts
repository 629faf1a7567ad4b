/** Measures dictionaries while they train, and their controls beside them, on rows that are held out. */
import type { DictionaryMeasures } from '../../results/dictionaries.ts';
import type { EventOf, RequestOf } from '../../results/index.ts';
import type { Dictionary } from '../../../sae/dictionary.ts';
import { dictionaryMeasuresOf } from '../../../sae/measures/dictionaryMeasures.ts';
import { lossRecovered } from '../../../sae/measures/lossRecovered.ts';
import { columnsOf } from '../../../sae/training/batches.ts';
import type { DictionaryState } from '../../../sae/training/dictionaryState.ts';
import type { Job } from '../../../sae/training/job.ts';
import { trainedDictionary } from '../../../sae/training/trainedDictionary.ts';
import type { States } from '../../../sae/training/trainSideBySide.ts';
import { DictionaryControls } from './dictionaryControls.ts';
import type { TrainedJob } from './dictionaryJobs.ts';
import { controlName, FROZEN } from './dictionaryJobs.ts';
import type { DictionaryPlan } from './dictionaryPlan.ts';
import type { DictionaryMoment } from './trainingFolder.ts';

type Event = EventOf<'trainDictionaries'>;
type Request = RequestOf<'trainDictionaries'>;

export class DictionaryBench {
  readonly #plan: DictionaryPlan;
  readonly #controls: DictionaryControls;
  readonly #known = new WeakMap<Dictionary, DictionaryMeasures>();
  /** Those that train, as they were last measured, and at which step; and the controls. */
  readonly #measured = new Map<string, DictionaryMoment>();
  readonly #beside = new Map<string, DictionaryMoment>();
  readonly #lossTokens: number;
  #step = -1;
  #modelSeconds = 0;

  constructor(plan: DictionaryPlan, { controls, lossTokens }: Request) {
    this.#plan = plan;
    this.#lossTokens = lossTokens;
    const { pools, sample, on } = plan;
    this.#controls = new DictionaryControls({ ids: controls, source: pools, sample, on });
  }

  /** That the model ran for recovered loss. */
  get modelSeconds(): number {
    return this.#modelSeconds;
  }

  /** A row for each dictionary and each of its controls. */
  async *measure(step: number, states: States, signal: AbortSignal): AsyncGenerator<Event, void, void> {
    this.#measured.clear();
    this.#step = step;
    const { jobs } = this.#plan;
    for (const [i, one] of jobs.entries()) {
      signal.throwIfAborted();
      yield { kind: 'progress', of: 'dictionaries measured', done: i, total: jobs.length };
      const { name } = one.job;
      const dictionary = this.#dictionary(one, states);
      const measures = await this.#measures(one.job, dictionary, signal);
      this.#measured.set(name, { name, dictionary, measures });
      yield { kind: 'measured', step, name, measures };
      if (one.of === null) yield* this.#measureControls(step, one.job, measures.active, signal);
    }
    this.#controls.dropUnused();
  }

  /** What there is to write after a step: numbers of those that train only where they were measured then. */
  moments(step: number, states: States): readonly DictionaryMoment[] {
    const trained = this.#plan.jobs.map((one): DictionaryMoment => {
      const { name } = one.job;
      const measured = step === this.#step ? this.#measured.get(name) : undefined;
      return measured ?? { name, dictionary: this.#dictionary(one, states), measures: null };
    });
    return [...trained, ...this.#beside.values()];
  }

  async *#measureControls(
    step: number,
    job: Job,
    active: number,
    signal: AbortSignal,
  ): AsyncGenerator<Event, void, void> {
    for (const [id, dictionary] of await this.#controls.beside(job, active)) {
      const name = controlName(job.name, id);
      signal.throwIfAborted();
      const measures = await this.#measures(job, dictionary, signal);
      this.#beside.set(name, { name, dictionary, measures });
      yield { kind: 'measured', step, name, measures };
    }
  }

  #dictionary({ job, of }: TrainedJob, states: States): Dictionary {
    const dictionary = trainedDictionary(job, states.get(job.name) as DictionaryState, this.#plan.on);
    if (of === null) return dictionary;
    const by = `${FROZEN} ${dictionary.origin.by}`;
    return { ...dictionary, origin: { ...dictionary.origin, made: 'control', by } };
  }

  async #measures(
    { plan, firstColumn }: Job,
    dictionary: Dictionary,
    signal: AbortSignal,
  ): Promise<DictionaryMeasures> {
    const known = this.#known.get(dictionary);
    if (known !== undefined) return known;
    const rows = columnsOf(this.#plan.heldOut, firstColumn, plan.size.width);
    const measures = await dictionaryMeasuresOf(dictionary, rows, await this.#loss(dictionary, signal));
    this.#known.set(dictionary, measures);
    return measures;
  }

  async #loss(dictionary: Dictionary, signal: AbortSignal): Promise<DictionaryMeasures['loss']> {
    if (this.#lossTokens === 0) return null;
    const began = performance.now();
    const { model, text, heldOutWindows } = this.#plan;
    const asked = { skip: text.skip, tokens: this.#lossTokens, signal };
    const loss = await lossRecovered(model, dictionary, heldOutWindows, asked);
    this.#modelSeconds += (performance.now() - began) / 1000;
    return loss;
  }
}
