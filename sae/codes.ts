/** Codes of samples as sparse rows, the form that measures read: few features of many are active on a sample. */

export interface Codes {
  /** F */
  readonly features: number;
  /** [B + 1]: what is active on sample b is at starts[b] up to starts[b + 1] of the two lists below. */
  readonly starts: Uint32Array;
  /** Features, ascending within a sample. */
  readonly indices: Uint32Array;
  /** Their activations, never 0. */
  readonly values: Float32Array;
}

export function samplesOf({ starts }: Codes): number {
  return starts.length - 1;
}

/** The entries of dense codes [B F] that are not 0. */
export function sparseCodes(dense: Float32Array, features: number): Codes {
  const samples = dense.length / features;
  if (!Number.isInteger(samples))
    throw new RangeError(`codes: expected rows of ${features}, got ${dense.length} values`);
  const starts = new Uint32Array(samples + 1);
  const total = dense.reduce((count, value) => count + Number(value !== 0), 0);
  const [indices, values] = [new Uint32Array(total), new Float32Array(total)];
  let next = 0;
  for (let sample = 0; sample < samples; sample++) {
    for (let feature = 0; feature < features; feature++) {
      const value = dense[sample * features + feature] as number;
      if (value === 0) continue;
      indices[next] = feature;
      values[next++] = value;
    }
    starts[sample + 1] = next;
  }
  return { features, starts, indices, values };
}

/** Rows of several sets of samples, one after another; all of one dictionary. */
export function joinCodes(parts: readonly Codes[]): Codes {
  const [first] = parts;
  if (first === undefined) throw new RangeError('codes: expected at least one part, got none');
  const total = parts.reduce((sum, { values }) => sum + values.length, 0);
  const starts = new Uint32Array(parts.reduce((sum, part) => sum + samplesOf(part), 0) + 1);
  const [indices, values] = [new Uint32Array(total), new Float32Array(total)];
  let [sample, next] = [0, 0];
  for (const part of parts) {
    indices.set(part.indices, next);
    values.set(part.values, next);
    for (let i = 1; i < part.starts.length; i++) starts[++sample] = next + (part.starts[i] as number);
    next += part.values.length;
  }
  return { features: first.features, starts, indices, values };
}

/** [B] the feature of the largest activation of each sample, of equal ones the first; 0 where none is active (O'Neill and Bui 2024). */
export function argMaxCodes({ starts, indices, values }: Codes): Int32Array {
  const codes = new Int32Array(starts.length - 1);
  for (let sample = 0; sample < codes.length; sample++) {
    let largest = 0;
    for (let at = starts[sample] as number; at < (starts[sample + 1] as number); at++) {
      if ((values[at] as number) <= largest) continue;
      largest = values[at] as number;
      codes[sample] = indices[at] as number;
    }
  }
  return codes;
}
