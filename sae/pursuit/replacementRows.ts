import type { Random } from '../../engine/tensor/random.ts';

/**
 * At most `count` rows, drawn without replacement with probability ~ loss^2 (loss |r|^2: Bricken et al. 2023's rule). A row
 * without an error is never drawn. The rows with the smallest -log(u) / weight are such a draw (Efraimidis and Spirakis 2006).
 */
export function replacementRows(losses: ArrayLike<number>, count: number, random: Random): number[] {
  const keyed = Array.from(losses, (loss, row) => ({ row, key: -Math.log(1 - random.next()) / loss ** 2 }));
  const possible = keyed.filter(({ key }) => Number.isFinite(key));
  return possible
    .sort((a, b) => a.key - b.key)
    .slice(0, count)
    .map(({ row }) => row);
}
