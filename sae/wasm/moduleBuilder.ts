import type { Bytes } from './bytes.ts';
import { sized, text, unsigned, vector } from './bytes.ts';
import type { Expression, Kind, Statement } from './expression.ts';
import { statement } from './expression.ts';
import type { Locals } from './functionBuilder.ts';
import { FunctionBuilder, kindCode, localAt } from './functionBuilder.ts';
import type { F32, I32 } from './instructions.ts';
import { f32, i32 } from './instructions.ts';

/** Arguments: numbers stand for constants. */
export type Arguments<Kinds extends readonly Kind[]> = {
  readonly [I in keyof Kinds]: Kinds[I] extends 'i32' ? I32 : Kinds[I] extends 'f32' ? F32 : Expression<Kinds[I]>;
};

/** A function of the module; calling it gives the statement that calls it. */
export type Callable<Kinds extends readonly Kind[]> = (...values: Arguments<Kinds>) => Statement;

/** Bytes in a page of memory. */
export const PAGE = 65536;

interface Definition {
  readonly name: string;
  readonly parameters: readonly Kind[];
  readonly body: Bytes;
}

/** A module of functions without results over one memory, which it imports as `env.memory`. All are exported. */
export class ModuleBuilder {
  readonly #pages: number;
  readonly #limits: 1 | 3;
  readonly #functions: Definition[] = [];

  /** `pages`: size of the memory, which never grows; `shared` among threads. */
  constructor(pages: number, { shared }: { readonly shared: boolean }) {
    this.#pages = pages;
    this.#limits = shared ? 3 : 1;
  }

  define<const Kinds extends readonly Kind[]>(
    name: string,
    parameters: Kinds,
    write: (f: FunctionBuilder, ...locals: Locals<Kinds>) => void,
  ): Callable<Kinds> {
    const f = new FunctionBuilder(parameters.length);
    write(f, ...(parameters.map((kind, i) => localAt(i, kind)) as unknown as Locals<Kinds>));
    const index = this.#functions.length;
    this.#functions.push({ name, parameters, body: f.body() });
    return (...values) =>
      statement(...values.map((value, i) => argument(value, parameters[i])), [0x10], unsigned(index));
  }

  /** The module in the binary format. */
  bytes(): Uint8Array<ArrayBuffer> {
    const types = this.#functions.map(({ parameters }) => functionType(parameters));
    // 1: with a largest size; 3: shared too.
    const memory = [
      ...text('env'),
      ...text('memory'),
      2,
      this.#limits,
      ...unsigned(this.#pages),
      ...unsigned(this.#pages),
    ];
    const exported = this.#functions.map(({ name }, i) => [...text(name), 0, ...unsigned(i)]);
    return Uint8Array.from([
      ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
      ...section(1, types),
      ...section(2, [memory]),
      ...section(
        3,
        this.#functions.map((_, i) => unsigned(i)),
      ),
      ...section(7, exported),
      ...section(
        10,
        this.#functions.map(({ body }) => body),
      ),
    ]);
  }
}

function section(id: number, items: readonly Bytes[]): Bytes {
  return [id, ...sized(vector(items))];
}

function functionType(parameters: readonly Kind[]): Bytes {
  return [0x60, ...vector(parameters.map((kind) => [kindCode[kind]])), 0];
}

function argument(value: Expression<Kind> | number, kind: Kind | undefined): Bytes {
  if (typeof value !== 'number') return value.code;
  return (kind === 'f32' ? f32 : i32).constant(value).code;
}
