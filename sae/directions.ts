/** Rows of decoders as directions. */

/** Each row scaled to length 1; a row of zeros stays one. */
export function unitRows(data: ArrayLike<number>, width: number): Float64Array {
  const unit = Float64Array.from(data);
  for (let start = 0; start < unit.length; start += width) {
    let square = 0;
    for (let d = 0; d < width; d++) square += (unit[start + d] as number) ** 2;
    if (square === 0) continue;
    for (let d = 0; d < width; d++) unit[start + d] = (unit[start + d] as number) / Math.sqrt(square);
  }
  return unit;
}

/** Dot product of row i of one and row j of another. */
export function rowProduct(a: Float64Array, i: number, b: Float64Array, j: number, width: number): number {
  let sum = 0;
  for (let d = 0; d < width; d++) sum += (a[i * width + d] as number) * (b[j * width + d] as number);
  return sum;
}
