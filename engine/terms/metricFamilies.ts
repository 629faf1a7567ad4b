/**
 * What a number about a head says: what it does (behaviour, pattern), what it writes, what the loss changes without it (causal),
 * an estimate of that from gradients (attribution) or from sizes of activations and weights (proxy), whether its cache may be
 * shortened (compress); control: nothing, it is drawn.
 */
export const metricFamilies = [
  ...(['behaviour', 'write', 'causal', 'compress', 'pattern'] as const),
  ...(['attribution', 'proxy', 'control'] as const),
] as const;
export type MetricFamily = (typeof metricFamilies)[number];
