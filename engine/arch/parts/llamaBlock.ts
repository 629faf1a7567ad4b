/** The block layout that most families since Llama share: its weights' names, and what differs as options. */
import type { ModelShape } from '../architecture.ts';
import type { ActivationName } from './activations.ts';
import type { Alibi } from './alibi.ts';
import type { Attention } from './attention.ts';
import type { Embedding } from './embedding.ts';
import type { Mlp } from './mlp.ts';
import type { Norm } from './norms.ts';
import type { Projections } from './projections.ts';
import { sizesOf } from './decoder.ts';
import type { Linear, Namer, Weight } from './weights.ts';
import { layerNamer, linearOf, namer } from './weights.ts';

/** Weights of the model and of its layers, saved from the whole model or from its inner part. */
export interface Checkpoint {
  readonly model: Namer;
  readonly head: Namer;
  readonly layer: (layer: number) => Namer;
}

export interface CheckpointOptions {
  /** What may come before every name but the head's, to try in order; `model.` or nothing unless given. */
  readonly prefixes?: readonly string[];
  /** What comes between prefix and weight in a layer; `layers.{l}.` unless given. */
  readonly layers?: string;
}

export function checkpointOf(shape: ModelShape, options: CheckpointOptions = {}): Checkpoint {
  const { prefixes = ['model.', ''], layers = 'layers.{l}.' } = options;
  const sizes = { ...sizesOf(shape), V: shape.vocabulary, S: shape.context };
  return {
    model: namer(prefixes, sizes),
    head: namer([''], { ...sizes, V: shape.outputVocabulary }),
    layer: layerNamer(
      prefixes.map((prefix) => `${prefix}${layers}`),
      sizes,
    ),
  };
}

export interface AttentionOptions {
  readonly bias?: boolean;
  readonly outBias?: boolean;
  readonly projections?: Projections;
  /** `self_attn.o_proj` unless given. */
  readonly out?: Linear;
  readonly queryNorm?: Norm | null;
  readonly keyNorm?: Norm | null;
  readonly rotary?: Attention['rotary'];
  /** 1 / sqrt(head width) unless given. */
  readonly scale?: number;
  readonly softCap?: number | null;
  readonly alibi?: Alibi | null;
  readonly positions?: Weight | null;
}

export function attentionOf(shape: ModelShape, weights: Namer, options: AttentionOptions = {}): Attention {
  const { heads, kvHeads, headWidth } = shape;
  const outBias = options.outBias ?? options.bias ?? false;
  return {
    heads,
    kvHeads,
    projections: options.projections ?? separateProjections(weights, options.bias ?? false),
    out: options.out ?? linearOf(weights, 'self_attn.o_proj', 'D N H', outBias ? 'D' : null),
    queryNorm: options.queryNorm ?? null,
    keyNorm: options.keyNorm ?? null,
    rotary: options.rotary === undefined ? { interleaved: false } : options.rotary,
    scale: options.scale ?? 1 / Math.sqrt(headWidth),
    softCap: options.softCap ?? null,
    alibi: options.alibi ?? null,
    positions: options.positions ?? null,
  };
}

/** q_proj, k_proj, v_proj under `module`. */
export function separateProjections(weights: Namer, bias: boolean, module = 'self_attn'): Projections {
  return {
    kind: 'separate',
    q: linearOf(weights, `${module}.q_proj`, 'N H D', bias ? 'N H' : null),
    k: linearOf(weights, `${module}.k_proj`, 'G H D', bias ? 'G H' : null),
    v: linearOf(weights, `${module}.v_proj`, 'G H D', bias ? 'G H' : null),
  };
}

/** down(activation(gate x) * up x) */
export function gatedMlp(weights: Namer, activation: ActivationName, bias = false): Mlp {
  return {
    activation,
    gate: linearOf(weights, 'mlp.gate_proj', 'M D', bias ? 'M' : null),
    up: linearOf(weights, 'mlp.up_proj', 'M D', bias ? 'M' : null),
    down: linearOf(weights, 'mlp.down_proj', 'D M', bias ? 'D' : null),
  };
}

/** down(activation(up x)), the two named as given. */
export function plainMlp(
  weights: Namer,
  activation: ActivationName,
  [up, down]: readonly [string, string],
  bias = true,
): Mlp {
  return {
    activation,
    gate: null,
    up: linearOf(weights, up, 'M D', bias ? 'M' : null),
    down: linearOf(weights, down, 'D M', bias ? 'D' : null),
  };
}

/** Token embedding without positions. */
export function tokenEmbedding({ model }: Checkpoint, scale = 1, name = 'embed_tokens.weight'): Embedding {
  return { tokens: model(name, 'V D'), positions: null, scale };
}

/** `lm_head.weight`, or the embedding where they are tied. */
export function vocabularyWeight({ model, head }: Checkpoint, tied: boolean, name = 'embed_tokens.weight'): Weight {
  return tied ? model(name, 'V D') : head('lm_head.weight', 'V D');
}
