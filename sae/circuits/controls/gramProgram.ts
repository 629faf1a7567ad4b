/** X X^T of rows, on ONNX Runtime. */
import { GraphBuilder } from '../../../engine/graph/builder.ts';
import { lower } from '../../../engine/graph/lower.ts';
import { Session } from '../../../engine/run/ort.ts';
import type { Rows } from '../../rows.ts';
import { countOf } from '../../rows.ts';

export class GramProgram {
  readonly #session: Session;

  private constructor(session: Session) {
    this.#session = session;
  }

  static async create(width: number): Promise<GramProgram> {
    const g = new GraphBuilder('gram', { D: width });
    const x = g.input('x', 'B D');
    g.output('gram', g.contract(x, g.rename(x, 'B', 'K'), 'B K'));
    const program = lower(g.build(), { storage: () => ({ kind: 'input' }) });
    return new GramProgram(await Session.create(program, { memory: [], keepsArena: false }));
  }

  /** [B B] */
  async gram(rows: Rows): Promise<Float32Array> {
    const x = { data: rows.data, shape: [countOf(rows), rows.width] };
    const found = (await this.#session.run({ x }, ['gram'])).get('gram');
    if (found === undefined) throw new RangeError('gram: no output');
    return found.data;
  }

  release(): Promise<void> {
    return this.#session.release();
  }
}
