/** The calls that rank nodes by several methods on the same prompts, and hold the rankings against references. Imports terms only. */
import * as z from 'zod';
import { settingInfo, settingValues } from './dictionaries.ts';
import { measuredHeader, measuredPrompts } from './measured.ts';
import type { Plain } from './records.ts';
import { metricId, onModel, progress, summary } from './records.ts';
import { baseline } from './taskReport.ts';

const count = z.int().min(0);
const positive = z.int().min(1);
const node = z.string().min(1);
const share = z.number().min(0).max(1);
const interval = z.tuple([z.number(), z.number()]).readonly();

/** `heads`: attention heads alone, MLPs and embedding never patched. `headsAndMlps`: both, for methods that score both. */
const nodeSet = z.enum(['heads', 'headsAndMlps']);
export type CircuitNodeSet = z.infer<typeof nodeSet>;

/** What takes the place of a node outside the circuit: its mean over the prompts, or its value on the counterfactual prompt. */
const outside = z.enum(['mean', 'counterfactual']);

/** `method`: claims a circuit. `control`: knows nothing of it, or next to nothing. `reference`: measures each node itself. */
const role = z.enum(['method', 'control', 'reference']);

export const circuitMethodsResult = z.strictObject({
  methods: z
    .array(
      z.strictObject({
        id: z.string(),
        title: z.string(),
        about: z.string(),
        /** Paper and equation. */
        source: z.string(),
        role,
        nodes: z.array(nodeSet).readonly(),
        /** What it needs of each prompt. */
        needs: z.array(z.enum(['corrupt', 'negative'])).readonly(),
        /** Does it draw? Then it is run for every seed. */
        seeded: z.boolean(),
        settings: z.array(settingInfo).readonly(),
        /** Prompts below which it can't be run with the settings that it has unless said otherwise. */
        leastPrompts: count,
      }),
    )
    .readonly(),
  /** Published circuits, each with the models that it is of. */
  references: z
    .array(z.strictObject({ id: z.string(), title: z.string(), task: z.string(), model: z.string() }))
    .readonly(),
});
export type CircuitMethods = Plain<z.infer<typeof circuitMethodsResult>>;

const reference = z.discriminatedUnion('kind', [
  /** Of the published circuits, where the open model is that model; of a planted model's own file. */
  z.strictObject({ kind: z.literal('published'), id: z.string() }),
  z.strictObject({ kind: z.literal('planted') }),
  /** The top share of nodes by |exact resample effect|, which `patching` measures. */
  z.strictObject({ kind: z.literal('exact'), share }),
]);

export const circuitRequest = z.strictObject({
  ...onModel,
  prompts: measuredPrompts,
  metric: metricId.exactOptional(),
  methods: z
    .array(z.strictObject({ id: z.string(), settings: settingValues }))
    .min(1)
    .max(64)
    .readonly(),
  nodes: nodeSet,
  /** Runs of each seeded method. */
  seeds: positive.max(1000),
  /** All that are to be had where omitted: planted, published, and 5, 10 and 20 % by exact effect. */
  references: z.array(reference).max(16).readonly().exactOptional(),
  outside,
  /** Shares of nodes at which faithfulness is measured; those of MIB where omitted: .001 .002 .005 .01 .02 .05 .1 .2 .5 1. */
  budgets: z.array(share).min(1).max(100).readonly().exactOptional(),
  /** Random circuits of each size, drawn beside the others. */
  random: count.max(1000),
  /** Completeness and minimality of each method's circuit at this share of nodes (0: neither). */
  studied: share,
  /** Shuffles of positive and negative prompts, for a z-score a head, of methods that need negatives. */
  permutations: count.max(10_000),
  /** Numbers of prompts at which methods that count positive and negative prompts rank again; 5, 10, 25, 50, 100, 250 where omitted. */
  sizes: z.array(positive).max(100).readonly().exactOptional(),
  seed: z.int(),
  /** Rows that are known: a run that goes on. */
  known: z.array(z.unknown()).readonly().exactOptional(),
});

const circuitHeader = z.strictObject({
  ...measuredHeader,
  /** Do MLPs read the stream after their block's heads? What a saved circuit says of its model. */
  order: z.enum(['sequential', 'parallel']).exactOptional(),
  nodeSet,
  /** What was run, in the order of the request, by the name that rows have it under; absent in runs of earlier versions. */
  methods: z
    .array(
      z.strictObject({
        method: z.string(),
        ...{ title: z.string(), about: z.string(), source: z.string(), role, seeded: z.boolean() },
      }),
    )
    .readonly()
    .exactOptional(),
  /** Ids of all nodes that are ranked; lists of scores go by it. `L9H6`, `L9MLP`. */
  nodes: z.array(node).readonly(),
  /** The same ids as they were drawn from the seed: among equal scores, the one that stands first here is taken first. */
  drawn: z.array(node).readonly().exactOptional(),
  /** The seed of that draw; not in older runs. */
  drawnFrom: z.int().exactOptional(),
  outside,
  budgets: z.array(z.number()).readonly(),
  /** m of the whole model and of the one with every node replaced. */
  ends: z.strictObject({ whole: z.number(), empty: z.number() }),
  references: z
    .array(
      z.strictObject({
        id: z.string(),
        title: z.string(),
        nodes: z.array(node).readonly(),
        note: z.string().nullable(),
      }),
    )
    .readonly(),
  /** Areas under ROC that are published of such methods on this model and task, each with the reference that it was held against. */
  bands: z
    .array(
      z.strictObject({
        title: z.string(),
        reference: z.string(),
        /** `coVariation`: what the paper calls edges, which ranks heads. */
        level: z.enum(['nodes', 'coVariation']),
        /** `pessimistic`: below the staircase, and over more nodes than heads. */
        area: z.enum(['trapezoid', 'pessimistic']),
        low: z.number(),
        high: z.number(),
      }),
    )
    .readonly()
    .exactOptional(),
});
export type CircuitHeader = Plain<z.infer<typeof circuitHeader>>;

/** One run of a method. */
const ranking = z.strictObject({
  kind: z.literal('row'),
  of: z.literal('ranking'),
  method: z.string(),
  settings: settingValues,
  /** Null: the method draws nothing. Run s draws from the request's seed + s. `mean`: mean of scores, each seed's ranks, over seeds. */
  seed: z.union([count, z.literal('mean')]).nullable(),
  /** By the header's nodes; the larger, the surer it is part of the circuit. Null: the method says nothing of the node. */
  scores: z.array(z.number().nullable()).readonly(),
  /** Of a signed effect, edited minus clean: below 0 where removing the node lowers the metric; null elsewhere. */
  signed: z.array(z.number()).readonly().nullable(),
  /** Against shuffled labels, where they were asked for. */
  z: z.array(z.number()).readonly().nullable(),
  seconds: z.number(),
  forwardPasses: count,
  backwardPasses: count,
});
export type CircuitRanking = Plain<z.infer<typeof ranking>>;

/** Held against one reference. */
const judged = z.strictObject({
  kind: z.literal('row'),
  of: z.literal('judged'),
  method: z.string(),
  seed: z.union([count, z.literal('mean')]).nullable(),
  reference: z.string(),
  /** Area under ROC: trapezoid over ties, and pessimistic (ties and nodes without a score count against it). */
  auc: z.number(),
  aucPessimistic: z.number(),
  averagePrecision: z.number(),
  /** Best F1 over thresholds. */
  f1: z.number(),
  roc: z.array(z.tuple([z.number(), z.number()]).readonly()).readonly(),
  /** Recall, precision. */
  precisionRecall: z.array(z.tuple([z.number(), z.number()]).readonly()).readonly(),
  /**
   * 95 % intervals of this one ranking, as if its nodes were drawn from many like them; they say nothing of other prompts or seeds
   * (engine/circuits/evaluation/areaInterval.ts). Best F1 has none: its threshold is chosen with the reference in hand. Not in older runs.
   */
  overNodes: z
    .strictObject({
      /** Items in the reference (heads that act jointly are one) and outside it. */
      inside: count,
      outside: count,
      auc: interval,
      aucPessimistic: interval,
      averagePrecision: interval,
    })
    .exactOptional(),
});
export type CircuitJudged = Plain<z.infer<typeof judged>>;

/** The model with everything outside the best k nodes replaced. */
const faithful = z.strictObject({
  kind: z.literal('row'),
  of: z.literal('faithful'),
  /** `random`: a random circuit, the `draw`-th. */
  method: z.string(),
  draw: count.nullable(),
  /** Which way nodes are ordered: by score, or by its size where it has a sign. */
  order: z.enum(['signed', 'absolute']),
  k: count,
  share: z.number(),
  /** (m(C) - m(empty)) / (m(whole) - m(empty)), over prompts; null where the ends do not differ. */
  faithfulness: summary.nullable(),
  metric: summary,
  /** KL(whole || circuit) at the answer, nats. */
  kl: summary,
});
export type CircuitFaithful = Plain<z.infer<typeof faithful>>;

/** Areas over the budgets (MIB): CPR is that under f, CMD that of |1 - f|; null where f is. */
const area = z.strictObject({
  kind: z.literal('row'),
  of: z.literal('area'),
  method: z.string(),
  draw: count.nullable(),
  order: z.enum(['signed', 'absolute']),
  cpr: z.number().nullable(),
  cmd: z.number().nullable(),
  /** 95 % over n prompts, which are resampled with the order of nodes as it is; null where the area is, and of one prompt. Not in older runs. */
  intervals: z.strictObject({ n: count, cpr: interval.nullable(), cmd: interval.nullable() }).exactOptional(),
});
export type CircuitArea = Plain<z.infer<typeof area>>;

/** Of a method's circuit at the studied share (Wang et al. 2023, section 4): completeness and minimality. */
const studied = z.strictObject({
  kind: z.literal('row'),
  of: z.literal('studied'),
  method: z.string(),
  k: count,
  /** |F(C without K) - F(M without K)| of sets K: the empty one, random halves, and greedy: largest and mean. */
  incompleteness: z.strictObject({ mean: z.number(), largest: z.number(), sets: count }),
  /** Of each node of the circuit, |F(C without K) - F(C without K and v)| of the best K that was tried, smallest first. */
  minimality: z.array(z.strictObject({ node, value: z.number() })).readonly(),
});
export type CircuitStudied = Plain<z.infer<typeof studied>>;

const agreement = z.strictObject({
  kind: z.literal('row'),
  of: z.literal('agreement'),
  a: z.string(),
  b: z.string(),
  spearman: z.number().nullable(),
  /** Of the best tenth of nodes. */
  jaccard: z.number(),
});
export type CircuitAgreement = Plain<z.infer<typeof agreement>>;

/** AUC of a method that counts prompts, on the first n of them. */
const sampled = z.strictObject({
  kind: z.literal('row'),
  of: z.literal('sampled'),
  method: z.string(),
  seed: count,
  prompts: count,
  reference: z.string(),
  auc: z.number(),
  /** 95 %, over nodes, as of `judged`; not in older runs. */
  overNodes: interval.exactOptional(),
});
export type CircuitSampled = Plain<z.infer<typeof sampled>>;

/** A point of that curve that is not there: these prompts are too few for the method and its settings. */
const unsampled = z.strictObject({
  kind: z.literal('row'),
  of: z.literal('unsampled'),
  method: z.string(),
  seed: count,
  prompts: count,
  reason: z.string(),
});
export type CircuitUnsampled = Plain<z.infer<typeof unsampled>>;

export const circuitRow = z.discriminatedUnion('of', [
  ranking,
  judged,
  faithful,
  area,
  studied,
  agreement,
  sampled,
  unsampled,
]);
export type CircuitRow = Plain<z.infer<typeof circuitRow>>;

export const circuitEvent = z.discriminatedUnion('kind', [
  progress,
  z.strictObject({ kind: z.literal('start'), header: circuitHeader }),
  z.strictObject({ kind: z.literal('baseline'), baseline }),
  circuitRow,
]);
export const circuitResult = z.strictObject({
  seconds: z.number(),
  /** Of them, running the model. */
  modelSeconds: z.number(),
  warnings: z.array(z.string()).readonly(),
});

/** The real model with everything outside these nodes replaced: what the threshold slider asks for. */
export const circuitEffectRequest = z.strictObject({
  ...onModel,
  prompts: measuredPrompts,
  metric: metricId.exactOptional(),
  nodes: nodeSet,
  /** Those that stay. */
  circuit: z.array(node).max(100_000).readonly(),
  outside,
  /** Random circuits of the same size beside it. */
  random: count.max(20),
  seed: z.int(),
});
export const circuitEffectEvent = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('circuit'),
    k: count,
    of: count,
    faithfulness: summary.nullable(),
    metric: summary,
    accuracy: summary,
    kl: summary,
    ends: z.strictObject({ whole: z.number(), empty: z.number() }),
  }),
  z.strictObject({
    kind: z.literal('random'),
    index: count,
    faithfulness: z.number().nullable(),
    metric: z.number(),
    kl: z.number(),
  }),
]);
export const circuitEffectResult = z.strictObject({ seconds: z.number(), warnings: z.array(z.string()).readonly() });
