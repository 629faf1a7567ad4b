/** A picture with at most 256 colours takes a third of the bytes, and of a window nobody sees the difference. */
import { crc32, deflateSync } from 'node:zlib';
import { PNG } from 'pngjs';

/** Colours 0xRRGGBB with how many pixels have them. */
type Box = readonly (readonly [colour: number, count: number])[];

const MOST = 256;
const shifts = [16, 8, 0] as const;

/** The same picture with a palette; transparency is dropped. */
export function palettePng(png: Buffer): Buffer {
  const { width, height, data } = PNG.sync.read(png);
  const pixels = Uint32Array.from({ length: width * height }, (_, i) => data.readUIntBE(i * 4, 3));
  const counts = new Map<number, number>();
  for (const colour of pixels) counts.set(colour, (counts.get(colour) ?? 0) + 1);
  const boxes = medianCut([...counts]);
  const indices = new Map(boxes.flatMap((box, index) => box.map(([colour]) => [colour, index] as const)));
  // Every row begins with its filter: none.
  const rows = Buffer.alloc(height * (width + 1));
  pixels.forEach((colour, i) => {
    rows[Math.floor(i / width) * (width + 1) + 1 + (i % width)] = indices.get(colour) ?? 0;
  });
  return encode(width, height, boxes.map(mostFrequent), rows);
}

/** Splits the box that has the longest side, weighted by its pixels, at its median until there are enough (Heckbert 1982). */
function medianCut(all: Box): readonly Box[] {
  const boxes = [{ box: all, ...widest(all) }];
  while (boxes.length < MOST) {
    const next = boxes.reduce((best, box, i) => (box.worth > (boxes[best]?.worth ?? 0) ? i : best), 0);
    const [taken] = boxes.splice(next, 1);
    if (taken === undefined || taken.worth === 0) return [...boxes, ...(taken ? [taken] : [])].map(({ box }) => box);
    for (const box of halves(taken.box, taken.shift)) boxes.push({ box, ...widest(box) });
  }
  return boxes.map(({ box }) => box);
}

/** The channel in which a box is longest, and what is gained by splitting it: length times the root of its pixels. */
function widest(box: Box): { readonly shift: number; readonly worth: number } {
  const pixels = box.reduce((sum, [, count]) => sum + count, 0);
  const lengths = shifts.map((shift) => {
    const values = box.map(([colour]) => (colour >> shift) & 255);
    return values.reduce((a, b) => Math.max(a, b), 0) - values.reduce((a, b) => Math.min(a, b), 255);
  });
  const length = Math.max(...lengths);
  return { shift: shifts[lengths.indexOf(length)] ?? 0, worth: length * Math.sqrt(pixels) };
}

function halves(box: Box, shift: number): readonly [Box, Box] {
  const sorted = box.toSorted(([a], [b]) => ((a >> shift) & 255) - ((b >> shift) & 255));
  const half = sorted.reduce((sum, [, count]) => sum + count, 0) / 2;
  let [at, sum] = [0, 0];
  while (at < sorted.length - 1 && (at === 0 || sum + (sorted[at]?.[1] ?? 0) <= half)) sum += sorted[at++]?.[1] ?? 0;
  return [sorted.slice(0, at), sorted.slice(at)];
}

/** Flat areas keep their very colour. */
function mostFrequent(box: Box): number {
  return box.reduce((best, one) => (one[1] > best[1] ? one : best), [0, 0])[0];
}

/** Colour type 3, eight bits (PNG, W3C, 11.2). */
function encode(width: number, height: number, palette: readonly number[], rows: Buffer): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  const colours = Buffer.from(palette.flatMap((colour) => shifts.map((shift) => (colour >> shift) & 255)));
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('PLTE', colours),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, check]);
}
