/** With which heads a head composes most: whose writes it reads, and who reads its own. */
import type { HeadRef } from '../../../engine/results/units.ts';
import type { Composition } from './compositionStore.ts';

export const inputs = ['q', 'k', 'v'] as const;
/** As what a head reads the stream: queries, keys, values. */
export type Input = (typeof inputs)[number];

export interface Partner {
  readonly head: HeadRef;
  /** 0 to 1. */
  readonly score: number;
}

/** Heads before it that it reads, or heads after it that read it. */
export type Side = 'writers' | 'readers';
/** Of each kind, the strongest first. */
export type Partners = Readonly<Record<Input, readonly Partner[]>>;

type Known = Pick<Composition, 'layers'>;

export function partnersOf(known: Known, side: Side, head: HeadRef, heads: number, most: number): Partners {
  const by = side === 'writers' ? writersInto : readersOf;
  const as = (input: Input) => by(known, head, heads, input, most);
  return { q: as('q'), k: as('k'), v: as('v') };
}

export function strongestOf(partners: Partners): number {
  return Math.max(0, ...inputs.map((input) => partners[input][0]?.score ?? 0));
}

/** The earlier heads that this one reads most of, the strongest first; none in layer 0 and while its layer is unknown. */
function writersInto(known: Known, head: HeadRef, heads: number, input: Input, most: number) {
  const layer = known.layers.get(head.layer);
  if (layer === undefined) return [];
  const row = layer[input].subarray(head.head * layer.writers, (head.head + 1) * layer.writers);
  const partners = Array.from(row, (score, at): Partner => ({ head: headAt(at, heads), score }));
  return strongest(partners, most);
}

/** The later heads that read most of this one, the strongest first, among the layers that are known. */
function readersOf(known: Known, head: HeadRef, heads: number, input: Input, most: number) {
  const at = head.layer * heads + head.head;
  const partners = [...known.layers.values()].flatMap((found) => {
    if (found.layer <= head.layer) return [];
    return Array.from({ length: heads }, (_, reader): Partner => {
      const score = found[input][reader * found.writers + at] ?? NaN;
      return { head: { layer: found.layer, head: reader }, score };
    });
  });
  return strongest(partners, most);
}

function headAt(at: number, heads: number): HeadRef {
  return { layer: Math.floor(at / heads), head: at % heads };
}

function strongest(partners: readonly Partner[], most: number): readonly Partner[] {
  return partners
    .filter(({ score }) => Number.isFinite(score))
    .toSorted((a, b) => b.score - a.score)
    .slice(0, most);
}
