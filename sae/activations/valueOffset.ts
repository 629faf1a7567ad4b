/**
 * What attention gives whatever it looks at: with x = norm(r) gain + beta, v = x W_V + b_V has the part beta W_V + b_V at every
 * position, and as weights of a pattern add up to 1, so has z. Key-value heads give it to their query heads.
 */
import type { Model } from '../../engine/run/index.ts';
import type { Place } from './siteRows.ts';
import { captureFor, placeRows } from './siteRows.ts';

const known = new WeakMap<Model, Map<string, Promise<Float32Array>>>();

/** That part of the rows of one token at z or headWrite, [perToken width]; read off the model once. */
export function valueOffset(model: Model, place: Place): Promise<Float32Array> {
  const ofModel = known.get(model) ?? new Map<string, Promise<Float32Array>>();
  known.set(model, ofModel);
  const key = `${place.site} ${place.layer} ${place.head}`;
  const offset = ofModel.get(key) ?? measured(model, place);
  ofModel.set(key, offset);
  // What failed once is tried again.
  offset.catch(() => ofModel.delete(key));
  return offset;
}

/** A stream of zeros is beta behind the norm; a prompt of one token sees itself with weight 1. */
async function measured(model: Model, place: Place): Promise<Float32Array> {
  const capture = captureFor([place], model.family);
  const { layers = [] } = capture[0] ?? {};
  const edits = [{ site: 'residPre', layers, operation: { kind: 'zero' } }] as const;
  const activations = await model.forward({ ids: [[0]], edits, capture, logits: 'none' });
  return placeRows(activations, place, [{ row: 0, position: 0 }], model.family).data;
}
