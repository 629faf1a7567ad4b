/** Features of two dictionaries, matched by the cosines of their decoder rows. */
import type { EventOf, ResultOf, Service } from '../../results/index.ts';
import { Fault } from '../../terms/fault.ts';
import type { Dictionary } from '../../../sae/dictionary.ts';
import { weightOf } from '../../../sae/dictionary.ts';
import { readDictionary } from '../../../sae/formats/dictionaryFolder.ts';
import { describeInput } from '../../../sae/input.ts';
import type { MatchKind, RowMatch } from '../../../sae/matchRows.ts';
import { matchRows } from '../../../sae/matchRows.ts';
import { emitting } from './emitting.ts';

type Result = ResultOf<'matchDictionaries'>;
type Pairs = Pick<Result, 'a' | 'b' | 'cosine'>;

const MATCHED = 0.7;

export function matchDictionariesCall(): Service['matchDictionaries'] {
  return (request, { signal }) =>
    emitting<EventOf<'matchDictionaries'>, Result>(async (emit) => {
      const a = (await readDictionary(request.a)).dictionary;
      const b = (await readDictionary(request.b)).dictionary;
      checkWidths(a, b, request.b);
      const { matches, kind, nearest } = await matchRows(weightOf(a, 'W_dec'), weightOf(b, 'W_dec'), a.width, {
        onProgress: (done, total) => emit({ kind: 'progress', of: 'cosines', done, total }),
        signal,
      });
      const smaller = Math.min(a.features, b.features);
      const pairs = pairsOf(matches);
      return {
        ...pairs,
        ...facts(pairs, smaller),
        nearestOfA: nearest.a.cosine,
        nearestOfB: nearest.b.cosine,
        notes: [...notesOnMatching(kind, matches.length, smaller), ...notesOnInputs(a, b)],
      };
    });
}

function checkWidths(a: Dictionary, b: Dictionary, where: string): void {
  if (a.width === b.width) return;
  throw new Fault({
    what: 'the dictionaries read rows of different widths',
    where,
    expected: `${a.width}, for ${describeInput(a.input)}`,
    got: `${b.width}, for ${describeInput(b.input)}`,
  });
}

function pairsOf(matches: readonly RowMatch[]): Pairs {
  return {
    a: Uint32Array.from(matches, ({ first }) => first),
    b: Uint32Array.from(matches, ({ second }) => second),
    cosine: Float32Array.from(matches, ({ cosine }) => cosine),
  };
}

function notesOnMatching(kind: MatchKind, count: number, smaller: number): string[] {
  switch (kind) {
    case 'best':
      return [];
    case 'greedy':
      return ['above 2,048 features the pair with the largest cosine is taken first, and so on'];
    case 'mutual':
      return [
        `above 8,192 x 8,192 features only pairs that are each other's nearest are matched: ${count} of ${smaller}`,
      ];
  }
}

/** The mean over pairs; the share of the smaller dictionary's features that have a partner above 0.7. */
function facts({ cosine }: Pairs, features: number): Pick<Result, 'mean' | 'share'> {
  const sum = cosine.reduce((total, value) => total + value, 0);
  const close = cosine.reduce((count, value) => count + Number(value > MATCHED), 0);
  return { mean: sum / Math.max(1, cosine.length), share: close / features };
}

function notesOnInputs(a: Dictionary, b: Dictionary): string[] {
  const [reads, others] = [describeInput(a.input), describeInput(b.input)];
  return reads === others ? [] : [`they read different values: ${reads}, and ${others}`];
}
