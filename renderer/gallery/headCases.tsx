import type { ColourScale } from '../marks/colour.ts';
import { HeadMatrix } from '../marks/headMatrix/headMatrix.tsx';
import type { HeadShape } from '../marks/headShape.ts';
import { AttentionWall } from '../marks/attentionWall/attentionWall.tsx';
import type { GalleryCase } from './galleryCase.ts';
import { effects, shares, wallAtlas } from './sampleData.ts';

const signed: ColourScale = { kind: 'signed', limit: 2.8 };
const share: ColourScale = { kind: 'sequential', low: 0, high: 1 };
const small: HeadShape = { layers: 30, heads: 9, kvHeads: 3 };
const square: HeadShape = { layers: 32, heads: 32, kvHeads: 8 };
const large: HeadShape = { layers: 80, heads: 64, kvHeads: 8 };
const tiny: HeadShape = { layers: 4, heads: 8, kvHeads: 4 };
const pruned: HeadShape = { layers: 6, heads: 12, kvHeads: 12, headsOf: [12, 9, 12, 6, 3, 11] };

const smallEffects = effects(270, 3);
const squareScores = shares(1024, 4);
const largeEffects = effects(80 * 64, 5);
const tinyScores = shares(32, 9);
const prunedEffects = effects(72, 8);
const filling = smallEffects.map((value, index) => (index > 120 && index % 7 > 2 ? NaN : value));
const marked = Uint8Array.from(tinyScores, (value) => Number(value > 0.3));
const chosen: ReadonlySet<number> = new Set([16 * 9, 17 * 9 + 4, 20 * 9]);
const atlas = wallAtlas(270, 32, 270);
const partial = wallAtlas(32, 48, 20);

export const headCases: readonly GalleryCase[] = [
  {
    name: 'heads-30x9',
    width: 640,
    height: 300,
    Drawing: () => (
      <HeadMatrix
        {...{ width: 624, height: 284, shape: small, values: smallEffects, scale: signed, set: chosen }}
        measure="effect on the logit difference"
        primary={23 * 9 + 3}
        pinned={9 * 9 + 6}
        label="Effect of each head"
      />
    ),
  },
  {
    name: 'heads-filling',
    width: 640,
    height: 300,
    Drawing: () => (
      <HeadMatrix
        {...{ width: 624, height: 284, shape: small, values: filling, scale: signed }}
        measure="effect"
        label="Effects that are still being measured"
      />
    ),
  },
  {
    name: 'heads-32x32',
    width: 640,
    height: 400,
    Drawing: () => (
      <HeadMatrix
        {...{ width: 624, height: 384, shape: square, values: squareScores, scale: share }}
        measure="induction"
        primary={300}
        label="Induction score of each head"
      />
    ),
  },
  {
    name: 'heads-80x64',
    width: 640,
    height: 400,
    Drawing: () => (
      <HeadMatrix
        {...{ width: 624, height: 384, shape: large, values: largeEffects, scale: signed }}
        measure="effect"
        label="Effect of each of 5,120 heads"
      />
    ),
  },
  {
    name: 'heads-tiny',
    width: 480,
    height: 320,
    Drawing: () => (
      <HeadMatrix
        {...{ width: 464, height: 304, shape: tiny, values: tinyScores, scale: share, significant: marked }}
        measure="induction"
        primary={12}
        mlp={null}
        layer={null}
        label="Induction score of each head"
      />
    ),
  },
  {
    name: 'heads-pruned',
    width: 480,
    height: 320,
    Drawing: () => (
      <HeadMatrix
        {...{ width: 464, height: 304, shape: pruned, values: prunedEffects, scale: signed }}
        mlp={prunedEffects.subarray(0, 6)}
        measure="effect"
        label="Effect of each head that is left"
      />
    ),
  },
  {
    name: 'wall-30x9',
    width: 640,
    height: 220,
    Drawing: () => (
      <AttentionWall
        {...{ width: 624, height: 204, shape: small, atlas, set: chosen }}
        primary={23 * 9 + 3}
        label="Patterns of all heads"
      />
    ),
  },
  {
    name: 'wall-filling',
    width: 320,
    height: 400,
    Drawing: () => (
      <AttentionWall {...{ width: 304, height: 384, shape: tiny, atlas: partial }} label="Patterns as they come" />
    ),
  },
];
