import { AttentionArcs } from '../marks/attentionArcs.tsx';
import type { MapSource, MapWindow } from '../marks/attentionMap/attentionMap.tsx';
import { AttentionMap } from '../marks/attentionMap/attentionMap.tsx';
import type { ColourScale } from '../marks/colour.ts';
import { LensGrid } from '../marks/lensGrid.tsx';
import type { Token } from '../marks/tokens/token.ts';
import { TokenStrip } from '../marks/tokens/tokenStrip.tsx';
import { TokenText } from '../marks/tokens/tokenText.tsx';
import type { GalleryCase } from './galleryCase.ts';
import { effects, longMapValue, pattern, sentence, shares, tokensOf } from './sampleData.ts';

const share: ColourScale = { kind: 'sequential', low: 0, high: 1 };
const difference: ColourScale = { kind: 'signed', limit: 0.5 };
const n = sentence.length;
const weights = pattern(sentence, 1);
const change = weights.map((value, i) => value - (pattern(sentence, 2)[i] ?? 0));
const longTokens: readonly Token[] = Array.from({ length: 4096 }, (_, i) => ({ text: ` w${i}` }));

/** All of it is held. */
function heldSource(values: Float32Array, size: number): MapSource {
  const read = ({ queries, keys }: MapWindow) => {
    const [rows, columns] = [queries[1] - queries[0], keys[1] - keys[0]];
    return Float32Array.from(
      { length: rows * columns },
      (_, i) => values[(queries[0] + Math.floor(i / columns)) * size + keys[0] + (i % columns)] ?? NaN,
    );
  };
  return { read, subscribe: () => () => undefined };
}

/** `isHeld` says which windows have come. */
function formulaSource(isHeld: (window: MapWindow) => boolean): MapSource {
  const read = (window: MapWindow) => {
    if (!isHeld(window)) return null;
    const size = 2 ** window.level;
    const [rows, columns] = [window.queries, window.keys].map(([from, to]) => Math.ceil((to - from) / size));
    return Float32Array.from({ length: (rows ?? 0) * (columns ?? 0) }, (_, i) => {
      const query = window.queries[0] + Math.floor(i / (columns ?? 1)) * size;
      const key = window.keys[0] + (i % (columns ?? 1)) * size;
      return longMapValue(query, key, size);
    });
  };
  return { read, subscribe: () => () => undefined };
}

const short = heldSource(weights, n);
const changed = heldSource(change, n);
const long = formulaSource(() => true);
const coming = formulaSource(({ queries, keys }) => queries[0] < 2048 || keys[0] >= 1024);

const odd: readonly Token[] = [
  { text: '<|im_start|>', id: 1, special: true },
  ...tokensOf(
    'user|\n|Caf\u00e9|  two|\tspaces| \u0634\u0643\u0631\u0627| \u05e9\u05dc\u05d5\u05dd| \u6771\u4eac\u90fd| na\u00efve',
  ),
  { text: '\ufffd', id: 77, bytes: [0xe2, 0x80] },
  { text: '\ufffd', id: 78, bytes: [0xa6] },
  { text: '\u200b', id: 79 },
  { text: '<|im_end|>', id: 2, special: true },
];
const longText = tokensOf(
  'The| quick| brown| fox| jumps| over| the| lazy| dog|,| and| the| dog| does| not| mind| at| all|.|\n|'
    .repeat(150)
    .slice(0, -1),
);
const tokenValues = shares(longText.length, 12).map((value, i) => (i % 23 === 7 ? NaN : value));
const out = (query: number) => weights.subarray(query * n, query * n + n);
const into = (key: number) => Float32Array.from({ length: n }, (_, query) => weights[query * n + key] ?? 0);

const lensLayers = Array.from({ length: 13 }, (_, i) => i - 1);
const lensTokens = sentence.slice(0, 10);
const guesses = tokensOf(' Paul| the| a| Emma| office| his|,| and| him| it| to| there');
const lensTexts = Array.from(
  { length: 130 },
  (_, i) => guesses[(i * 7 + Math.floor(i / 10)) % guesses.length]?.text ?? '',
);
const lensValues = shares(130, 31).map((value, i) => (i > 120 ? NaN : Math.min(1, value + (i / 130) ** 3 * 0.5)));

export const attentionCases: readonly GalleryCase[] = [
  {
    name: 'map-short',
    width: 480,
    height: 400,
    Drawing: () => (
      <AttentionMap
        {...{ width: 464, height: 384, tokens: sentence, source: short, scale: share, row: 18 }}
        measure="pattern"
        label="Pattern of L23H3"
      />
    ),
  },
  {
    name: 'map-difference',
    width: 480,
    height: 400,
    Drawing: () => (
      <AttentionMap
        {...{ width: 464, height: 384, tokens: sentence, source: changed, scale: difference, skipFirst: true }}
        measure="change of the pattern"
        label="Change of the pattern of L23H3"
      />
    ),
  },
  {
    name: 'map-long',
    width: 480,
    height: 400,
    Drawing: () => (
      <AttentionMap
        {...{ width: 464, height: 384, tokens: longTokens, source: long, scale: share, log: true, row: 3000 }}
        measure="pattern"
        label="Pattern over 4,096 tokens"
      />
    ),
  },
  {
    name: 'map-coming',
    width: 480,
    height: 400,
    Drawing: () => (
      <AttentionMap
        {...{ width: 464, height: 384, tokens: longTokens, source: coming, scale: share }}
        measure="pattern"
        label="Pattern over 4,096 tokens, on its way"
      />
    ),
  },
  {
    name: 'arcs',
    width: 560,
    height: 260,
    Drawing: () => (
      <AttentionArcs {...{ width: 544, height: 244, tokens: sentence, values: weights }} label="Arcs of L23H3" />
    ),
  },
  {
    name: 'arcs-token',
    width: 560,
    height: 260,
    Drawing: () => (
      <AttentionArcs
        {...{ width: 544, height: 244, tokens: sentence, values: weights, token: 4, threshold: 0.02 }}
        label="Arcs of one token"
      />
    ),
  },
  {
    name: 'tokens-odd',
    width: 560,
    height: 110,
    Drawing: () => <TokenStrip tokens={odd} ids selected={[3, 5]} label="Tokens of the prompt" />,
  },
  {
    name: 'tokens-long',
    width: 560,
    height: 240,
    Drawing: () => (
      <TokenStrip
        {...{ tokens: longText, values: tokenValues, scale: share, maxHeight: 224, primary: 8 }}
        measure="loss"
        label="Tokens of a long prompt"
      />
    ),
  },
  {
    name: 'text-mode',
    width: 480,
    height: 110,
    Drawing: () => <TokenText {...{ tokens: sentence, out, into, token: 4 }} label="What L23H3 attends to" />,
  },
  {
    name: 'lens',
    width: 640,
    height: 360,
    Drawing: () => (
      <LensGrid
        {...{ width: 624, height: 344, layers: lensLayers, tokens: lensTokens, texts: lensTexts }}
        probabilities={lensValues}
        measure="probability"
        primary={87}
        label="Logit lens"
      />
    ),
  },
  {
    name: 'tokens-signed',
    width: 480,
    height: 60,
    Drawing: () => (
      <TokenStrip
        {...{ tokens: sentence, values: effects(n, 6), scale: { kind: 'signed', limit: 1 } }}
        measure="change of the logit difference"
        label="Change for each token"
      />
    ),
  },
];
