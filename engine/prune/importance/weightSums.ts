/** Of the matrices that write into the stream, for each channel that they read: sum over D of |W| and of W^2. */
import type { Weight } from '../../arch/parts/weights.ts';
import type { ModelFiles } from '../../files/modelFiles.ts';
import { readFloat32 } from '../../files/readTensor.ts';
import { locateWeight } from '../../run/locateWeight.ts';
import type { Model } from '../../run/index.ts';
import type { Axis } from '../../terms/axes.ts';

export interface WeightSums {
  /** D. */
  readonly rows: number;
  readonly magnitudes: Float64Array;
  readonly squares: Float64Array;
}

export interface LayerWeights {
  /** W_O, over [N H]. */
  readonly heads: WeightSums;
  /** W_down, over [M]; null without MLP. */
  readonly mlp: WeightSums | null;
}

/** Throws Fault for a tensor that is missing or not finite. */
export async function layerWeights({ files, family }: Model, layer: number): Promise<LayerWeights> {
  const { attention, mlp } = family.description.block(layer);
  return {
    heads: await sumsOf(files, attention.part.out.weight, ['N', 'H']),
    mlp: mlp === null ? null : await sumsOf(files, mlp.part.down.weight, ['M']),
  };
}

/** One matrix at a time is in memory. */
async function sumsOf(files: ModelFiles, { name, source }: Weight, channels: readonly Axis[]): Promise<WeightSums> {
  const { tensor } = locateWeight(files, { [name]: source }, name);
  const data = await readFloat32(tensor, source.rows);
  const sizes = source.axes.map(({ size }) => size);
  const strides = sizes.map((_, i) => sizes.slice(i + 1).reduce((product, size) => product * size, 1));
  const places = source.axes.map(({ axis }) => channels.indexOf(axis));
  const widths = channels.map((axis) => source.axes.find((entry) => entry.axis === axis)?.size ?? 1);
  const total = widths.reduce((product, size) => product * size, 1);
  const [magnitudes, squares] = [new Float64Array(total), new Float64Array(total)];
  for (let at = 0; at < data.length; at++) {
    let channel = 0;
    for (let i = 0; i < places.length; i++) {
      const place = places[i] as number;
      if (place < 0) continue;
      const index = Math.floor(at / (strides[i] as number)) % (sizes[i] as number);
      channel += index * (place + 1 < widths.length ? (widths[place + 1] as number) : 1);
    }
    const value = data[at] as number;
    magnitudes[channel] = (magnitudes[channel] as number) + Math.abs(value);
    squares[channel] = (squares[channel] as number) + value * value;
  }
  return { rows: data.length / total, magnitudes, squares };
}
