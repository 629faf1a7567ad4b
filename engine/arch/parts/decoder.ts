/** A decoder described as data, and the Family that it makes: embedding, blocks, unembedding. */
import type { Site } from '../../terms/sites.ts';
import type { Value } from '../../graph/value.ts';
import type { BlockContext, Family, ModelShape, ProgramContext } from '../architecture.ts';
import type { Attention } from './attention.ts';
import { applyAttention } from './attention.ts';
import type { Embedding } from './embedding.ts';
import { applyEmbedding } from './embedding.ts';
import type { Mlp } from './mlp.ts';
import { applyMlp } from './mlp.ts';
import type { Norm } from './norms.ts';
import { applyNorm } from './norms.ts';
import type { Rotary } from './rotary.ts';
import { rotaryKind } from './rotary.ts';
import type { Unembedding } from './unembedding.ts';
import { applyUnembedding } from './unembedding.ts';
import { weightsIn } from './weights.ts';

/** One addition to the stream: x + multiplier * outNorm(part(norm(x))). */
export interface Branch {
  readonly norm: Norm | null;
  readonly outNorm?: Norm | null;
  readonly multiplier?: number;
}

export interface Block {
  readonly attention: Branch & { readonly part: Attention };
  /** Null in an attention-only block. Norm 'shared': attention's normed input (parallel blocks). */
  readonly mlp: (Omit<Branch, 'norm'> & { readonly norm: Norm | null | 'shared'; readonly part: Mlp }) | null;
  /** Sequential: the MLP reads the stream after attention; parallel: both read residPre. */
  readonly order: 'sequential' | 'parallel';
  /** Norm of the stream itself after each addition (post-norm models). */
  readonly streamNorms?: { readonly afterAttention: Norm; readonly afterMlp: Norm };
  /** The stream goes on from the normed input of each branch instead of from the stream. */
  readonly continuesFromNorm?: boolean;
}

export interface Decoder {
  readonly shape: ModelShape;
  readonly causal?: boolean;
  readonly embedding: Embedding;
  readonly block: (layer: number) => Block;
  readonly unembedding: Unembedding;
  readonly windowOf?: (layer: number) => number | null;
  readonly rotary?: readonly Rotary[];
  /** Which of `rotary` a layer uses; the first by default. */
  readonly rotaryOf?: (layer: number) => number | null;
}

/** Makes the family of a description. */
export function decoderFamily(decoder: Decoder): Family {
  const { shape, embedding, unembedding, rotary = [] } = decoder;
  const first = decoder.block(0);
  return {
    shape: { ...shape, context: reach(shape.context, rotary) },
    lacks: lacking(first, unembedding),
    causal: decoder.causal ?? true,
    windowOf: decoder.windowOf ?? (() => null),
    rotaryKinds: rotary.map(rotaryKind),
    rotaryOf: decoder.rotaryOf ?? (() => (rotary.length === 0 ? null : 0)),
    readsKeyPositions: first.attention.part.alibi !== null,
    sizes: sizesOf(shape),
    description: decoder,
    embed: {
      weights: weightsIn(embedding),
      build: (context, ids, positions) => applyEmbedding(context, ids, positions, embedding),
    },
    block: (layer) => {
      const block = decoder.block(layer);
      return { weights: weightsIn(block), build: (context, residPre) => applyBlock(context, residPre, block) };
    },
    unembed: {
      weights: weightsIn(unembedding),
      build: (context, residPost) => applyUnembedding(context, residPost, unembedding),
    },
  };
}

// Dynamic scaling and YaRN reach beyond the context that the config gives.
function reach(context: number, rotary: readonly Rotary[]): number {
  const reaches = rotary.map(({ scaling }) => {
    if (scaling.kind === 'dynamic') return scaling.context * scaling.factor;
    return scaling.kind === 'yarn' ? scaling.originalContext * scaling.factor : context;
  });
  return Math.floor(Math.max(context, ...reaches));
}

export function sizesOf(shape: ModelShape) {
  const { heads: N, kvHeads: G, headWidth: H, width: D, mlpWidth } = shape;
  return { N, G, H, D, ...(mlpWidth === null ? {} : { M: mlpWidth }) };
}

function lacking(block: Block, unembedding: Unembedding): Partial<Record<Site, string>> {
  const noMlp = 'the model is attention-only: it has no MLP';
  return {
    ...(block.mlp === null ? { residMid: noMlp, mlpPre: noMlp, mlpAct: noMlp, mlpOut: noMlp } : {}),
    ...(block.order === 'parallel' && block.mlp !== null
      ? { residMid: 'attention and MLP read the same stream in parallel: there is nothing between them' }
      : {}),
    ...(unembedding.norm === null ? { finalNorm: 'the model has no final norm' } : {}),
  };
}

function applyBlock(context: BlockContext, stream: Value, block: Block): Value {
  const residPre = context.site('residPre', stream);
  const normed = applyNorm(context, residPre, block.attention.norm);
  const attnOut = context.site('attnOut', attentionBranch(context, normed, block));
  const base = block.continuesFromNorm === true ? normed : residPre;
  return context.site('residPost', restOfBlock(context, { residPre, normed, base, attnOut }, block));
}

interface AfterAttention {
  readonly residPre: Value;
  /** residPre after attention's norm. */
  readonly normed: Value;
  /** What attnOut is added to. */
  readonly base: Value;
  readonly attnOut: Value;
}

function restOfBlock(context: BlockContext, { residPre, normed, base, attnOut }: AfterAttention, block: Block): Value {
  const { g } = context;
  const afterAttention = applyNorm(context, g.add(base, attnOut), block.streamNorms?.afterAttention ?? null);
  if (block.mlp === null) return afterAttention;
  const parallel = block.order === 'parallel';
  const residMid = parallel ? afterAttention : context.site('residMid', afterAttention);
  const { norm } = block.mlp;
  const input = norm === 'shared' ? normed : applyNorm(context, parallel ? residPre : residMid, norm);
  const mlpOut = context.site('mlpOut', finish(context, applyMlp(context, input, block.mlp.part), block.mlp));
  const continued = block.continuesFromNorm === true && !parallel ? input : residMid;
  return applyNorm(context, g.add(continued, mlpOut), block.streamNorms?.afterMlp ?? null);
}

function attentionBranch(context: BlockContext, normed: Value, { attention }: Block): Value {
  const keyStream = context.keyStream === null ? null : applyNorm(context, context.keyStream, attention.norm);
  return finish(context, applyAttention(context, normed, keyStream, attention.part), attention);
}

// outNorm and multiplier of a branch: what is left is exactly what is added to the stream.
function finish(context: ProgramContext, out: Value, branch: Omit<Branch, 'norm'>): Value {
  const normed = applyNorm(context, out, branch.outNorm ?? null);
  const multiplier = branch.multiplier ?? 1;
  return multiplier === 1 ? normed : context.g.multiply(normed, multiplier);
}
