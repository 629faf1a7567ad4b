/** A dictionary in the form that it is used and saved in, from a state of training. */
import type { Dictionary, DictionaryModel } from '../dictionary.ts';
import { checkDictionary } from '../dictionary.ts';
import { composedDecoder } from './decoderForm.ts';
import type { DictionaryState } from './dictionaryState.ts';
import type { Job } from './job.ts';

export interface TrainedOn {
  readonly model: DictionaryModel | null;
  /** What the rows came from. */
  readonly text: string | null;
}

/** Arrays are the state's own where nothing had to be made of them. Throws Fault for weights that are not finite. */
export function trainedDictionary({ name, plan, input }: Job, state: DictionaryState, on: TrainedOn): Dictionary {
  const { variant, size, settings, training } = plan;
  const whole =
    training.decoder.kind === 'free'
      ? state.weights
      : new Map([...state.weights, ['W_dec', composedDecoder(state.weights, size)] as const]);
  const { encoder, weights } = variant.inference({ weights: whole, tracked: state.tracked }, size, settings);
  const dictionary: Dictionary = {
    ...size,
    encoder,
    weights,
    input,
    origin: {
      made: 'trained',
      by: variant.id,
      settings,
      seed: training.seed,
      steps: state.step,
      samples: state.step * training.rows,
      text: on.text,
    },
    model: on.model,
    density: state.density,
    labels: new Map(),
  };
  checkDictionary(dictionary, name);
  return dictionary;
}
