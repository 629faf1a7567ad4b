/** The same training with the decoder held at its random start (Makelov et al. 2024): only the encoder learns. */
import type { JobRequest } from '../training/job.ts';
import type { ControlFacts } from './control.ts';

export const frozenDecoderFacts: ControlFacts = {
  id: 'frozenDecoder',
  title: 'Frozen random decoder',
  about: 'The same training with random directions: what only the encoder had to learn.',
  madeOf: 'training',
};

/** The job beside another; of a variant whose decoder is all there is, only its bias is left to learn. */
export function frozenDecoder(request: JobRequest): JobRequest {
  const { name, training } = request;
  const frozen = training.decoder.kind === 'free' ? ['W_dec'] : ['mixing', 'relaxation', 'gain'];
  // What starts again would move the decoder.
  const dead = { ...training.dead, resampling: null };
  return { ...request, name: `${name} (frozen decoder)`, training: { ...training, frozen, dead } };
}
