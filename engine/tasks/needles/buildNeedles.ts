/**
 * Needle runs in token space: a sentence goes between two sentences of a haystack, and the positions of its answer are carried
 * from there (Kamradt 2023; Wu et al. 2024, arXiv 2404.15574, section 2, whose span is that of the answer's words).
 */
import type { Tokenizer } from '../../files/tokenizer/index.ts';
import { Fault } from '../../terms/fault.ts';
import type { FaultParts } from '../../terms/fault.ts';
import type { Haystack, HaystackSource } from './haystack.ts';
import { haystacks } from './haystack.ts';
import { pieceOf, sentenceOf } from './needlePieces.ts';
import type { Needle } from './needles.ts';
import type { NeedleRun } from './preparedRun.ts';
import type { NeedlePrompt, NeedleTemplate, PromptFrame } from './promptFrame.ts';
import { promptFrame } from './promptFrame.ts';

export interface NeedleGrid {
  /** Most tokens of a whole prompt: haystacks are cut at the last sentence end that fits. */
  readonly lengths: readonly number[];
  /** Percent of the haystack before the needle, 0 and 100 included. */
  readonly depths: readonly number[];
}

export interface BuildNeedlesRequest {
  readonly tokenizer: Tokenizer;
  /** Longest prompt of the model with what it adds, in tokens. */
  readonly context: number;
  readonly needles: readonly Needle[];
  /** Each length with each depth of the same grid; a cell that is in two grids is made once. */
  readonly grids: readonly NeedleGrid[];
  readonly haystack: HaystackSource;
  readonly template: NeedleTemplate;
  readonly prompt: NeedlePrompt;
  /** Most tokens to generate; 50 as in Wu et al. where omitted, 128 with `steps`. */
  readonly maxNew?: number;
}

/** A cell of the grid that no run could be made for. */
export interface LeftRun {
  readonly needle: string;
  readonly length: number;
  readonly depth: number;
  readonly reason: string;
}

export interface BuiltNeedles {
  /** Needle by needle, each in the order of the grids. */
  readonly runs: readonly NeedleRun[];
  readonly left: readonly LeftRun[];
}

const usualMaxNew = { answer: 50, steps: 128 } as const;

/** Throws Fault for settings out of range, a template that fails, a haystack that is too short, and where no run can be made. */
export async function buildNeedles(request: BuildNeedlesRequest): Promise<BuiltNeedles> {
  checkGrid(request);
  const { tokenizer, needles } = request;
  const cells = cellsOf(request.grids);
  const frame = await promptFrame(tokenizer, request.template, request.prompt);
  const tokens = Math.min(Math.max(...cells.map(({ length }) => length)), request.context);
  const sources = haystacks(tokenizer, request.haystack, { tokens, count: needles.length });
  const runs: NeedleRun[] = [];
  const left: LeftRun[] = [];
  let first: Fault | null = null;
  for (const [i, needle] of needles.entries()) {
    const parts = partsOf(request, frame, needle, sources[i]);
    for (const cell of cells) {
      const made = runAt(request, parts, cell);
      if ('ids' in made) runs.push(made);
      else {
        const fault = new Fault(made);
        first ??= fault;
        left.push({ needle: needle.id, ...cell, reason: fault.message });
      }
    }
  }
  if (runs.length === 0 && first !== null) throw first;
  return { runs, left };
}

/** All that one needle's runs are joined from. */
interface Parts {
  readonly needle: Needle;
  readonly frame: PromptFrame;
  readonly haystack: Haystack;
  readonly sentence: ReturnType<typeof sentenceOf>;
  readonly question: readonly number[];
  readonly blank: readonly number[];
  readonly answer: readonly number[];
}

function partsOf(
  { tokenizer }: BuildNeedlesRequest,
  frame: PromptFrame,
  needle: Needle,
  haystack: Haystack = { ids: [], ends: [] },
): Parts {
  const idsOf = (text: string) => pieceOf(tokenizer, ` ${text}`).ids;
  return {
    needle,
    frame,
    haystack,
    sentence: sentenceOf(tokenizer, needle),
    question: idsOf(needle.question),
    // The null query of QRHead (EMNLP 2025).
    blank: idsOf('N/A'),
    answer: idsOf(needle.answer),
  };
}

interface Cell {
  readonly length: number;
  readonly depth: number;
}

function cellsOf(grids: readonly NeedleGrid[]): readonly Cell[] {
  const all = grids.flatMap(({ lengths, depths }) =>
    lengths.flatMap((length) => depths.map((depth): Cell => ({ length, depth }))),
  );
  return [...new Map(all.map((cell) => [`${cell.length} ${cell.depth}`, cell])).values()];
}

function runAt(request: BuildNeedlesRequest, parts: Parts, cell: Cell): NeedleRun | FaultParts {
  const { length, depth } = cell;
  const { needle, frame, haystack, sentence, question } = parts;
  const maxNew = request.maxNew ?? usualMaxNew[request.prompt];
  const where = `needle ${needle.id}, ${length} tokens, depth ${depth} %`;
  const most = request.context - maxNew;
  if (length > most)
    return { what: 'longer than the context', where, expected: `at most ${most} tokens before ${maxNew} new ones` };
  const around = frame.before.length + frame.between.length + question.length + frame.after.length;
  const room = length - around - sentence.ids.length;
  if (room < 0) {
    const expected = `at least ${length - room} tokens for needle, question and template`;
    return { what: 'the needle is longer than the length', where, expected, got: String(length) };
  }
  const place = placeAt(haystack.ends, room, depth);
  if (typeof place === 'string') return { what: 'no place between sentences', where, expected: place };
  return join(parts, cell, place, maxNew);
}

interface Place {
  /** Tokens of the haystack that are kept. */
  readonly kept: number;
  /** Tokens of the haystack before the needle. */
  readonly at: number;
}

/** The place at a depth, or what a haystack would need: walked back from there to a sentence's end, as Wu et al. do. */
function placeAt(ends: readonly number[], room: number, depth: number): Place | string {
  const kept = ends.findLast((end) => end <= room);
  if (kept === undefined) return `room for a sentence beside the needle, ${ends[0] ?? 1} tokens; there are ${room}`;
  if (depth === 0) return { kept, at: 0 };
  const sought = Math.floor((kept * depth) / 100);
  const at = ends.findLast((end) => end <= sought);
  // Depth 0 in its place would take the depth away without a word.
  return at === undefined ? `a sentence that ends within the first ${sought} of ${kept} tokens` : { kept, at };
}

function join(parts: Parts, { length, depth }: Cell, { kept, at }: Place, maxNew: number): NeedleRun {
  const { needle, frame, haystack, sentence, question, blank, answer } = parts;
  const start = frame.before.length + at;
  const before = [...frame.before, ...haystack.ids.slice(0, at), ...sentence.ids, ...haystack.ids.slice(at, kept)];
  const asking = [...before, ...frame.between];
  const from = asking.length;
  return {
    id: `${needle.id}-${length}-${depth}`,
    needle: needle.id,
    ...{ length, depth, maxNew, answer, answerText: needle.answer },
    judge: needle.kind === 'reasoning' ? 'f1' : 'recall',
    ids: [...asking, ...question, ...frame.after],
    span: [start + sentence.answer[0], start + sentence.answer[1]],
    sentence: [start, start + sentence.ids.length],
    question: [from, from + question.length],
    blank: { ids: [...asking, ...blank, ...frame.after], question: [from, from + blank.length] },
  };
}

function checkGrid({ needles, grids, maxNew }: BuildNeedlesRequest): void {
  if (needles.length === 0) throw new Fault({ what: 'no needles', expected: 'at least one' });
  const cells = cellsOf(grids);
  if (cells.length === 0) throw new Fault({ what: 'empty grid', expected: 'at least one length and one depth' });
  const bad = cells.find(({ length }) => !Number.isInteger(length) || length < 1);
  if (bad !== undefined)
    throw new Fault({ what: 'bad length', expected: 'tokens, 1 or more', got: String(bad.length) });
  const outside = cells.find(({ depth }) => !(depth >= 0 && depth <= 100));
  if (outside !== undefined)
    throw new Fault({ what: 'bad depth', expected: 'percent, 0 to 100', got: String(outside.depth) });
  if (maxNew !== undefined && !(Number.isInteger(maxNew) && maxNew >= 1))
    throw new Fault({ what: 'bad number of new tokens', expected: '1 or more', got: String(maxNew) });
}
