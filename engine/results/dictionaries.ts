/** Dictionaries of features (sparse autoencoders), as requests and results name them. Imports terms only. */
import * as z from 'zod';
import { calibrationTexts } from './importance.ts';
import { measuredPrompts } from './measured.ts';
import type { Plain } from './records.ts';

const count = z.int().min(0);
/** Ends of a 95 % interval. */
const interval = z.tuple([z.number(), z.number()]).readonly().nullable();

const settingValue = z.union([z.number(), z.string(), z.boolean(), z.array(z.number()).readonly(), z.null()]);
export const settingValues = z.record(z.string(), settingValue).readonly();
export type SettingValues = Plain<z.infer<typeof settingValues>>;

/** A setting of a variant or of a method, with what it is unless said otherwise. */
const described = { name: z.string(), title: z.string(), about: z.string() };
const range = z.tuple([z.number().nullable(), z.number().nullable()]).readonly();
export const settingInfo = z.discriminatedUnion('kind', [
  /** Ends of a range are null where there are none. */
  z.strictObject({ kind: z.literal('number'), ...described, default: z.number(), range, whole: z.boolean() }),
  z.strictObject({ kind: z.literal('list'), ...described, default: z.array(z.number()).readonly(), range }),
  z.strictObject({ kind: z.literal('flag'), ...described, default: z.boolean() }),
  z.strictObject({
    kind: z.literal('choice'),
    ...described,
    default: z.string(),
    choices: z.array(z.string()).readonly(),
  }),
]);
export type SettingInfo = Plain<z.infer<typeof settingInfo>>;

/** Sites that dictionaries read. */
export const dictionarySite = z.enum(['z', 'headWrite', 'attnOut', 'mlpOut', 'residPre', 'residMid', 'residPost']);
export type DictionarySite = z.infer<typeof dictionarySite>;

/** What it reads, as `DictionaryInput` in sae/input.ts says it at length. */
export const dictionaryPlace = z.strictObject({
  site: dictionarySite,
  /** Null: rows of all layers share it. */
  layer: count.nullable(),
  /** Of z and headWrite: one head, the heads of the layer side by side, or every head a row of its own. Null elsewhere. */
  head: z.union([count, z.enum(['concatenated', 'each'])]).nullable(),
});
export type DictionaryPlace = Plain<z.infer<typeof dictionaryPlace>>;

/** What rows come from: windows of text (the BOS position is not a row), or the prompts of a task or a file. */
export const rowsFrom = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('text'), texts: calibrationTexts }),
  z.strictObject({ kind: z.literal('prompts'), prompts: measuredPrompts }),
]);
export type RowsFrom = Plain<z.infer<typeof rowsFrom>>;

/** Numbers about a dictionary on rows that it was not trained on; null where a number was not asked for or can't be had. */
export const dictionaryMeasures = z.strictObject({
  rows: count,
  /** Fraction of variance unexplained: sum |x - x^|^2 / sum |x - mean x|^2. */
  unexplained: z.number(),
  /** Mean of active features a row, and its quantiles at 0, 5, 25, 50, 75, 95 and 100 %. */
  active: z.number(),
  activeQuantiles: z.array(z.number()).length(7).readonly(),
  /** Features never active, and active on more than a tenth of the rows. */
  dead: count,
  dense: count,
  /** How many features are active on a share of rows within 10^edge .. 10^next edge. */
  density: z.strictObject({ edges: z.array(z.number()).readonly(), counts: z.array(count).readonly() }),
  /** Babel function of the decoder at k: largest sum of k cosines of one row with others. */
  coherence: z
    .array(z.strictObject({ k: count, value: z.number() }))
    .readonly()
    .nullable(),
  /** Next-token loss in nats: of the model, with x^ in the place of x, with zero and with the mean there. */
  loss: z
    .strictObject({
      tokens: count,
      clean: z.number(),
      reconstructed: z.number(),
      zero: z.number(),
      mean: z.number(),
      /** (zero - reconstructed) / (zero - clean), and the same of the mean; null where the ends do not differ. */
      recovered: z.number().nullable(),
      recoveredFromMean: z.number().nullable(),
      /** KL(clean || reconstructed), nats a token. */
      kl: z.number(),
      /**
       * 95 % over windows of text or prompts, drawn again whole (bootstrap); null where one says nothing: a single window, a divisor
       * that may be 0. Too narrow of fewer than ten windows. Not in older files.
       */
      intervals: z
        .strictObject({
          windows: count,
          clean: interval,
          reconstructed: interval,
          zero: interval,
          mean: interval,
          recovered: interval,
          recoveredFromMean: interval,
          kl: interval,
        })
        .exactOptional(),
    })
    .nullable(),
});
export type DictionaryMeasures = Plain<z.infer<typeof dictionaryMeasures>>;

/** A dictionary on disk, from its description alone. */
export const dictionaryCard = z.strictObject({
  /** Its folder, and the folder's name. */
  path: z.string(),
  name: z.string(),
  made: z.enum(['trained', 'control', 'imported']),
  /** Id of the variant or the control, or the name of the file format that it came from. */
  by: z.string(),
  settings: settingValues,
  features: count,
  width: count,
  place: dictionaryPlace,
  /** `z of L9H6` */
  reads: z.string(),
  model: z.strictObject({ name: z.string(), fingerprint: z.string().nullable() }).nullable(),
  seed: z.int().nullable(),
  steps: count.nullable(),
  samples: count.nullable(),
  text: z.string().nullable(),
  measures: dictionaryMeasures.nullable(),
  /** How many features have a label, and are top contexts there? */
  labels: count,
  collected: z.boolean(),
  /** Name of the training that it belongs to: dictionaries of one job, controls included, share it. Null: of none. */
  training: z.string().nullable(),
  created: z.string(),
});
export type DictionaryCard = Plain<z.infer<typeof dictionaryCard>>;

/** What can be trained, and what stands beside it. */
export const dictionaryKindsResult = z.strictObject({
  variants: z
    .array(
      z.strictObject({
        id: z.string(),
        title: z.string(),
        about: z.string(),
        source: z.string(),
        settings: z.array(settingInfo).readonly(),
      }),
    )
    .readonly(),
  controls: z
    .array(
      z.strictObject({
        id: z.string(),
        title: z.string(),
        about: z.string(),
        /** What it is made of: `rows` alone; `training`, which takes as long as that of the dictionary beside it; `attributes` that are known of prompts, which a training has not. */
        madeOf: z.enum(['rows', 'training', 'attributes']),
      }),
    )
    .readonly(),
  measures: z
    .array(z.strictObject({ id: z.string(), title: z.string(), formula: z.string(), pitfall: z.string() }))
    .readonly(),
});
export type DictionaryKinds = Plain<z.infer<typeof dictionaryKindsResult>>;
