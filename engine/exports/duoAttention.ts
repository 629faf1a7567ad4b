/** DuoAttention (mit-han-lab/duo-attention): which KV heads need the whole cache. Imports terms and results only. */
import * as z from 'zod';
import type { Plain } from '../results/records.ts';
import { numpyNumber } from './numpyNumber.ts';

const count = z.int().min(0);

/** Those who deploy the gates read the two sizes; theirs holds every argument of the training beside them. */
const duoConfig = z.looseObject({
  /** Tokens at the start that a streaming head keeps. */
  sink_size: count,
  /** Newest tokens that it keeps. */
  recent_size: count,
  model_name: z.string().nullable().exactOptional(),
});
export type DuoConfig = Plain<z.infer<typeof duoConfig>>;

export interface DuoGates {
  readonly config: DuoConfig;
  /** KV heads in each layer: as many in all of them. */
  readonly perLayer: readonly number[];
  /** Share of full attention of each KV head, layer by layer. */
  readonly gates: ArrayLike<number>;
}

/** The texts of the folder's two files. Throws RangeError where layers differ in size or a gate is no number. */
export function writeDuo({ config, perLayer, gates }: DuoGates): {
  readonly 'full_attention_heads.tsv': string;
  readonly 'config.json': string;
} {
  const groups = perLayer[0] ?? 0;
  if (perLayer.some((count) => count !== groups) || gates.length !== groups * perLayer.length) {
    throw new RangeError(`duoAttention: ${gates.length} gates of layers with ${perLayer.join(', ')} KV heads`);
  }
  const rows = perLayer.map((_, layer) =>
    Array.from({ length: groups }, (__, group) => numpyNumber(gates[layer * groups + group] ?? NaN)).join('\t'),
  );
  return {
    'full_attention_heads.tsv': rows.map((row) => `${row}\n`).join(''),
    'config.json': `${JSON.stringify(config)}\n`,
  };
}
