/**
 * Features as SAEDashboard writes them for Neuronpedia, `batch-N.json`: the class NeuronpediaDashboardBatch of version 0.8.0
 * (decoderesearch/SAEDashboard, sae_dashboard/neuronpedia/neuronpedia_dashboard.py), which reads them back by its fields' names.
 * Lists that it fills from neurons and from other features stay empty, and so does the histogram of all logits.
 */
import type { DashboardFeature, DashboardFeatures, DashboardRequest } from './dashboardFeatures.ts';
import { dashboardFeatures } from './dashboardFeatures.ts';

/** What the JSON is written for. */
export const saeDashboardVersion = '0.8.0';

/** Throws Fault as `dashboardFeatures` does. */
export async function saeDashboardJson(folder: string, request: DashboardRequest): Promise<string> {
  const found = await dashboardFeatures(folder, request);
  const { card, collected, features } = found;
  return JSON.stringify({
    model_id: card.model?.name ?? collected.model.name,
    layer: card.place.layer ?? 0,
    sae_set: card.name,
    sae_id_suffix: null,
    features: features.map((feature) => featureJson(feature, found)),
  });
}

function featureJson(feature: DashboardFeature, { collected }: DashboardFeatures) {
  const { activity, logits, heads } = feature;
  const { edges, counts } = activity.histogram;
  const middles = counts.map((_, bin) => ((edges[bin] as number) + (edges[bin + 1] as number)) / 2);
  return {
    feature_index: feature.feature,
    ...emptyTables,
    neg_str: (logits?.down ?? []).map(({ text }) => text),
    neg_values: (logits?.down ?? []).map(({ value }) => rounded(value)),
    pos_str: (logits?.up ?? []).map(({ text }) => text),
    pos_values: (logits?.up ?? []).map(({ value }) => rounded(value)),
    frac_nonzero: activity.rows === 0 ? 0 : activity.active / activity.rows,
    freq_hist_data_bar_values: middles.map(rounded),
    freq_hist_data_bar_heights: counts,
    logits_hist_data_bar_heights: [],
    logits_hist_data_bar_values: [],
    n_prompts_total: collected.text.windows,
    n_tokens_in_prompt: collected.text.length,
    dataset: collected.text.source,
    decoder_weights_dist: (heads ?? []).map(({ share }) => share),
    activations: feature.contexts.map((context) => activationJson(context, activity)),
    vector: [],
  };
}

const emptyTables = {
  neuron_alignment_indices: [],
  neuron_alignment_values: [],
  neuron_alignment_l1: [],
  correlated_neurons_indices: [],
  correlated_neurons_l1: [],
  correlated_neurons_pearson: [],
  correlated_features_indices: [],
  correlated_features_l1: [],
  correlated_features_pearson: [],
} as const;

type Context = DashboardFeature['contexts'][number];

function activationJson(context: Context, activity: DashboardFeature['activity']) {
  return {
    ...intervalOf(context, activity),
    tokens: context.tokens,
    values: [...context.values].map(rounded),
    qualifying_token_index: context.at,
  };
}

const quarters: readonly Context['group'][] = ['0 to 25 %', '25 to 50 %', '50 to 75 %', '75 to 100 %'];

/** SAEDashboard says -1 for the lower end and the share of its list of top activations. */
function intervalOf({ group }: Context, { largest, active, histogram }: DashboardFeature['activity']) {
  if (group === 'strongest') return { bin_min: -1, bin_max: rounded(largest), bin_contains: -1 };
  const quarter = quarters.indexOf(group);
  const [low, high] = [(quarter * largest) / 4, ((quarter + 1) * largest) / 4];
  // By the middle of each bin: ends of bins are no ends of quarters.
  const within = histogram.counts.reduce((sum, count, bin) => {
    const middle = ((histogram.edges[bin] as number) + (histogram.edges[bin + 1] as number)) / 2;
    return middle >= low && middle < high ? sum + count : sum;
  }, 0);
  return { bin_min: rounded(low), bin_max: rounded(high), bin_contains: active === 0 ? 0 : within / active };
}

/** Three decimals, as SAEDashboard rounds. */
function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
