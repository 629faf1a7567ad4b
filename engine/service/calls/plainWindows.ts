/** Plain text as windows of tokens: what perplexity is measured on. */
import { createHash } from 'node:crypto';
import type { RequestOf } from '../../results/index.ts';
import type { Model } from '../../run/index.ts';
import { plainText } from '../../tasks/text/index.ts';
import { seededRandom } from '../../tensor/random.ts';
import { Fault } from '../../terms/fault.ts';

type Texts = RequestOf<'maskCurve'>['texts'];

export interface PlainWindows {
  /** Windows of equal length, BOS first where the model's own encoding puts it. */
  readonly rows: readonly (readonly number[])[];
  /** `stories`, or the files' names. */
  readonly source: string;
  readonly tokenIdsSha256: string;
  /** Where there were fewer than asked for. */
  readonly note: string | null;
}

/** Throws Fault for windows longer than the context, and for text that is shorter than one. */
export function plainWindows(model: Model, texts: Texts, seed: number): PlainWindows {
  const { n, length } = texts;
  const { context } = model.family.shape;
  if (length > context) {
    throw new Fault({
      what: 'windows of text',
      expected: `at most the context of ${context} tokens`,
      got: `${length}`,
    });
  }
  const bos = n > 0 && model.tokenizer.addsBos && model.tokenizer.bosId !== null ? [model.tokenizer.bosId] : [];
  const size = length - bos.length;
  const ids = n === 0 ? [] : idsOf(model, texts, n * size, seed);
  const found = Math.min(n, Math.floor(ids.length / size));
  if (n > 0 && found === 0) {
    const where = sourceOf(texts);
    throw new Fault({ what: 'text shorter than a window', where, expected: `${size} tokens`, got: `${ids.length}` });
  }
  const rows = Array.from({ length: found }, (_, i) => [...bos, ...ids.slice(i * size, (i + 1) * size)]);
  return {
    ...{
      rows,
      source: sourceOf(texts),
      tokenIdsSha256: createHash('sha256').update(JSON.stringify(rows)).digest('hex'),
    },
    note: found < n ? `${sourceOf(texts)}: ${found} windows of ${length} tokens, ${n} were asked for` : null,
  };
}

function idsOf({ tokenizer }: Model, { source }: Texts, most: number, seed: number): readonly number[] {
  const encode = (text: string) => tokenizer.encode(text, { special: false });
  const ids: number[] = [];
  if (source.kind === 'files') {
    for (const { text } of source.files) if (ids.length < most) ids.push(...encode(text));
    return ids;
  }
  const random = seededRandom(seed);
  while (ids.length < most) ids.push(...encode(` ${plainText(random, 'story')}`));
  return ids;
}

function sourceOf({ source }: Texts): string {
  return source.kind === 'stories' ? 'stories' : source.files.map(({ name }) => name).join(', ');
}
