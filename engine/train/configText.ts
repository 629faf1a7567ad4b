/** config.json as Hugging Face reads it. */
import type { Config } from '../arch/architecture.ts';

/** Numbers that transformers takes as floats only, and that may well be whole. JavaScript tells 6.0 and 6 apart no more than JSON. */
const floats = ['final_logit_softcapping', 'attn_logit_softcapping', 'logit_scale', 'initializer_range', 'init_std'];

/** The config as JSON with a line for each key; whole numbers that have to be floats end in `.0`. */
export function configText(config: Config): string {
  const whole = new RegExp(`^( {2}"(?:${floats.join('|')})": -?\\d+)(,?)$`, 'gm');
  return `${JSON.stringify(config, null, 2).replace(whole, '$1.0$2')}\n`;
}
