/** What the codes of one head tell of the class of a prompt, from how often each code occurs in either. */

/** Both [kinds]: prompts of a class with each code. The larger, the more it tells. */
export type CodeStatistic = (positive: Uint32Array, negative: Uint32Array) => number;

/** |P \ N|: codes that positive prompts alone have; how often does not count (O'Neill and Bui 2024, their code). */
export const ownCodes: CodeStatistic = (positive, negative) => {
  let own = 0;
  for (let code = 0; code < positive.length; code++)
    own += Number((positive[code] as number) > 0 && negative[code] === 0);
  return own;
};

/** |P \ N| / |P u N| */
export const ownShare: CodeStatistic = (positive, negative) => {
  let union = 0;
  for (let code = 0; code < positive.length; code++)
    union += Number((positive[code] as number) + (negative[code] as number) > 0);
  return union === 0 ? 0 : ownCodes(positive, negative) / union;
};

/** I(code; class) in nats = H(code) - sum over classes of p(class) H(code | class). */
export const mutualInformation: CodeStatistic = (positive, negative) => {
  const both = positive.map((count, code) => count + (negative[code] as number));
  const [n, p, m] = [total(both), total(positive), total(negative)];
  return n === 0 ? 0 : entropy(both) - (p / n) * entropy(positive) - (m / n) * entropy(negative);
};

/** JSD = H((P + N) / 2) - (H(P) + H(N)) / 2 in nats, P and N shares: mutual information, were both classes as large. */
export const jensenShannon: CodeStatistic = (positive, negative) => {
  const [p, m] = [total(positive), total(negative)];
  if (p === 0 || m === 0) return 0;
  const mixture = Float64Array.from(positive, (count, code) => (count / p + (negative[code] as number) / m) / 2);
  return entropy(mixture) - (entropy(positive) + entropy(negative)) / 2;
};

/** -sum p ln p of counts or shares, made to sum to 1. */
function entropy(counts: Uint32Array | Float64Array): number {
  const all = total(counts);
  let sum = 0;
  for (const count of counts) if (count > 0) sum -= (count / all) * Math.log(count / all);
  return sum;
}

function total(counts: Uint32Array | Float64Array): number {
  let sum = 0;
  for (const count of counts) sum += count;
  return sum;
}
