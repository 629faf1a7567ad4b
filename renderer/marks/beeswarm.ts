/**
 * Places equal dots beside one another where they would overlap: each goes to the free place nearest to the line.
 * `x` and the result are in pixels; the result is the distance from the line, below it positive.
 */
export function beeswarm(x: readonly number[], radius: number): number[] {
  const y = new Array<number>(x.length).fill(0);
  const order = Array.from(x.keys()).sort((a, b) => (x[a] ?? 0) - (x[b] ?? 0));
  const placed: number[] = [];
  for (const dot of order) {
    const near = placed.filter((other) => (x[dot] ?? 0) - (x[other] ?? 0) < 2 * radius);
    y[dot] = freePlace(
      near.map((other) => [(x[dot] ?? 0) - (x[other] ?? 0), y[other] ?? 0]),
      radius,
    );
    placed.push(dot);
  }
  return y;
}

/** `near`: neighbours as [distance along the line, place across it]. */
function freePlace(near: readonly (readonly [dx: number, y: number])[], radius: number): number {
  // Touching a neighbour: dx² + dy² = (2 r)².
  const touching = near.flatMap(([dx, y]) => {
    const dy = Math.sqrt(Math.max(0, 4 * radius * radius - dx * dx));
    return [y - dy, y + dy];
  });
  const fits = (y: number) => near.every(([dx, other]) => dx * dx + (y - other) ** 2 >= 4 * radius * radius - 1e-6);
  return [0, ...touching].sort((a, b) => Math.abs(a) - Math.abs(b)).find(fits) ?? 0;
}
