/** The scores of a head's weights: what each is; SPEC.md in this folder states the rules. */

export const weightScoreIds = [
  'ovCopying',
  'tokenCopying',
  'tokenCopying10',
  'ownAboveMean',
  'positionPrevious',
] as const;
export type WeightScoreId = (typeof weightScoreIds)[number];

export interface WeightScore {
  readonly id: WeightScoreId;
  readonly title: string;
  /** Number of its rule in SPEC.md. */
  readonly rule: string;
  readonly about: string;
  readonly formula: string;
  readonly source: string;
  readonly unit: 'share' | 'ratio';
  /** Lowest and highest possible value. */
  readonly range: readonly [number, number];
  /** Reads the OV circuit from token to logit, which some families don't have as one product. */
  readonly reads: 'ov' | 'positions';
  /** Estimated on a sample of tokens. */
  readonly sampled: boolean;
}

const elhage = 'Elhage et al. 2021, A Mathematical Framework for Transformer Circuits';
const own = { unit: 'share', range: [0, 1], reads: 'ov', sampled: true } as const;
const ownLogit = 'l = E[t] W_V W_O W_U';

export const weightScoreList: readonly WeightScore[] = [
  {
    id: 'ovCopying',
    title: 'OV copying (eigenvalues)',
    rule: 'W1',
    about: 'whether attending to a token raises its own logit: 1 copying, -1 its opposite',
    formula: 'sum Re(lambda) / sum |lambda|, lambda the eigenvalues of W_E W_V W_O W_U',
    source: `${elhage}, copying behaviour, eigenvalue analysis; no numbered equation`,
    unit: 'ratio',
    range: [-1, 1],
    reads: 'ov',
    sampled: false,
  },
  {
    ...own,
    id: 'tokenCopying',
    title: 'OV copying (first choice)',
    rule: 'W2',
    about: 'share of tokens that the head raises most of all when it attends to them alone',
    formula: `share of ordinary t with l[u] < l[t] for all other u, ${ownLogit}`,
    source: `after ${elhage}, and McDougall et al. 2023, arXiv 2310.04625, section 3.2`,
  },
  {
    ...own,
    id: 'tokenCopying10',
    title: 'OV copying (first ten)',
    rule: 'W3',
    about: 'share of tokens that are among the ten that the head raises most when it attends to them alone',
    formula: `share of ordinary t with fewer than 10 other u with l[u] >= l[t], ${ownLogit}`,
    source: `after ${elhage}, and McDougall et al. 2023, arXiv 2310.04625, section 3.2`,
  },
  {
    ...own,
    id: 'ownAboveMean',
    title: 'OV own logit above mean',
    rule: 'W4',
    about: 'share of tokens whose own logit the head raises above the mean of all logits',
    formula: `share of ordinary t with l[t] > mean l, ${ownLogit}`,
    source: `after ${elhage}, copying behaviour`,
  },
  {
    id: 'positionPrevious',
    title: 'Previous token from positions',
    rule: 'W5',
    about: 'attention to the token before where all tokens are the same mean embedding: positions alone, direct path',
    formula: 'mean over q >= 1 of A[q, q - 1] on the stream mean E + position',
    source: 'after kvpress duo_attention_press (position-only attention), and Elhage et al. 2021',
    unit: 'share',
    range: [0, 1],
    reads: 'positions',
    sampled: false,
  },
];
