/**
 * Heads as people and tools write them, read into one form. Shown is always `L9H6`.
 *
 *     9.6   9-6   L9H6   a9.h6 (EAP)   blocks.9.attn.hook_z[6] (TransformerLens)
 */
import type { HeadRef } from '../../engine/results/units.ts';

const number = '(\\d{1,4})';
const forms = [
  `l?${number}[.\\-:,/ ]${number}`,
  `l\\s*${number}\\s*h\\s*${number}`,
  `a${number}\\.h${number}(?:<[qkv]>)?`,
  `blocks\\.${number}\\.(?:attn\\.)?(?:hook_\\w+)\\[(?::,\\s*)*${number}\\]`,
].map((form) => new RegExp(`^${form}$`, 'i'));

/** Null where the text names no head. Says nothing of whether the model has it. */
export function parseHead(text: string): HeadRef | null {
  const trimmed = text.trim();
  const match = forms.map((form) => form.exec(trimmed)).find((found) => found !== null);
  return match === undefined || match === null ? null : { layer: Number(match[1]), head: Number(match[2]) };
}

export function headName({ layer, head }: HeadRef): string {
  return `L${layer}H${head}`;
}
