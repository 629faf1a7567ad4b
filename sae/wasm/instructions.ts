/**
 * The instructions that the kernels use, under the names of the specification, each a typed function from operands to code.
 * Opcodes: core specification 2.0, section 5.4; atomic ones: the threads proposal. No instruction here has a result that
 * depends on the machine, except for the bits of NaNs, so that the same kernel gives the same numbers everywhere.
 */
import type { Bytes } from './bytes.ts';
import { float32, signed, unsigned } from './bytes.ts';
import type { Expression } from './expression.ts';
import { expression, statement } from './expression.ts';

/** Operands: what they are on the stack, or a number that is meant as a constant. */
export type I32 = Expression<'i32'> | number;
export type F32 = Expression<'f32'> | number;
export type V128 = Expression<'v128'>;

const integer = (value: I32): Bytes => (typeof value === 'number' ? [0x41, ...signed(value)] : value.code);
const float = (value: F32): Bytes => (typeof value === 'number' ? [0x43, ...float32(value)] : value.code);

/** Alignment as a power of two, then the offset that is added to the address. */
const at = (alignment: number, offset: number): Bytes => [...unsigned(alignment), ...unsigned(offset)];

const vectorial = (opcode: number): Bytes => [0xfd, ...unsigned(opcode)];
const atomic = (opcode: number): Bytes => [0xfe, ...unsigned(opcode)];

const integers = (opcode: number) => (a: I32, b: I32) => expression('i32', integer(a), integer(b), [opcode]);
const floats = (opcode: number) => (a: F32, b: F32) => expression('f32', float(a), float(b), [opcode]);
const compared = (opcode: number) => (a: F32, b: F32) => expression('i32', float(a), float(b), [opcode]);
const vectors = (opcode: number) => (a: V128, b: V128) => expression('v128', a.code, b.code, vectorial(opcode));
const mapped = (opcode: number) => (a: V128) => expression('v128', a.code, vectorial(opcode));

export const i32 = {
  constant: (value: number) => expression('i32', integer(value)),
  load: (address: I32, offset = 0) => expression('i32', integer(address), [0x28], at(2, offset)),
  store: (address: I32, value: I32, offset = 0) => statement(integer(address), integer(value), [0x36], at(2, offset)),
  add: integers(0x6a),
  sub: integers(0x6b),
  mul: integers(0x6c),
  and: integers(0x71),
  or: integers(0x72),
  shl: integers(0x74),
  /** Unsigned: zeros come in from above. */
  shr: integers(0x76),
  eq: integers(0x46),
  ne: integers(0x47),
  lt: integers(0x49),
  ge: integers(0x4f),
  not: (value: I32) => expression('i32', integer(value), [0x45]),
  /** Number of zero bits below the lowest one; 32 for 0. */
  trailingZeros: (value: I32) => expression('i32', integer(value), [0x68]),
  /** The smaller of two unsigned values. */
  min: (a: I32, b: I32) => expression('i32', integer(a), integer(b), integers(0x49)(a, b).code, [0x1b]),
} as const;

export const f32 = {
  constant: (value: number) => expression('f32', float(value)),
  load: (address: I32, offset = 0) => expression('f32', integer(address), [0x2a], at(2, offset)),
  store: (address: I32, value: F32, offset = 0) => statement(integer(address), float(value), [0x38], at(2, offset)),
  add: floats(0x92),
  sub: floats(0x93),
  mul: floats(0x94),
  div: floats(0x95),
  min: floats(0x96),
  max: floats(0x97),
  abs: (value: F32) => expression('f32', float(value), [0x8b]),
  negate: (value: F32) => expression('f32', float(value), [0x8c]),
  sqrt: (value: F32) => expression('f32', float(value), [0x91]),
  lt: compared(0x5d),
  gt: compared(0x5e),
  /** The first where the condition is not 0, else the second; both are computed. */
  select: (condition: I32, a: F32, b: F32) => expression('f32', float(a), float(b), integer(condition), [0x1b]),
} as const;

export const v128 = {
  load: (address: I32, offset = 0) => expression('v128', integer(address), vectorial(0x00), at(4, offset)),
  store: (address: I32, value: V128, offset = 0) =>
    statement(integer(address), value.code, vectorial(0x0b), at(4, offset)),
  /** Four times the float32 at the address. */
  loadSplat: (address: I32, offset = 0) => expression('v128', integer(address), vectorial(0x09), at(2, offset)),
  /** Bits of `a` where `mask` has ones, of `b` elsewhere. */
  select: (mask: V128, a: V128, b: V128) => expression('v128', a.code, b.code, mask.code, vectorial(0x52)),
  zero: () => expression('v128', vectorial(0x0c), Array<number>(16).fill(0)),
} as const;

export const f32x4 = {
  splat: (value: F32) => expression('v128', float(value), vectorial(0x13)),
  lane: (value: V128, lane: number) => expression('f32', value.code, vectorial(0x1f), [lane]),
  add: vectors(0xe4),
  sub: vectors(0xe5),
  mul: vectors(0xe6),
  div: vectors(0xe7),
  sqrt: mapped(0xe3),
  eq: vectors(0x41),
  gt: vectors(0x44),
  /** b where a < b, else a: a NaN of `b` never gets through. */
  pmax: vectors(0xeb),
} as const;

export const i32x4 = {
  splat: (value: I32) => expression('v128', integer(value), vectorial(0x11)),
  lane: (value: V128, lane: number) => expression('i32', value.code, vectorial(0x1b), [lane]),
  minUnsigned: vectors(0xb7),
  /** The sign bits of the four lanes, lane 0 lowest. */
  bitmask: (value: V128) => expression('i32', value.code, vectorial(0xa4)),
  /** Lanes of `a` (0 to 3) and `b` (4 to 7), chosen four times. */
  shuffle: (a: V128, b: V128, lanes: readonly [number, number, number, number]) =>
    expression('v128', a.code, b.code, vectorial(0x0d), lanes.flatMap(bytesOfLane)),
} as const;

function bytesOfLane(lane: number): Bytes {
  return [0, 1, 2, 3].map((byte) => 4 * lane + byte);
}

export const atomics = {
  load: (address: I32, offset = 0) => expression('i32', integer(address), atomic(0x10), at(2, offset)),
  store: (address: I32, value: I32, offset = 0) =>
    statement(integer(address), integer(value), atomic(0x17), at(2, offset)),
  /** Adds, and gives what was there before. */
  fetchAdd: (address: I32, value: I32, offset = 0) =>
    expression('i32', integer(address), integer(value), atomic(0x1e), at(2, offset)),
  /** Sleeps while the word at the address is `expected`, until it is notified; no time limit. */
  wait: (address: I32, expected: I32, offset = 0) =>
    statement(integer(address), integer(expected), [0x42, 0x7f], atomic(0x01), at(2, offset), [0x1a]),
  /** Wakes all who sleep at the address. */
  notify: (address: I32, offset = 0) => statement(integer(address), integer(-1), atomic(0x00), at(2, offset), [0x1a]),
} as const;
