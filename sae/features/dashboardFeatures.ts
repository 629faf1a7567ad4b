/** What dashboards show of a dictionary's features, read from its folder alone. */
import type { DictionaryCard } from '../../engine/results/dictionaries.ts';
import type { FeatureCard } from '../../engine/results/dictionaryFeatures.ts';
import type { FeaturesFile } from '../../engine/results/featuresFile.ts';
import { Fault } from '../../engine/terms/fault.ts';
import type { Dictionary } from '../dictionary.ts';
import { readCard, readDictionary } from '../formats/dictionaryFolder.ts';
import { FeatureStore } from './featureStore.ts';
import { headShares } from './headShares.ts';

export type DashboardFeature = Omit<FeatureCard, 'similar' | 'beside' | 'activity'> & {
  readonly activity: NonNullable<FeatureCard['activity']>;
};

export interface DashboardRequest {
  /** Most features, those active on the most rows; all that were ever active where omitted. */
  readonly features?: number;
}

export interface DashboardFeatures {
  readonly card: DictionaryCard;
  readonly dictionary: Dictionary;
  readonly collected: FeaturesFile;
  /** Features that were ever active, whether they are shown or not. */
  readonly alive: number;
  /** The most active first. */
  readonly features: readonly DashboardFeature[];
}

/** More make a page, or a file of JSON, that nothing opens. */
const MOST = 10_000;

/** Throws Fault where nothing was collected, and for more features than one file can hold. */
export async function dashboardFeatures(folder: string, request: DashboardRequest): Promise<DashboardFeatures> {
  const store = await FeatureStore.open(folder);
  if (store === null) {
    const expected = 'contexts: collect features first';
    throw new Fault({ what: 'nothing was collected about the features', where: folder, expected, got: 'none' });
  }
  const { dictionary } = await readDictionary(folder);
  const { active } = await store.statistics();
  const order = [...active.keys()].filter((feature) => (active[feature] as number) > 0);
  order.sort((a, b) => (active[b] as number) - (active[a] as number) || a - b);
  const chosen = order.slice(0, request.features ?? order.length);
  if (chosen.length > MOST) {
    throw new Fault({
      what: 'features of a dashboard',
      where: folder,
      expected: `at most ${MOST}`,
      got: `${chosen.length}`,
    });
  }
  const features: DashboardFeature[] = [];
  for (const feature of chosen) features.push(await featureOf(store, dictionary, feature));
  const [card, collected] = [await readCard(folder), store.description];
  return { card, dictionary, collected, alive: order.length, features };
}

async function featureOf(store: FeatureStore, dictionary: Dictionary, feature: number): Promise<DashboardFeature> {
  const shares = headShares(dictionary, feature, store.description.heads);
  return {
    feature,
    label: dictionary.labels.get(feature) ?? null,
    activity: await store.activity(feature),
    contexts: await store.contexts(feature),
    logits: await store.logits(feature),
    heads: shares?.map((share, head) => ({ head, share })) ?? null,
  };
}
