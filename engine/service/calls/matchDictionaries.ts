/** Features of two dictionaries, matched by the cosines of their decoder rows. */
import type { EventOf, ResultOf, Service } from '../../results/index.ts';
import { Fault } from '../../terms/fault.ts';
import type { Dictionary } from '../../../sae/dictionary.ts';
import { weightOf } from '../../../sae/dictionary.ts';
import { readDictionary } from '../../../sae/formats/dictionaryFolder.ts';
import { describeInput } from '../../../sae/input.ts';
import { stability } from '../../../sae/measures/stability.ts';
import type { Nearest } from '../../../sae/nearestRows.ts';
import { nearestRows } from '../../../sae/nearestRows.ts';
import { emitting } from './emitting.ts';

type Result = ResultOf<'matchDictionaries'>;
type Pairs = Pick<Result, 'a' | 'b' | 'cosine'>;

/** Features of the larger dictionary up to which all are matched at once. */
const MOST_FOR_ALL = 4096;
const MATCHED = 0.7;

export function matchDictionariesCall(): Service['matchDictionaries'] {
  return (request, { signal }) =>
    emitting<EventOf<'matchDictionaries'>, Result>(async (emit) => {
      const a = (await readDictionary(request.a)).dictionary;
      const b = (await readDictionary(request.b)).dictionary;
      checkWidths(a, b, request.b);
      const nearest = await nearestRows(weightOf(a, 'W_dec'), weightOf(b, 'W_dec'), a.width, {
        onProgress: (done, total) => emit({ kind: 'progress', of: 'cosines', done, total }),
        signal,
      });
      const isSmall = Math.max(a.features, b.features) <= MOST_FOR_ALL;
      const matched = isSmall ? assigned(a, b) : eachOthersNearest(nearest.a, nearest.b);
      return {
        ...matched.pairs,
        ...facts(matched.pairs, Math.min(a.features, b.features)),
        nearestOfA: nearest.a.cosine,
        nearestOfB: nearest.b.cosine,
        notes: [...matched.notes, ...notesOn(a, b)],
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

function assigned(a: Dictionary, b: Dictionary): { readonly pairs: Pairs; readonly notes: readonly string[] } {
  const { matches, assignment } = stability(a, b);
  const pairs = {
    a: Uint32Array.from(matches, ({ first }) => first),
    b: Uint32Array.from(matches, ({ second }) => second),
    cosine: Float32Array.from(matches, ({ cosine }) => cosine),
  };
  const greedy = 'above 2,048 features the pair with the largest cosine is taken first, and so on';
  return { pairs, notes: assignment === 'greedy' ? [greedy] : [] };
}

/** Pairs of which each is the other's nearest, best first: one to one, but not all. */
function eachOthersNearest(a: Nearest, b: Nearest): { readonly pairs: Pairs; readonly notes: readonly string[] } {
  const mutual = Array.from(a.index.keys()).filter((i) => b.index[a.index[i] as number] === i);
  mutual.sort((i, j) => (a.cosine[j] as number) - (a.cosine[i] as number));
  const pairs = {
    a: Uint32Array.from(mutual),
    b: Uint32Array.from(mutual, (i) => a.index[i] as number),
    cosine: Float32Array.from(mutual, (i) => a.cosine[i] as number),
  };
  const count = MOST_FOR_ALL.toLocaleString('en-US');
  const note = `above ${count} features only pairs that are each other's nearest are matched: ${mutual.length} of ${Math.min(a.index.length, b.index.length)}`;
  return { pairs, notes: [note] };
}

/** The mean over pairs; the share of the smaller dictionary's features that have a partner above 0.7. */
function facts({ cosine }: Pairs, features: number): Pick<Result, 'mean' | 'share'> {
  const sum = cosine.reduce((total, value) => total + value, 0);
  const close = cosine.reduce((count, value) => count + Number(value > MATCHED), 0);
  return { mean: sum / Math.max(1, cosine.length), share: close / features };
}

function notesOn(a: Dictionary, b: Dictionary): string[] {
  const [reads, others] = [describeInput(a.input), describeInput(b.input)];
  return reads === others ? [] : [`they read different values: ${reads}, and ${others}`];
}
