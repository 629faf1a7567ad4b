/** Sliding windows: which layers have one, and how long it is. */
import type { ConfigReader } from './config.ts';
import { limits } from './config.ts';

const layerTypes = ['full_attention', 'sliding_attention'] as const;
export type LayerType = (typeof layerTypes)[number];

/** `sliding_window`: null in the config means none; `absent` where the key isn't there. */
export function readWindow(read: ConfigReader, absent: number | null): number | null {
  return read.isAbsent('sliding_window') ? absent : read.optionalInteger('sliding_window', limits.window);
}

/** `layer_types`, or the family's rule where the config has none; a sliding layer needs a window. */
export function readLayerTypes(
  read: ConfigReader,
  layers: number,
  window: number | null,
  otherwise: (layer: number) => LayerType,
): readonly LayerType[] {
  const given = read.perLayer('layer_types', layers, layerTypes);
  const types = given ?? Array.from({ length: layers }, (_, layer) => otherwise(layer));
  if (window === null && types.includes('sliding_attention')) {
    read.fail('sliding_window', 'a window for the sliding_attention layers');
  }
  return types;
}

/** Window of a layer of these types. */
export function windowsOf(types: readonly LayerType[], window: number | null): (layer: number) => number | null {
  return (layer) => (types[layer] === 'sliding_attention' ? window : null);
}

export const qwenWindowKeys = ['use_sliding_window', 'sliding_window', 'max_window_layers', 'layer_types'] as const;

/** Qwen: windows only where they are switched on, from layer `max_window_layers` on unless `layer_types` says. */
export function readQwenWindows(read: ConfigReader, layers: number): (layer: number) => number | null {
  const window = read.boolean('use_sliding_window', false) ? readWindow(read, 4096) : null;
  const first = read.integer('max_window_layers', { min: 0, max: limits.layers.max }, 28);
  const sliding = (layer: number) => window !== null && layer >= first;
  const types = readLayerTypes(read, layers, window, (layer) =>
    sliding(layer) ? 'sliding_attention' : 'full_attention',
  );
  return windowsOf(types, window);
}
