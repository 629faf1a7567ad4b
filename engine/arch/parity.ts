/** How close each family's programs are to the implementation that its models come from, on the golden fixtures. */
import type { Site } from '../terms/sites.ts';

/** Over every site and layer of all of a family's tiny random checkpoints: of the family, never of a user's file. */
export interface FamilyParity {
  /** Largest absolute difference. */
  readonly worst: number;
  /** Where it is. */
  readonly site: Site;
  /** How many checkpoints. */
  readonly fixtures: number;
  /** What computed the values that it is a difference from. */
  readonly reference: string;
}

// Written by `npm run make:parity`.
const families: Readonly<Record<string, FamilyParity>> = {
  bloom: { worst: 0.0000045, site: 'logits', fixtures: 3, reference: 'transformers 5.23.0' },
  cohere: { worst: 0.0000052, site: 'mlpAct', fixtures: 3, reference: 'transformers 5.23.0' },
  falcon: { worst: 0.0000048, site: 'logits', fixtures: 5, reference: 'transformers 5.23.0' },
  gemma: { worst: 0.00001, site: 'mlpAct', fixtures: 2, reference: 'transformers 5.23.0' },
  gemma2: { worst: 0.0000067, site: 'scores', fixtures: 2, reference: 'transformers 5.23.0' },
  gemma3: { worst: 0.000011, site: 'mlpAct', fixtures: 3, reference: 'transformers 5.23.0' },
  gpt2: { worst: 0.0000057, site: 'logits', fixtures: 5, reference: 'transformers 5.23.0' },
  gptJ: { worst: 0.0000043, site: 'residPost', fixtures: 2, reference: 'transformers 5.23.0' },
  gptNeo: { worst: 0.0000048, site: 'logits', fixtures: 2, reference: 'transformers 5.23.0' },
  gptNeoX: { worst: 0.0000048, site: 'scores', fixtures: 3, reference: 'transformers 5.23.0' },
  granite: { worst: 0.0000038, site: 'mlpAct', fixtures: 2, reference: 'transformers 5.23.0' },
  llama: { worst: 0.000022, site: 'mlpAct', fixtures: 11, reference: 'transformers 5.23.0' },
  mistral: { worst: 0.00001, site: 'mlpAct', fixtures: 3, reference: 'transformers 5.23.0' },
  olmo2: { worst: 0.000012, site: 'mlpAct', fixtures: 2, reference: 'transformers 5.23.0' },
  opt: { worst: 0.0000038, site: 'logits', fixtures: 4, reference: 'transformers 5.23.0' },
  phi: { worst: 0.0000029, site: 'residPost', fixtures: 2, reference: 'transformers 5.23.0' },
  phi3: { worst: 0.000016, site: 'mlpAct', fixtures: 4, reference: 'transformers 5.23.0' },
  qwen2: { worst: 0.0000086, site: 'residPost', fixtures: 4, reference: 'transformers 5.23.0' },
  qwen3: { worst: 0.0000064, site: 'residPost', fixtures: 3, reference: 'transformers 5.23.0' },
  smollm3: { worst: 0.000016, site: 'residPost', fixtures: 3, reference: 'transformers 5.23.0' },
  stablelm: { worst: 0.0000067, site: 'logits', fixtures: 3, reference: 'transformers 5.23.0' },
  starcoder2: { worst: 0.0000043, site: 'logits', fixtures: 2, reference: 'transformers 5.23.0' },
  transformerLens: {
    worst: 0.000035,
    site: 'logits',
    fixtures: 9,
    reference: 'TransformerLens 3 (4cd36aa), own forward pass',
  },
};

/** Of a family by its id; null where it has no fixtures. */
export function parityOf(id: string): FamilyParity | null {
  return families[id] ?? null;
}
