/** One number a feature, from the weights of a dictionary and from what was collected of it. */
import type { ResultOf, Service } from '../../results/index.ts';
import { Fault } from '../../terms/fault.ts';
import type { Dictionary } from '../../../sae/dictionary.ts';
import { readCard, readDictionary } from '../../../sae/formats/dictionaryFolder.ts';
import { rowNorms } from '../../../sae/formats/fold.ts';
import { weightOf } from '../../../sae/dictionary.ts';
import type { FeatureStatistics } from '../../../sae/features/featureStore.ts';
import { FeatureStore } from '../../../sae/features/featureStore.ts';
import { nearestOthers } from '../../../sae/nearestRows.ts';

type Result = ResultOf<'dictionaryTable'>;
type Column = Result['columns'][number];

/** Multiplications F F D up to which every row is compared with every other: some seconds. */
const MOST_PRODUCTS = 2 ** 38;

export function dictionaryTableCall(): Service['dictionaryTable'] {
  return async ({ dictionary: folder, heads }) => {
    const { dictionary } = await readDictionary(folder);
    const collected = await FeatureStore.open(folder);
    const headCount = heads ?? collected?.description.heads;
    return {
      card: await readCard(folder),
      columns: [
        density(dictionary),
        ...(collected === null ? [] : activity(await collected.statistics())),
        ...ownWeights(dictionary),
        await nearest(dictionary),
      ],
      head: headCount === undefined ? null : headsOf(dictionary, headCount, folder),
      labels: [...dictionary.labels].map(([feature, label]) => ({ feature, label })),
    };
  };
}

/** Of the rows that were collected from; means are of the rows on which a feature is active. */
function activity({ rows, active, mean, largest }: FeatureStatistics): Column[] {
  return [
    { id: 'active', title: 'Active rows', unit: `of ${rows} rows`, values: Float32Array.from(active) },
    { id: 'meanActive', title: 'Mean activation', unit: 'activation', values: mean },
    { id: 'largest', title: 'Largest activation', unit: 'activation', values: largest },
  ];
}

function density({ density: share, features }: Dictionary): Column {
  const values = share ?? new Float32Array(features).fill(NaN);
  return { id: 'density', title: 'Density', unit: 'share of rows', values };
}

function ownWeights(dictionary: Dictionary): Column[] {
  const { width, weights } = dictionary;
  const decoder = weightOf(dictionary, 'W_dec');
  const norms = Float32Array.from(rowNorms(decoder, width));
  const [encoder, bias] = [weights.get('W_enc'), weights.get('b_enc') ?? weights.get('b_gate')];
  const title = weights.has('b_gate') ? "Gate's bias" : "Encoder's bias";
  return [
    { id: 'decoderNorm', title: 'Length of the decoder row', unit: 'length', values: norms },
    ...(bias === undefined ? [] : [{ id: 'encoderBias', title, unit: 'activation', values: bias }]),
    ...(encoder === undefined ? [] : [likeness(encoder, decoder, width)]),
  ];
}

/** cos(column i of W_enc, row i of W_dec); 0 where one of them is 0. */
function likeness(encoder: Float32Array, decoder: Float32Array, width: number): Column {
  const features = decoder.length / width;
  const [products, squares] = [new Float64Array(features), new Float64Array(features)];
  for (let d = 0; d < width; d++) {
    for (let i = 0; i < features; i++) {
      const reads = encoder[d * features + i] as number;
      products[i] = (products[i] as number) + reads * (decoder[i * width + d] as number);
      squares[i] = (squares[i] as number) + reads * reads;
    }
  }
  const norms = rowNorms(decoder, width);
  const values = Float32Array.from(products, (product, i) => {
    const lengths = Math.sqrt(squares[i] as number) * (norms[i] as number);
    return lengths === 0 ? 0 : product / lengths;
  });
  return { id: 'encoderDecoderCosine', title: 'Encoder and decoder', unit: 'cosine', values };
}

async function nearest(dictionary: Dictionary): Promise<Column> {
  const { features, width } = dictionary;
  const column = { id: 'nearest', title: 'Nearest other feature' };
  if (features * features * width > MOST_PRODUCTS) {
    const unit = `cosine; not computed: ${features} x ${features} rows of ${width} are too many`;
    return { ...column, unit, values: new Float32Array(features).fill(NaN) };
  }
  return { ...column, unit: 'cosine', values: await nearestOthers(weightOf(dictionary, 'W_dec'), width) };
}

/** [F] the head whose part of the decoder row has the largest square; null where a row is of one head only. */
function headsOf(dictionary: Dictionary, heads: number, where: string): Uint32Array | null {
  const { width, features, input } = dictionary;
  if (input.head !== 'concatenated') return null;
  if (width % heads !== 0) {
    throw new Fault({
      what: 'width of the dictionary',
      where,
      expected: `a multiple of ${heads} heads`,
      got: `${width}`,
    });
  }
  const shares = rowNorms(weightOf(dictionary, 'W_dec'), width / heads);
  return Uint32Array.from({ length: features }, (_, i) => largestAt(shares.subarray(i * heads, (i + 1) * heads)));
}

function largestAt(values: Float64Array): number {
  return values.reduce((best, value, i) => (value > (values[best] as number) ? i : best), 0);
}
