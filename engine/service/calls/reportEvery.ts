/** Step events of a training of dictionaries, at most. */
const mostEvents = 2000;

/** Steps between two of them. */
export function reportEvery(steps: number): number {
  return Math.max(1, Math.ceil(steps / mostEvents));
}
