/** The list of model families: a new one is one file and one line here. */
import type { Architecture, Config } from './architecture.ts';
import { bloom } from './bloom.ts';
import { cohere } from './cohere.ts';
import { falcon } from './falcon.ts';
import type { FoundFamily } from './familyOf.ts';
import { familyAmong } from './familyOf.ts';
import { gemma } from './gemma.ts';
import { gemma2 } from './gemma2.ts';
import { gemma3 } from './gemma3.ts';
import { gpt2 } from './gpt2.ts';
import { gptJ } from './gptJ.ts';
import { gptNeo } from './gptNeo.ts';
import { gptNeoX } from './gptNeoX.ts';
import { granite } from './granite.ts';
import { llama } from './llama.ts';
import { mistral } from './mistral.ts';
import { olmo2 } from './olmo2.ts';
import { opt } from './opt.ts';
import { phi } from './phi.ts';
import { phi3 } from './phi3.ts';
import { qwen2 } from './qwen2.ts';
import { qwen3 } from './qwen3.ts';
import { smollm3 } from './smollm3.ts';
import { stablelm } from './stablelm.ts';
import { starcoder2 } from './starcoder2.ts';
import { transformerLens } from './transformerLens.ts';

export const architectures: readonly Architecture[] = [
  gpt2,
  gptNeo,
  gptJ,
  gptNeoX,
  opt,
  bloom,
  llama,
  mistral,
  qwen2,
  qwen3,
  gemma,
  gemma2,
  gemma3,
  phi,
  phi3,
  olmo2,
  smollm3,
  stablelm,
  granite,
  cohere,
  starcoder2,
  falcon,
  transformerLens,
];

/** The family of a config. Throws Fault: unknown model_type, a key that is not understood, a value that can't be. */
export function familyOf(config: Config): FoundFamily {
  return familyAmong(architectures, config);
}
