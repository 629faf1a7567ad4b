/** Needles of one's own: `{needle, question, answer}` a line, or Wu et al.'s `real_needle` for the answer. */
import { Fault } from '../../terms/fault.ts';
import { jsonRows } from './jsonRows.ts';
import type { JsonRow } from './jsonRows.ts';
import type { Needle } from './needles.ts';

/** Throws Fault that names line and key, and where the sentence doesn't hold the answer's words, in any case, in a row. */
export function needleFile(text: string, where: string): readonly Needle[] {
  return jsonRows(text, where).map((row, i) => needleOf(row, i));
}

function needleOf(row: JsonRow, index: number): Needle {
  const sentence = textOf(row, ['needle', 'sentence']).trim();
  const answer = textOf(row, ['answer', 'real_needle']).trim().replace(/\.$/, '');
  const at = sentence.toLowerCase().indexOf(answer.toLowerCase());
  if (at < 0)
    throw new Fault({
      what: 'the needle does not hold its answer',
      where: row.where,
      expected: 'the answer as it stands in the sentence',
      got: answer,
    });
  const id = row.values.get('id');
  return {
    id: typeof id === 'string' && id !== '' ? id : `needle-${index + 1}`,
    kind: row.values.get('kind') === 'reasoning' ? 'reasoning' : 'copy',
    sentence: `${sentence.slice(0, at)}[answer]${sentence.slice(at + answer.length)}`,
    question: textOf(row, ['question']).trim(),
    answer: sentence.slice(at, at + answer.length),
  };
}

function textOf({ values, where }: JsonRow, keys: readonly string[]): string {
  const value = keys.map((key) => values.get(key)).find((one) => one !== undefined);
  if (typeof value === 'string' && value.trim() !== '') return value;
  throw new Fault({
    what: `no ${keys.join(' or ')}`,
    where,
    expected: 'text',
    got: JSON.stringify(value) ?? 'nothing',
  });
}
