/** How a tokenizer writes four-digit years, and so which token says "greater". */
import { continuation } from './layout.ts';
import type { TaskTokenizer } from './task.ts';

/** With 1732 as an example; `|` stands between tokens. */
export interface YearStyle {
  readonly about: string;
  /** A prompt up to the token that is measured. Its slot `[span]` is free, the others are given by `slots`. */
  readonly template: (century: string) => string;
  readonly slots: (century: string, year: string) => Readonly<Record<string, string>>;
  /** What stands before the measured token, and the text that begins with it. */
  readonly context: (century: string) => string;
  readonly completion: (century: string, year: string) => string;
  /** How many tokens the completion makes. */
  readonly tokens: 1 | 2;
  /** Years that share it share the measured token: two digits or one. */
  readonly compared: (year: number) => number;
  /** Centuries that share it share their measured tokens. */
  readonly group: (century: string) => string;
  /** Two-digit start years for which something is above and something below. */
  readonly range: readonly [from: number, to: number];
}

const sentence = 'The [span] lasted from the year';
const carrier = 'The war lasted from the year';
const tensDigit = (year: number) => Math.floor(year / 10);

const pair: YearStyle = {
  about: 'a year is century and two digits (17|32): all two-digit completions are compared',
  template: (century) => `${sentence} ${century}{start} to the year ${century}`,
  slots: (_, year) => ({ start: year }),
  context: (century) => `${carrier} ${century}`,
  completion: (_, year) => year,
  tokens: 1,
  compared: (year) => year,
  group: () => '',
  range: [2, 98],
};

const tens: YearStyle = {
  about: 'a year ends in two tokens of one digit (3|2): the tens digits are compared',
  template: (century) => `${sentence} ${century}{start}{units} to the year ${century}`,
  slots: (_, year) => ({ start: year.slice(0, 1), units: year.slice(1) }),
  context: (century) => `${carrier} ${century}`,
  completion: (_, year) => year,
  tokens: 2,
  compared: tensDigit,
  group: () => '',
  range: [10, 89],
};

const lead: YearStyle = {
  about: 'a year is three digits and one (173|2): the tens digits are compared, together with the century',
  template: () => `${sentence} {start}{units} to the year `,
  slots: (century, year) => ({ start: century + year.slice(0, 1), units: year.slice(1) }),
  context: () => `${carrier} `,
  completion: (century, year) => century + year,
  tokens: 2,
  compared: tensDigit,
  group: (century) => century,
  range: [10, 89],
};

const styles: readonly YearStyle[] = [pair, tens, lead];

/** Frequent centuries of English text. */
export const centuries: readonly string[] = ['12', '13', '14', '15', '16', '17', '18', '19'];

export interface Year {
  readonly century: string;
  readonly year: number;
}

export interface Years {
  readonly style: YearStyle;
  /** Start years that the tokenizer writes in this style. */
  readonly years: readonly Year[];
  /** Id of the measured token by `tokenKey`. */
  readonly tokens: ReadonlyMap<string, number>;
}

export function tokenKey(style: YearStyle, century: string, compared: number): string {
  return `${style.group(century)}:${compared}`;
}

/** The first style in which most years of some centuries are written; the one with the most years, where none is. */
export function yearsOf(tokenizer: TaskTokenizer): Years {
  const found = styles.map((style) => yearsIn(tokenizer, style));
  return found.find(({ years }) => years.length >= 100) ?? found.reduce(more);
}

function more(one: Years, other: Years): Years {
  return other.years.length > one.years.length ? other : one;
}

function yearsIn(tokenizer: TaskTokenizer, style: YearStyle): Years {
  const years: Year[] = [];
  const tokens = new Map<string, number>();
  const [from, to] = style.range;
  for (const century of centuries) {
    for (let year = 0; year < 100; year++) {
      const ids = continuation(tokenizer, style.context(century), style.completion(century, twoDigits(year)));
      const [id] = ids ?? [];
      if (id === undefined || ids?.length !== style.tokens) continue;
      tokens.set(tokenKey(style, century, style.compared(year)), id);
      if (year >= from && year <= to) years.push({ century, year });
    }
  }
  const distinct = new Set(tokens.values()).size === tokens.size;
  return { style, years: distinct ? years : [], tokens };
}

/** `7` as `07`. */
export function twoDigits(year: number): string {
  return String(year).padStart(2, '0');
}
