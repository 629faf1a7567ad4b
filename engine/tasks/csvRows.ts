/** Comma-separated values by RFC 4180, strictly: what is not is an error with its line. */
import { Fault } from '../terms/fault.ts';

export interface CsvRow {
  /** Of the row's first character, from 1. */
  readonly line: number;
  readonly fields: readonly string[];
}

/** Rows end with LF or CRLF; fields may be quoted, a quote inside is doubled. Blank lines are left out. `where` is for errors. */
export function* csvRows(text: string, where: string): Generator<CsvRow, void, void> {
  const reader = new Reader(text, where);
  while (!reader.isAtEnd) {
    const row = reader.row();
    if (row.fields.length > 1 || row.fields[0] !== '') yield row;
  }
}

/** Characters of one field. */
const LONGEST = 2 ** 20;
const MOST_FIELDS = 1000;

class Reader {
  readonly #text: string;
  readonly #where: string;
  #at: number;
  #line = 1;

  constructor(text: string, where: string) {
    this.#text = text;
    this.#where = where;
    this.#at = text.startsWith('\ufeff') ? 1 : 0;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  row(): CsvRow {
    const line = this.#line;
    const fields: string[] = [];
    do {
      fields.push(this.#field());
      if (fields.length > MOST_FIELDS) this.#fail('too many fields', `at most ${MOST_FIELDS}`);
    } while (this.#take(','));
    if (!this.isAtEnd) this.#endLine();
    return { line, fields };
  }

  #field(): string {
    return this.#take('"') ? this.#quoted() : this.#plain();
  }

  #plain(): string {
    const end = this.#find(/[,\n]|\r\n/g) ?? this.#text.length;
    const field = this.#text.slice(this.#at, end);
    if (field.includes('"')) this.#fail('a quote inside a field', 'the whole field in quotes, with quotes doubled');
    this.#at = end;
    return this.#checked(field);
  }

  /** After the opening quote. */
  #quoted(): string {
    const parts: string[] = [];
    do {
      const end = this.#text.indexOf('"', this.#at);
      if (end === -1) this.#fail('a quote that does not end', 'a second quote');
      const part = this.#text.slice(this.#at, end);
      parts.push(part);
      this.#line += part.split('\n').length - 1;
      this.#at = end + 1;
    } while (this.#take('"'));
    if (!this.isAtEnd && !/^(,|\r?\n)/.test(this.#text.slice(this.#at, this.#at + 2))) {
      this.#fail('text after a closing quote', 'a comma or the end of the line');
    }
    return this.#checked(parts.join('"'));
  }

  #checked(field: string): string {
    if (field.length > LONGEST) this.#fail('a field too long', `at most ${LONGEST} characters`);
    return field;
  }

  #endLine(): void {
    this.#take('\r');
    this.#at += 1;
    this.#line += 1;
  }

  #take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  #find(pattern: RegExp): number | null {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#text)?.index ?? null;
  }

  #fail(what: string, expected: string): never {
    throw new Fault({ what, where: `${this.#where}, line ${this.#line}`, expected });
  }
}
