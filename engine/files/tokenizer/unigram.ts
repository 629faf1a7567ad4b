/**
 * SentencePiece's unigram model: of all ways to cut a text into pieces, the one with the largest sum of scores (Viterbi).
 * A character without a piece of its own is unknown, at the worst score less ten; user-defined pieces score
 * length * best - 0.1, so that nothing inside them beats them. Kudo 2018, arXiv:1804.10959.
 */

export interface UnigramPiece {
  readonly text: string;
  readonly id: number;
  readonly score: number;
  readonly userDefined: boolean;
}

interface Node {
  readonly next: Map<number, Node>;
  piece: UnigramPiece | null;
}

interface Step {
  readonly from: number;
  readonly id: number;
  /** Sum of scores up to here, in single precision as in the reference. */
  readonly sum: number;
}

const unknownPenalty = 10;

/** An encoder; `spell` says what an unknown stretch becomes. */
export function unigram(
  pieces: readonly UnigramPiece[],
  unknown: number,
  spell: (unknown: string) => number[],
): (text: string) => number[] {
  const root = trieOf(pieces);
  const scores = pieces.filter(({ userDefined }) => !userDefined).map(({ score }) => score);
  const best = scores.reduce((one, other) => Math.max(one, other), -Infinity);
  const worst = scores.reduce((one, other) => Math.min(one, other), Infinity);
  const unknownScore = Math.fround(worst - unknownPenalty);
  const scoreOf = (piece: UnigramPiece, length: number): number =>
    piece.userDefined ? length * best - 0.1 : piece.score;
  return (text) => {
    const bytes = Buffer.from(text, 'utf8');
    const steps = bestSteps(bytes, root, unknown, unknownScore, scoreOf);
    return idsOf(bytes, steps, unknown, spell);
  };
}

function trieOf(pieces: readonly UnigramPiece[]): Node {
  const root: Node = { next: new Map(), piece: null };
  for (const piece of pieces) {
    let node = root;
    for (const byte of Buffer.from(piece.text, 'utf8')) {
      const child = node.next.get(byte) ?? { next: new Map(), piece: null };
      node.next.set(byte, child);
      node = child;
    }
    node.piece = piece;
  }
  return root;
}

const characterBytes = (first: number): number => (first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4);

function bestSteps(
  bytes: Buffer,
  root: Node,
  unknown: number,
  unknownScore: number,
  scoreOf: (piece: UnigramPiece, length: number) => number,
): readonly (Step | undefined)[] {
  const steps = new Array<Step | undefined>(bytes.length + 1).fill(undefined);
  const offer = (from: number, to: number, id: number, exact: number): void => {
    const present = steps[to];
    const sum = Math.fround(exact);
    if (present === undefined || sum > present.sum) steps[to] = { from, id, sum };
  };
  for (let from = 0; from < bytes.length;) {
    const before = steps[from]?.sum ?? 0;
    const width = Math.min(characterBytes(bytes[from] ?? 0), bytes.length - from);
    let covered = false;
    let node: Node | undefined = root;
    for (let to = from; to < bytes.length && node !== undefined;) {
      node = node.next.get(bytes[to++] ?? 0);
      if (node === undefined || node.piece === null) continue;
      offer(from, to, node.piece.id, before + scoreOf(node.piece, to - from));
      covered ||= to - from === width;
    }
    if (!covered) offer(from, from + width, unknown, before + unknownScore);
    from += width;
  }
  return steps;
}

/** Back along the best steps; a run of unknown characters is one unknown stretch. */
function idsOf(
  bytes: Buffer,
  steps: readonly (Step | undefined)[],
  unknown: number,
  spell: (unknown: string) => number[],
): number[] {
  const stretches: { id: number; from: number; to: number }[] = [];
  for (let to = bytes.length; to > 0;) {
    const step = steps[to];
    if (step === undefined) break;
    const last = stretches.at(-1);
    if (step.id === unknown && last?.id === unknown) last.from = step.from;
    else stretches.push({ id: step.id, from: step.from, to });
    to = step.from;
  }
  return stretches
    .reverse()
    .flatMap(({ id, from, to }) => (id === unknown ? spell(bytes.toString('utf8', from, to)) : [id]));
}
