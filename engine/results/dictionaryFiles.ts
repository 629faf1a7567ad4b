/** Calls about dictionaries on disk: which there are, labels, other tools' files. Imports terms only. */
import * as z from 'zod';
import { dictionaryCard, dictionaryPlace } from './dictionaries.ts';
import { float32, progress, uint32 } from './records.ts';

const count = z.int().min(0);
export const dictionaryPath = z.string().min(1);

/** The dictionaries in these folders, at any depth to 3; of the project where omitted. */
export const dictionariesRequest = z.strictObject({ folders: z.array(z.string().min(1)).readonly().exactOptional() });
export const dictionariesResult = z.strictObject({
  /** Newest first. */
  dictionaries: z.array(dictionaryCard).readonly(),
  /** Folder where new ones go. */
  folder: z.string(),
  problems: z.array(z.strictObject({ folder: z.string(), reason: z.string() })).readonly(),
});

/** One number a feature, for a table. */
export const dictionaryTableRequest = z.strictObject({
  dictionary: dictionaryPath,
  /** Of the model: which head writes a feature is not known of a file without contexts otherwise. */
  heads: z.int().min(1).exactOptional(),
});
export const dictionaryTableResult = z.strictObject({
  card: dictionaryCard,
  columns: z
    .array(
      z.strictObject({
        /**
         * `density`, `decoderNorm`, `encoderBias`, `encoderDecoderCosine`, `nearest` (cosine of the nearest other row); where
         * contexts were collected also `meanActive`, `largest`, `active`.
         */
        id: z.string(),
        title: z.string(),
        unit: z.string(),
        /** [F]; NaN where it is not known. */
        values: float32,
      }),
    )
    .readonly(),
  /** [F] the head that writes most of each feature, of dictionaries on several heads; null elsewhere, and where the heads are not known. */
  head: uint32.nullable(),
  labels: z.array(z.strictObject({ feature: count, label: z.string() })).readonly(),
});

export const labelFeatureRequest = z.strictObject({
  dictionary: dictionaryPath,
  feature: count,
  /** Empty: none any more. */
  label: z.string().max(2000),
});
export const labelFeatureResult = z.strictObject({ labels: count });

const foreignFormat = z.enum(['saelens', 'sparsify', 'dictionary-learning', 'gemma-scope', 'headscope']);
export const importDictionaryRequest = z.strictObject({
  /** Folder or file. */
  path: z.string().min(1),
  /** Told from the content where omitted. */
  format: foreignFormat.exactOptional(),
  /** Folder of the dictionary to be. */
  out: z.string().min(1),
  /** What the file does not say, or says wrongly. */
  place: dictionaryPlace.exactOptional(),
});
export const importDictionaryResult = z.strictObject({
  card: dictionaryCard,
  format: foreignFormat,
  /** What was left out, or read in a way that one should know, in lines. */
  notes: z.array(z.string()).readonly(),
});

export const exportDictionaryRequest = z.strictObject({
  dictionary: dictionaryPath,
  /** A SAELens folder; one self-contained page; SAEDashboard's feature JSON. The last two need collected contexts. */
  format: z.enum(['saelens', 'html', 'saedashboard']),
  /** Features of a page or of the JSON: those with the largest density up to this many; all where omitted. */
  features: z.int().min(1).exactOptional(),
  /** Folder (saelens) or file. */
  out: z.string().min(1),
});
export const exportDictionaryResult = z.strictObject({
  files: z.array(z.string()).readonly(),
  notes: z.array(z.string()).readonly(),
});

/** Features of two dictionaries of the same width, matched one to one so that the cosines of their decoder rows add up to the most; above 2,048 features greedily. */
export const matchDictionariesRequest = z.strictObject({ a: dictionaryPath, b: dictionaryPath });
export const matchDictionariesEvent = z.discriminatedUnion('kind', [progress]);
export const matchDictionariesResult = z.strictObject({
  /**
   * [n] features of each, and the cosine, best first. n is the smaller number of features; above 2^26 pairs (8,192 features each)
   * only pairs that are each other's nearest are there.
   */
  a: uint32,
  b: uint32,
  cosine: float32,
  /** Mean of the cosines, and the share of the smaller dictionary's features with a partner above 0.7. */
  mean: z.number(),
  share: z.number(),
  /** [F of a], [F of b]: cosine with the nearest row of the other. */
  nearestOfA: float32,
  nearestOfB: float32,
  notes: z.array(z.string()).readonly(),
});
