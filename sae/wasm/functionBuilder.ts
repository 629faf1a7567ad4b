import type { Bytes } from './bytes.ts';
import { signed, sized, unsigned, vector } from './bytes.ts';
import type { Expression, Kind, Statement } from './expression.ts';
import { expression } from './expression.ts';
import type { F32, I32, V128 } from './instructions.ts';
import { f32, i32 } from './instructions.ts';

/** A variable of a function; as an expression it is its value. */
export interface Local<K extends Kind> extends Expression<K> {
  readonly index: number;
}

export type Locals<Kinds extends readonly Kind[]> = { readonly [I in keyof Kinds]: Local<Kinds[I]> };

/** Goes to the end of what it was given for; only if the condition holds, where there is one. */
export type Leave = (condition?: I32) => void;

export const kindCode: Readonly<Record<Kind, number>> = { i32: 0x7f, f32: 0x7d, v128: 0x7b };

/**
 * Writes one function, statement after statement. Loops of TypeScript around it write code several times over, which is how
 * kernels are unrolled.
 */
export class FunctionBuilder {
  readonly #parameters: number;
  readonly #locals: Kind[] = [];
  readonly #code: number[] = [];
  /** Blocks that are open. */
  #depth = 0;

  constructor(parameters: number) {
    this.#parameters = parameters;
  }

  i32(value?: I32): Local<'i32'> {
    const local = this.#local('i32');
    if (value !== undefined) this.set(local, typeof value === 'number' ? i32.constant(value) : value);
    return local;
  }

  f32(value?: F32): Local<'f32'> {
    const local = this.#local('f32');
    if (value !== undefined) this.set(local, typeof value === 'number' ? f32.constant(value) : value);
    return local;
  }

  v128(value?: V128): Local<'v128'> {
    const local = this.#local('v128');
    if (value !== undefined) this.set(local, value);
    return local;
  }

  set<K extends Kind>({ index }: Local<K>, value: Expression<K>): void {
    this.#emit(value.code, [0x21, ...unsigned(index)]);
  }

  /** A value that is computed once and then used under its name. */
  keep<K extends Kind>(value: Expression<K>): Local<K> {
    const local = this.#local(value.kind);
    this.set(local, value);
    return local;
  }

  do(...statements: readonly Statement[]): void {
    for (const { code } of statements) this.#emit(code);
  }

  /** Leaves the function's result on the stack: the last thing in a function that has one. */
  give(value: Expression<Kind>): void {
    this.#emit(value.code);
  }

  when(condition: I32, then: () => void, otherwise?: () => void): void {
    this.#emit(codeOf(condition));
    this.#block(0x04, () => {
      then();
      if (otherwise === undefined) return;
      this.#emit([0x05]);
      otherwise();
    });
  }

  /** Runs the body once; `leave` skips the rest of it. */
  block(body: (leave: Leave) => void): void {
    this.#block(0x02, () => body(this.#exit()));
  }

  /** Runs the body again and again until `leave`. */
  repeat(body: (leave: Leave) => void): void {
    this.block((leave) => {
      this.#block(0x03, () => {
        const again = this.#exit();
        body(leave);
        again();
      });
    });
  }

  /** Runs the body for i = from, from + step, ... below `to` (unsigned). */
  range(from: I32, to: I32, step: I32, body: (i: Local<'i32'>) => void): void {
    const i = this.i32(from);
    this.repeat((leave) => {
      leave(i32.ge(i, to));
      body(i);
      this.set(i, i32.add(i, step));
    });
  }

  /** The function's entry in the module's code section. */
  body(): Bytes {
    const locals = this.#locals.map((kind) => [1, kindCode[kind]]);
    return sized([...vector(locals), ...this.#code, 0x0b]);
  }

  #local<K extends Kind>(kind: K): Local<K> {
    const index = this.#parameters + this.#locals.length;
    this.#locals.push(kind);
    return localAt(index, kind);
  }

  #block(opcode: number, body: () => void): void {
    this.#emit([opcode, 0x40]);
    this.#depth++;
    body();
    this.#depth--;
    this.#emit([0x0b]);
  }

  /** A branch to the label of the innermost open block, whatever is opened inside it. */
  #exit(): Leave {
    const target = this.#depth;
    return (condition) => {
      const label = unsigned(this.#depth - target);
      if (condition === undefined) this.#emit([0x0c, ...label]);
      else this.#emit(codeOf(condition), [0x0d, ...label]);
    };
  }

  #emit(...codes: readonly Bytes[]): void {
    for (const code of codes) for (const byte of code) this.#code.push(byte);
  }
}

export function localAt<K extends Kind>(index: number, kind: K): Local<K> {
  return { ...expression(kind, [0x20, ...unsigned(index)]), index };
}

function codeOf(condition: I32): Bytes {
  return typeof condition === 'number' ? [0x41, ...signed(condition)] : condition.code;
}
