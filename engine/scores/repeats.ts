/** Where the tokens of a prompt have occurred before. */
import type { Copy, Reading, ScorePrompt } from './headScore.ts';

/** For each position whose token occurred before, the earlier positions plus `shift` that are still before it; none for BOS. */
export function earlierOccurrences({ ids, bosId }: ScorePrompt, shift: 0 | 1): Reading[] {
  const places = placesOf(ids, shift);
  return ids
    .map((id, query) => ({ query, keys: id === bosId ? nowhere : below(places.get(id), query) }))
    .filter(({ keys }) => keys.length > 0);
}

/** Queries whose next token is to be copied, with the earlier positions that hold it: those without any don't count. */
export function copyReadings(prompt: ScorePrompt): (Reading & Pick<Copy, 'tokens'>)[] {
  const places = placesOf(prompt.ids, 0);
  return (prompt.copies ?? repeatedPairs(prompt))
    .map(({ query, tokens }) => ({
      query,
      tokens,
      keys: joined(tokens.map((token) => below(places.get(token), query))),
    }))
    .filter(({ keys }) => keys.length > 0)
    .sort((a, b) => a.query - b.query);
}

/** Positions whose token and next token stood next to each other before, in this order. */
function repeatedPairs({ ids, bosId }: ScorePrompt): Copy[] {
  const seen = new Set<string>();
  const copies: Copy[] = [];
  for (let query = 0; query + 1 < ids.length; query++) {
    const [token, next] = [ids[query], ids[query + 1]] as [number, number];
    if (token === bosId || next === bosId) continue;
    const pair = `${token} ${next}`;
    if (seen.has(pair)) copies.push({ query, tokens: [next] });
    seen.add(pair);
  }
  return copies;
}

const nowhere = new Int32Array(0);

/** Positions of each token plus `shift`, ascending. */
function placesOf(ids: readonly number[], shift: number): ReadonlyMap<number, Int32Array> {
  const lists = new Map<number, number[]>();
  ids.forEach((id, position) => {
    const known = lists.get(id);
    if (known === undefined) lists.set(id, [position + shift]);
    else known.push(position + shift);
  });
  return new Map([...lists].map(([id, list]) => [id, Int32Array.from(list)] as const));
}

/** The items of an ascending list that are below a bound: a view, for a token may be everywhere in a long prompt. */
function below(positions: Int32Array | undefined, bound: number): Int32Array {
  if (positions === undefined) return nowhere;
  let [low, high] = [0, positions.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((positions[middle] ?? bound) < bound) low = middle + 1;
    else high = middle;
  }
  return positions.subarray(0, low);
}

function joined(lists: readonly Int32Array[]): Int32Array {
  const [only] = lists;
  return lists.length === 1 && only !== undefined ? only : Int32Array.from(lists.flatMap((list) => [...list])).sort();
}
