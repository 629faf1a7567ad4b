/** Where the cells of the small drawing of heads stand. */

interface LayerHeads {
  readonly heads: number;
  readonly kvHeads: number;
  readonly window: number | null;
}

interface StripGroup {
  /** Of SVG: the cells of one KV group of one layer. */
  readonly path: string;
  /** Neighbouring groups are drawn in two tones. */
  readonly isOdd: boolean;
  readonly isWindowed: boolean;
}

interface StripLayout {
  readonly height: number;
  /** Baseline of the layers' names. */
  readonly bottom: number;
  /** Layers that are named, and the middle of their columns. */
  readonly columns: readonly { readonly layer: number; readonly x: number }[];
  readonly groups: readonly StripGroup[];
}

const tallest = 132;
const side = 12;
const nameRoom = 26;

export function stripLayout(layers: readonly LayerHeads[], width: number): StripLayout {
  const pitch = Math.min(side * 2, width / Math.max(1, layers.length));
  const most = Math.max(1, ...layers.map(({ heads }) => heads));
  const gaps = Math.max(0, ...layers.map((layer) => (layer.kvHeads - 1) * gapOf(layer)));
  const cell = Math.min(side, Math.max(1, (tallest - gaps) / most));
  const body = most * cell + gaps;
  const every = Math.max(1, Math.ceil(nameRoom / pitch));
  return {
    height: Math.ceil(body + 16),
    bottom: Math.ceil(body + 13),
    columns: [...layers.keys()]
      .filter((layer) => layer % every === 0)
      .map((layer) => ({ layer, x: (layer + 0.5) * pitch })),
    groups: layers.flatMap((layer, i) => layerGroups(layer, { x: i * pitch, pitch, cell })),
  };
}

/** Pixels between two KV groups; none where each head is its own. */
function gapOf({ heads, kvHeads }: LayerHeads): number {
  if (heads === kvHeads) return 0;
  return kvHeads > 16 ? 1 : 3;
}

interface Column {
  readonly x: number;
  readonly pitch: number;
  readonly cell: number;
}

function layerGroups(layer: LayerHeads, { x, pitch, cell }: Column): readonly StripGroup[] {
  const { heads, kvHeads, window } = layer;
  const [width, height] = [pitch - Math.min(2, pitch / 4), cell - Math.min(1, cell / 4)];
  const [each, gap] = [heads / kvHeads, gapOf(layer)];
  return Array.from({ length: kvHeads }, (_, group) => {
    const path = Array.from({ length: each }, (_, i) => {
      const y = (group * each + i) * cell + group * gap;
      return `M${x} ${y}h${width}v${height}h${-width}z`;
    }).join('');
    return { path, isOdd: each > 1 && group % 2 === 1, isWindowed: window !== null };
  });
}
