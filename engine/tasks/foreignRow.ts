/** One row of another tool's prompt file, in our keys. */

export interface ForeignRow {
  /** `pairs.csv, line 37`. */
  readonly where: string;
  readonly fields: ReadonlyMap<string, unknown>;
}

/** What one should know of an import: each thing once, with how often and where first. */
export class ImportNotes {
  readonly #notes = new Map<string, { count: number; readonly first: string }>();

  add(text: string, where: string): void {
    const note = this.#notes.get(text);
    if (note !== undefined) note.count += 1;
    else if (this.#notes.size < MOST) this.#notes.set(text, { count: 1, first: where });
  }

  lines(): string[] {
    return [...this.#notes].map(([text, { count, first }]) =>
      count === 1 ? `${text} (${first})` : `${text} (${count} times, first ${first})`,
    );
  }
}

const MOST = 50;

type OurKey = 'text' | 'ids' | 'answer' | 'answerId' | 'wrong' | 'wrongId' | 'corrupt' | 'corruptIds';
type OurRow = Partial<Record<OurKey, unknown>>;

/** Which of our keys each of theirs is: where it holds texts, and where it holds ids. */
const meanings: Readonly<Record<string, { readonly texts?: OurKey; readonly ids?: OurKey }>> = {
  text: { texts: 'text' },
  ids: { ids: 'ids' },
  clean: { texts: 'text', ids: 'ids' },
  corrupt: { texts: 'corrupt', ids: 'corruptIds' },
  corrupted: { texts: 'corrupt', ids: 'corruptIds' },
  corruptIds: { ids: 'corruptIds' },
  answer: { texts: 'answer' },
  answers: { texts: 'answer', ids: 'answerId' },
  answerId: { ids: 'answerId' },
  correct_idx: { ids: 'answerId' },
  wrong: { texts: 'wrong' },
  wrong_answers: { texts: 'wrong', ids: 'wrongId' },
  wrongId: { ids: 'wrongId' },
  incorrect_idx: { ids: 'wrongId' },
};

/** Null where it holds no prompt that we can read; the notes say why. */
export function ourRow({ where, fields }: ForeignRow, notes: ImportNotes): OurRow | null {
  const row: OurRow = {};
  for (const [name, value] of fields) {
    if (name === 'label') continue;
    const key = keyOf(name, value);
    if (key !== null) row[key] = value;
    else if (Object.hasOwn(meanings, name)) notes.add(`${name} is left out: neither texts nor token ids`, where);
    else notes.add(`column ${name === '' ? 'without a name' : name.slice(0, 60)} is left out`, where);
  }
  if (row.text === undefined && row.ids === undefined) {
    notes.add('left out: no prompt', where);
    return null;
  }
  if (fields.has('correct_idx')) notes.add(idsNote, where);
  return { ...row, ...labelled(row, { where, fields }, notes) };
}

const idsNote =
  'correct_idx and incorrect_idx are token ids of the model that the file was made for: with another tokenizer they are other words';

function keyOf(name: string, value: unknown): OurKey | null {
  const meaning = Object.hasOwn(meanings, name) ? meanings[name] : undefined;
  if (meaning === undefined) return null;
  const [first, ...others] = Array.isArray(value) ? value : [value];
  const isAll = (is: (one: unknown) => boolean) => is(first) && others.every(is);
  if (isAll((one) => typeof one === 'string')) return meaning.texts ?? null;
  return isAll((one) => Number.isInteger(one)) ? (meaning.ids ?? null) : null;
}

/** The label of EAP's files: a text is the answer; a number is what a two-digit year must exceed, or means nothing to us. */
function labelled({ text }: OurRow, { where, fields }: ForeignRow, notes: ImportNotes): OurRow {
  const label = fields.get('label');
  if (label === undefined) return {};
  const year = yearOf(text, label);
  if (year !== null) {
    notes.add('label is read as a year: the answers are the two-digit years after it', where);
    return { answer: years(year + 1, 99), wrong: years(0, year) };
  }
  if (typeof label === 'string' && !/^\s*-?\d+(\.\d+)?\s*$/.test(label)) return { answer: label };
  notes.add('label is left out: a number whose meaning the file does not say', where);
  return {};
}

/** `... from the year 1352 to the year 13`, label 52 (Hanna et al. 2023). */
function yearOf(text: unknown, label: unknown): number | null {
  if (typeof text !== 'string') return null;
  const [, century, year, last] = /\b(\d\d)(\d\d)\b.*\b(\d\d)$/.exec(text) ?? [];
  const isSo = century !== undefined && century === last && Number(year) === Number(label) && Number(year) < 99;
  return isSo ? Number(year) : null;
}

function years(from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, i) => String(from + i).padStart(2, '0'));
}
