/** A dictionary that encodes and reconstructs rows: matching pursuit by its kernels, everything else on ONNX Runtime. */
import { GraphBuilder } from '../../engine/graph/builder.ts';
import type { Graph } from '../../engine/graph/graph.ts';
import { lower } from '../../engine/graph/lower.ts';
import type { Feeds } from '../../engine/run/ort.ts';
import { Session } from '../../engine/run/ort.ts';
import type { Codes } from '../codes.ts';
import { joinCodes, sparseCodes } from '../codes.ts';
import type { Dictionary, WeightName } from '../dictionary.ts';
import { weightAxes, weightNames } from '../dictionary.ts';
import { prepared } from '../prepared.ts';
import type { Rows } from '../rows.ts';
import { checkRows, countOf } from '../rows.ts';
import { threadsFor } from '../threads.ts';
import { decode } from '../variants/pieces.ts';
import { encoderGraph } from './encoderGraph.ts';
import { PursuitProgram } from './pursuitProgram.ts';

/** Values of dense codes that a run holds at once. */
const codesAtOnce = 2 ** 22;

/** Inputs `x` [B D] in the prepared form, outputs `codes` [B F] and `reconstruction` [B D]; weights as parameters. */
export function dictionaryGraph(dictionary: Pick<Dictionary, 'encoder' | 'features' | 'width' | 'input'>): Graph {
  const g = new GraphBuilder('dictionary', { D: dictionary.width, F: dictionary.features });
  const codes = encoderGraph(g, dictionary, g.input('x', 'B D'));
  g.output('codes', codes);
  g.output(
    'reconstruction',
    decode(g, codes, (name) => g.parameter(name, weightAxes[name as WeightName])),
  );
  return g.build();
}

export interface Encoded {
  readonly codes: Codes;
  /** x^ as rows of the model: scale and normalisation undone. */
  readonly reconstruction: Rows;
}

/** What gives codes and reconstructions of rows in the prepared form, some at a time. */
interface Program {
  readonly rowsAtOnce: number;
  run(data: Float32Array): Promise<Part> | Part;
  release(): Promise<void>;
}

interface Part {
  readonly codes: Codes;
  readonly reconstruction: Float32Array;
}

export class DictionaryProgram {
  readonly dictionary: Dictionary;
  readonly #program: Program;

  private constructor(dictionary: Dictionary, program: Program) {
    this.dictionary = dictionary;
    this.#program = program;
  }

  static async create(dictionary: Dictionary): Promise<DictionaryProgram> {
    const kind = PursuitProgram.takes(dictionary) ? PursuitProgram : GraphProgram;
    return new DictionaryProgram(dictionary, await kind.create(dictionary));
  }

  /** Rows of the model's values. Throws Fault for values that are not finite. */
  async encode(rows: Rows): Promise<Encoded> {
    checkRows(rows, 'dictionary');
    const { width } = this.dictionary;
    if (rows.width !== width) throw new RangeError(`dictionary: expected rows of ${width}, got ${rows.width}`);
    const { data, undo } = prepared(rows, this.dictionary.input);
    const { rowsAtOnce } = this.#program;
    const parts: Codes[] = [];
    const reconstruction = new Float32Array(data.length);
    for (let from = 0; from < countOf(rows); from += rowsAtOnce) {
      const part = await this.#program.run(data.subarray(from * width, (from + rowsAtOnce) * width));
      parts.push(part.codes);
      reconstruction.set(part.reconstruction, from * width);
    }
    return { codes: joinCodes(parts), reconstruction: { width, data: undo(reconstruction) } };
  }

  release(): Promise<void> {
    return this.#program.release();
  }
}

/** Any encoder, in ONNX Runtime. */
class GraphProgram implements Program {
  readonly rowsAtOnce: number;
  readonly #dictionary: Dictionary;
  readonly #session: Session;
  readonly #weights: Feeds;

  private constructor(dictionary: Dictionary, session: Session) {
    this.rowsAtOnce = rowsAtOnce(dictionary);
    this.#dictionary = dictionary;
    this.#session = session;
    this.#weights = Object.fromEntries(weightNames(dictionary.encoder).map((name) => [name, feed(dictionary, name)]));
  }

  static async create(dictionary: Dictionary): Promise<GraphProgram> {
    const lowered = lower(dictionaryGraph(dictionary), { storage: () => ({ kind: 'input' }) });
    const threads = threadsFor(rowsAtOnce(dictionary), dictionary);
    return new GraphProgram(dictionary, await Session.create(lowered, { memory: [], keepsArena: false, ...threads }));
  }

  async run(data: Float32Array): Promise<Part> {
    const x = { data, shape: [data.length / this.#dictionary.width, this.#dictionary.width] };
    const results = await this.#session.run({ ...this.#weights, x }, ['codes', 'reconstruction']);
    const read = (name: string) => results.get(name)?.data ?? new Float32Array();
    return { codes: sparseCodes(read('codes'), this.#dictionary.features), reconstruction: read('reconstruction') };
  }

  release(): Promise<void> {
    return this.#session.release();
  }
}

function rowsAtOnce({ features }: Pick<Dictionary, 'features'>): number {
  return Math.max(1, Math.floor(codesAtOnce / features));
}

function feed({ weights, width, features }: Dictionary, name: WeightName) {
  const data = weights.get(name);
  if (data === undefined) throw new RangeError(`dictionary: no weight ${name}`);
  const sizes: Readonly<Record<string, number>> = { D: width, F: features };
  return { data, shape: weightAxes[name].split(' ').map((axis) => sizes[axis] as number) };
}
