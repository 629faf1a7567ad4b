/** Where the numbered rule of a measure stands. */

const specs: Readonly<Record<string, string>> = {
  S: 'engine/scores/SPEC.md',
  E: 'engine/scores/SPEC.md',
  W: 'engine/scores/weights/SPEC.md',
  D: 'engine/scores/weights/SPEC.md',
  R: 'engine/scores/retrieval/SPEC.md',
  Z: 'engine/scores/streaming/SPEC.md',
  G: 'engine/train/duo/SPEC.md',
  P: 'engine/prune/SPEC.md',
};

/** Of `S4`. Null for a rule that no file of this program states. */
export function specOfRule(rule: string): string | null {
  return specs[rule.charAt(0)] ?? null;
}
