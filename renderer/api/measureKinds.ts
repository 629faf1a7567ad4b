/** What sort of claim a measure makes, in words: what it is called beside its name, and what must not be read into it. */
import type { MeasureKind } from './headMeasure.ts';

export interface MeasureKindWords {
  readonly name: string;
  /** In a few words, and in full. */
  readonly brief: string;
  readonly claim: string;
}

export const measureKinds: Readonly<Record<MeasureKind, MeasureKindWords>> = {
  effect: {
    ...{ name: 'exact effect', brief: 'Exact effect.' },
    claim: 'Exact effect: the model was run with it replaced.',
  },
  estimate: {
    ...{ name: 'estimate', brief: 'Estimate.' },
    claim: 'Estimate from gradients: check the heads that matter with an ablation.',
  },
  importance: {
    ...{ name: 'importance', brief: 'Importance, measured by removal.' },
    claim: 'Importance: measured on the text with it removed.',
  },
  gradient: {
    ...{ name: 'estimate of importance', brief: 'Estimate of importance.' },
    claim: 'Estimate of importance from gradients: to first order, nothing was removed.',
  },
  proxy: {
    ...{ name: 'proxy', brief: 'Proxy, not importance.' },
    claim: 'Proxy: a size, not importance. Nothing was removed and no loss was measured.',
  },
  control: {
    ...{ name: 'control', brief: 'Control.' },
    claim: 'Control: drawn at random. A criterion that does no better has found nothing.',
  },
  behaviour: {
    ...{ name: 'behaviour', brief: 'Behaviour, not importance.' },
    claim: 'Behaviour, not importance: what the head does, not how much depends on it.',
  },
  weights: {
    ...{ name: 'weights', brief: 'Of weights alone, not importance.' },
    claim: 'Read from weights alone: what the head could do, not that it does or matters.',
  },
  direct: {
    ...{ name: 'direct part', brief: 'Direct part only.' },
    claim: 'Direct part only: what later heads make of it is not in it.',
  },
  prior: {
    ...{ name: 'prior', brief: 'Prior, not importance.' },
    claim: 'Prior from positions alone: no content and no task enters it. Not importance.',
  },
  gate: {
    ...{ name: 'trained gate', brief: 'Trained gate, not importance.' },
    claim: 'Trained gate: how far its cache may be shortened. Not importance.',
  },
  circuit: {
    ...{ name: 'circuit score', brief: 'Score of a circuit method, not importance.' },
    claim:
      'Score of a circuit method: it orders heads within that method, and is no size of an effect. Not importance.',
  },
  imported: {
    ...{ name: 'imported', brief: 'Imported, not measured here.' },
    claim: 'Imported: another tool measured it, nothing was run here.',
  },
};
