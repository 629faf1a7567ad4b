/** The arg-max code of rows, on ONNX Runtime: codes [B F] never leave it. */
import { GraphBuilder } from '../../engine/graph/builder.ts';
import { lower } from '../../engine/graph/lower.ts';
import type { Feeds } from '../../engine/run/ort.ts';
import { Session } from '../../engine/run/ort.ts';
import type { Dictionary } from '../dictionary.ts';
import { weightAxes, weightNames, weightOf } from '../dictionary.ts';
import { encoderGraph } from '../inference/encoderGraph.ts';
import type { Rows } from '../rows.ts';
import { checkRows, countOf } from '../rows.ts';
import { threadsFor } from '../threads.ts';

export class CodeProgram {
  readonly #session: Session;
  readonly #weights: Feeds;
  readonly #inactive: number;

  private constructor(session: Session, weights: Feeds, inactive: number) {
    this.#session = session;
    this.#weights = weights;
    this.#inactive = inactive;
  }

  /** `hasInactive`: a row on which no feature is active gets the code F, not that of feature 0. */
  static async create(dictionary: Dictionary, hasInactive: boolean): Promise<CodeProgram> {
    const { width, features } = dictionary;
    const g = new GraphBuilder('discrete codes', { D: width, F: features });
    const f = encoderGraph(g, dictionary, g.input('x', 'B D'));
    g.output('code', g.toFloat(g.argMax(f, 'F')));
    g.output('largest', g.max(f, 'F'));
    const options = { memory: [], keepsArena: false, ...threadsFor(4096, dictionary) };
    const session = await Session.create(lower(g.build(), { storage: () => ({ kind: 'input' }) }), options);
    return new CodeProgram(session, weightFeeds(dictionary), hasInactive ? features : 0);
  }

  /** [B] the feature of the largest code, of equal ones the first. Throws Fault for values that are not finite. */
  async codes(rows: Rows): Promise<Int32Array> {
    checkRows(rows, 'head writes');
    const x = { data: rows.data, shape: [countOf(rows), rows.width] };
    const results = await this.#session.run({ ...this.#weights, x }, ['code', 'largest']);
    const [code, largest] = [results.get('code')?.data, results.get('largest')?.data];
    return Int32Array.from({ length: countOf(rows) }, (_, row) =>
      (largest?.[row] as number) > 0 ? (code?.[row] as number) : this.#inactive,
    );
  }

  release(): Promise<void> {
    return this.#session.release();
  }
}

function weightFeeds(dictionary: Dictionary): Feeds {
  const sizes: Readonly<Record<string, number>> = { D: dictionary.width, F: dictionary.features };
  return Object.fromEntries(
    weightNames(dictionary.encoder).map((name) => {
      const shape = weightAxes[name].split(' ').map((axis) => sizes[axis] as number);
      return [name, { data: weightOf(dictionary, name), shape }];
    }),
  );
}
