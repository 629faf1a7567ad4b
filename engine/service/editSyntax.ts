/**
 * The text form of an edit, `L9H6.z=zero`: a recursive-descent parser that points at the character it can't read.
 * EDITS.md documents the grammar:
 *
 *   edit      = place [ "[" selector { "," selector } "]" ] change
 *   place     = [ "L" numbers [ "H" numbers ] "." ] site
 *   numbers   = "*" | range { "," range }
 *   range     = integer [ "-" integer ]
 *   selector  = ( "q" | "p" | "k" | "b" ) "=" range { "," range } | "scope=" ( "all" | "prefill" | "decode" )
 *   change    = "=" value | "+=" stored | "-=" stored | "*=" number
 *   value     = "zero" | "mask" | "scale(" number ")" | "mix(" ( "uniform" | "identity" ) [ "," number ] ")"
 *             | "stream(" integer "," integer ")"
 *             | "mean(" tensor [ ",pooled" ] ")" | "resample(" tensor ")" | "replace(" tensor ")"
 *   stored    = [ number "*" ] tensor
 *   tensor    = file "#" name [ "[" ( "b" | "p" ) "=" integer { "," ... } "]" ]
 */
import type { Edit, EditScope } from '../terms/edits.ts';
import { Fault } from '../terms/fault.ts';
import type { Site } from '../terms/sites.ts';
import { isSite, sites } from '../terms/sites.ts';

/** A tensor in a safetensors file, or one row or position of it. */
export interface TensorReference {
  readonly file: string;
  readonly name: string;
  readonly row: number | null;
  readonly position: number | null;
}

export type ParsedOperation =
  | { readonly kind: 'zero' | 'mask' }
  | { readonly kind: 'scale'; readonly by: number }
  | { readonly kind: 'mix'; readonly towards: 'identity' | 'uniform'; readonly share: number }
  | { readonly kind: 'stream'; readonly sinks: number; readonly recent: number }
  | { readonly kind: 'add'; readonly tensor: TensorReference; readonly times: number }
  | { readonly kind: 'replace' | 'resample'; readonly tensor: TensorReference }
  | { readonly kind: 'mean'; readonly tensor: TensorReference; readonly pooled: boolean };

/** An edit whose tensors are still names of files. */
export type ParsedEdit = Omit<Edit, 'operation'> & { readonly text: string; readonly operation: ParsedOperation };

/** A Fault that knows which character of which text it is about. */
export class EditSyntaxFault extends Fault {
  readonly text: string;
  readonly offset: number;

  constructor(text: string, offset: number, expected: string) {
    const rest = text.slice(offset, offset + 20);
    super({
      what: `character ${offset + 1}`,
      where: `edit "${text}"`,
      expected,
      got: rest === '' ? 'the end' : `"${rest}"`,
    });
    this.text = text;
    this.offset = offset;
  }
}

/** Throws EditSyntaxFault. Whether layers, heads and values fit the model is checked when the edit meets the model. */
export function parseEdit(text: string): ParsedEdit {
  const scanner = new Scanner(text);
  const place = parsePlace(scanner);
  const selectors = parseSelectors(scanner);
  const operation = parseChange(scanner);
  scanner.end();
  return { text, ...place, ...selectors, operation };
}

type Indices = readonly number[];

function parsePlace(scanner: Scanner): { site: Site; layers?: Indices; heads?: Indices } {
  const start = scanner.at;
  if (!scanner.takeIf('L')) return { site: parseSite(scanner, start, 'model') };
  const layers = parseNumbers(scanner);
  const heads = scanner.takeIf('H') ? parseNumbers(scanner) : null;
  scanner.take('.', heads === null ? '"." or "H" after the layers' : '"." after the heads');
  const site = parseSite(scanner, start, 'layer');
  return { site, ...(layers === null ? {} : { layers }), ...(heads === null ? {} : { heads }) };
}

function parseSite(scanner: Scanner, start: number, per: 'layer' | 'model'): Site {
  const at = scanner.at;
  const name = scanner.takeMatch(/[A-Za-z]+/y) ?? '';
  if (!isSite(name)) throw scanner.fault(`a site (${Object.keys(sites).join(', ')})`, at);
  if (sites[name].per === per) return name;
  if (per === 'layer') throw scanner.fault(`no layer: there is one ${name} in the model`, start);
  throw scanner.fault(`a layer before ${name}, such as L0.${name}, or L*.${name} for all`, start);
}

/** null is `*`: all of them. */
function parseNumbers(scanner: Scanner): Indices | null {
  return scanner.takeIf('*') ? null : parseRanges(scanner, false);
}

function parseRanges(scanner: Scanner, signed: boolean): number[] {
  const found = [...parseRange(scanner, signed)];
  while (scanner.peek(signed ? /,\s*-?\d/y : /,\s*\d/y)) {
    scanner.take(',', '","');
    found.push(...parseRange(scanner, signed));
  }
  return found;
}

const LONGEST_RANGE = 1_000_000;

function parseRange(scanner: Scanner, signed: boolean): number[] {
  const at = scanner.at;
  const from = parseInteger(scanner, signed);
  if (!scanner.takeIf('-')) return [from];
  const to = parseInteger(scanner, signed);
  const sameEnd = from < 0 === to < 0;
  if (to < from || !sameEnd || to - from > LONGEST_RANGE)
    throw scanner.fault('a range from the lower to the higher index', at);
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

function parseInteger(scanner: Scanner, signed: boolean): number {
  const digits = scanner.takeMatch(signed ? /-?\d{1,9}(?!\d)/y : /\d{1,9}(?!\d)/y);
  if (digits === null) throw scanner.fault(signed ? 'an index, negative from the end' : 'an index, or *');
  return Number(digits);
}

const selectorFields = { q: 'positions', p: 'positions', k: 'keys', b: 'rows' } as const;

interface Selectors {
  positions?: Indices;
  keys?: Indices;
  rows?: Indices;
  scope?: EditScope;
}

function parseSelectors(scanner: Scanner): Selectors {
  const found: Selectors = {};
  if (!scanner.takeIf('[')) return found;
  do parseSelector(scanner, found);
  while (scanner.takeIf(','));
  scanner.take(']', '"," or "]"');
  return found;
}

function parseSelector(scanner: Scanner, found: Selectors): void {
  const at = scanner.at;
  const name = scanner.takeMatch(/(?:[qpkb]|scope)(?=\s*=)/y);
  if (name === null) throw scanner.fault('q= or p= (positions), k= (keys), b= (batch rows) or scope=');
  const field = name === 'scope' ? 'scope' : selectorFields[name as keyof typeof selectorFields];
  if (found[field] !== undefined) throw scanner.fault(`${name}= once`, at);
  scanner.take('=', '"="');
  if (field === 'scope') found.scope = parseScope(scanner);
  else found[field] = parseRanges(scanner, name !== 'b');
}

function parseScope(scanner: Scanner): EditScope {
  const scope = scanner.takeMatch(/all|prefill|decode/y);
  if (scope === 'all' || scope === 'prefill' || scope === 'decode') return scope;
  throw scanner.fault('all, prefill or decode');
}

function parseChange(scanner: Scanner): ParsedOperation {
  if (scanner.takeIf('+=')) return parseSteering(scanner, 1);
  if (scanner.takeIf('-=')) return parseSteering(scanner, -1);
  if (scanner.takeIf('*=')) return { kind: 'scale', by: parseNumber(scanner) };
  scanner.take('=', '"=", "+=", "-=" or "*="');
  return parseValue(scanner);
}

function parseSteering(scanner: Scanner, sign: number): ParsedOperation {
  const hasFactor = scanner.peek(/[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*\*/y);
  const times = hasFactor ? parseNumber(scanner) : 1;
  if (hasFactor) scanner.take('*', '"*"');
  return { kind: 'add', times: sign * times, tensor: parseTensor(scanner, /[^[]+/y) };
}

const values: Readonly<Record<string, (scanner: Scanner) => ParsedOperation>> = {
  zero: () => ({ kind: 'zero' }),
  mask: () => ({ kind: 'mask' }),
  scale: (scanner) => ({ kind: 'scale', by: inParentheses(scanner, parseNumber) }),
  mix: (scanner) => ({ kind: 'mix', ...inParentheses(scanner, parseMix) }),
  stream: (scanner) => ({ kind: 'stream', ...inParentheses(scanner, parseStream) }),
  mean: (scanner) => ({ kind: 'mean', ...inParentheses(scanner, parseMean) }),
  resample: (scanner) => ({ kind: 'resample', tensor: inParentheses(scanner, parseListed) }),
  replace: (scanner) => ({ kind: 'replace', tensor: inParentheses(scanner, parseListed) }),
};

function parseValue(scanner: Scanner): ParsedOperation {
  const at = scanner.at;
  const word = scanner.takeMatch(/[a-z]+/y) ?? '';
  const parse = Object.hasOwn(values, word) ? values[word] : undefined;
  if (parse === undefined) {
    throw scanner.fault(
      'zero, mask, scale(number), mix(uniform,share), stream(sinks,recent), mean(FILE#name), resample(FILE#name) or replace(FILE#name)',
      at,
    );
  }
  return parse(scanner);
}

function inParentheses<T>(scanner: Scanner, parse: (scanner: Scanner) => T): T {
  scanner.take('(', '"("');
  const inner = parse(scanner);
  scanner.take(')', '")"');
  return inner;
}

function parseMix(scanner: Scanner): { towards: 'identity' | 'uniform'; share: number } {
  const towards = scanner.takeMatch(/uniform|identity/y);
  if (towards !== 'uniform' && towards !== 'identity') throw scanner.fault('uniform or identity');
  if (!scanner.takeIf(',')) return { towards, share: 1 };
  const at = scanner.at;
  const share = parseNumber(scanner);
  if (share < 0 || share > 1) throw scanner.fault('a share from 0 to 1', at);
  return { towards, share };
}

function parseStream(scanner: Scanner): { sinks: number; recent: number } {
  const sinks = parseCount(scanner, 'how many first keys are seen');
  scanner.take(',', '"," and how many recent keys are seen');
  const at = scanner.at;
  const recent = parseCount(scanner, 'how many recent keys are seen');
  if (recent < 1) throw scanner.fault('at least 1 recent key, the query itself', at);
  return { sinks, recent };
}

function parseCount(scanner: Scanner, expected: string): number {
  const digits = scanner.takeMatch(/\d{1,9}(?!\d)/y);
  if (digits === null) throw scanner.fault(expected);
  return Number(digits);
}

function parseMean(scanner: Scanner): { tensor: TensorReference; pooled: boolean } {
  const tensor = parseListed(scanner);
  if (!scanner.takeIf(',')) return { tensor, pooled: false };
  if (scanner.takeMatch(/pooled/y) === null) throw scanner.fault('pooled (one mean over all positions)');
  return { tensor, pooled: true };
}

const parseListed = (scanner: Scanner) => parseTensor(scanner, /[^[),]+/y);

function parseTensor(scanner: Scanner, namePattern: RegExp): TensorReference {
  const file = parseFile(scanner);
  scanner.take('#', '"#" and the name of a tensor after the file');
  const name = scanner.takeMatch(namePattern)?.trim() ?? '';
  if (name === '') throw scanner.fault('the name of a tensor, such as residPost.3');
  return { file, name, ...parsePart(scanner) };
}

function parseFile(scanner: Scanner): string {
  const quoted = scanner.takeMatch(/"[^"]+"/y);
  if (quoted !== null) return quoted.slice(1, -1);
  const file = scanner.takeMatch(/[^#"]+(?=#)/y)?.trim() ?? '';
  if (file === '') throw scanner.fault('a tensor, FILE#name (a safetensors file written by capture)');
  return file;
}

function parsePart(scanner: Scanner): { row: number | null; position: number | null } {
  const part: { row: number | null; position: number | null } = { row: null, position: null };
  if (!scanner.takeIf('[')) return part;
  do {
    const letter = scanner.takeMatch(/[bp](?=\s*=)/y);
    if (letter === null) throw scanner.fault('b= (row) or p= (position) of the stored tensor');
    scanner.take('=', '"="');
    part[letter === 'b' ? 'row' : 'position'] = parseInteger(scanner, letter === 'p');
  } while (scanner.takeIf(','));
  scanner.take(']', '"," or "]"');
  return part;
}

function parseNumber(scanner: Scanner): number {
  const at = scanner.at;
  const digits = scanner.takeMatch(/[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d{1,3})?/y);
  if (digits === null) throw scanner.fault('a number');
  if (!Number.isFinite(Number(digits))) throw scanner.fault('a number that is finite', at);
  return Number(digits);
}

/** A place in the text; spaces between parts are skipped. */
class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
    this.#skipSpaces();
  }

  get at(): number {
    return this.#at;
  }

  /** `pattern` is sticky. */
  peek(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    return pattern.test(this.#text);
  }

  takeMatch(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match === null) return null;
    this.#at += match[0].length;
    this.#skipSpaces();
    return match[0];
  }

  takeIf(literal: string): boolean {
    if (!this.#text.startsWith(literal, this.#at)) return false;
    this.#at += literal.length;
    this.#skipSpaces();
    return true;
  }

  take(literal: string, expected: string): void {
    if (!this.takeIf(literal)) throw this.fault(expected);
  }

  end(): void {
    if (this.#at < this.#text.length) throw this.fault('the end of the edit');
  }

  fault(expected: string, at = this.#at): EditSyntaxFault {
    return new EditSyntaxFault(this.#text, at, expected);
  }

  #skipSpaces(): void {
    while (this.#text[this.#at] === ' ') this.#at++;
  }
}
