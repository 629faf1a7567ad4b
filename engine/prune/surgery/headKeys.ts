/** Config keys of the families whose head width is stated on its own, so that fewer heads are a legal config. */
interface HeadKeys {
  readonly heads: string;
  readonly kvHeads: string;
  readonly headWidth: string;
}

const stated: HeadKeys = { heads: 'num_attention_heads', kvHeads: 'num_key_value_heads', headWidth: 'head_dim' };

/**
 * By architecture id. What is not listed has head width = model width / heads, in Hugging Face too (GPT-2, GPT-J, GPT-Neo,
 * GPT-NeoX, OPT, BLOOM, Falcon, StableLM).
 */
export const headKeys: Readonly<Record<string, HeadKeys>> = {
  llama: stated,
  mistral: stated,
  qwen2: stated,
  qwen3: stated,
  gemma: stated,
  gemma2: stated,
  gemma3: stated,
  granite: stated,
  cohere: stated,
  smollm3: stated,
  starcoder2: stated,
  phi: stated,
  phi3: stated,
  transformerLens: { heads: 'n_heads', kvHeads: 'n_key_value_heads', headWidth: 'd_head' },
};
