/** Messages as bytes: what goes in comes out, and what is no frame is a Fault. HEADSCOPE_LONG=1 runs ten times as many mutants. */
import { describe, expect, it } from 'vitest';
import { decodeFrame, encodeFrame } from '../../engine/results/frames.ts';
import { seededRandom } from '../../engine/tensor/random.ts';
import { Fault } from '../../engine/terms/fault.ts';

const through = (message: unknown): unknown => decodeFrame(encodeFrame(message));

const arrays = {
  weights: Float32Array.of(1.5, NaN, -0, Infinity, -Infinity, 1e-45),
  bytes: Uint8Array.of(0, 255, 7),
  shorts: Uint16Array.of(65_535),
  words: Uint32Array.of(0xffffffff, 1),
  signed: Int32Array.of(-1, 2 ** 31 - 1, -(2 ** 31)),
  none: new Float32Array(0),
};

function frame(header: unknown, payload: readonly number[] = []): Uint8Array {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const start = Math.ceil((8 + json.length) / 8) * 8;
  const bytes = new Uint8Array(start + payload.length);
  bytes.set([0x48, 0x53, 0x46, 1, json.length & 255, json.length >> 8]);
  bytes.set(json, 8);
  bytes.set(payload, start);
  return bytes;
}

describe('a frame', () => {
  it.each([
    ['text', 'L9H6 \ud83d\ude00 \u0000 \ud800'],
    ['numbers', [0, -1, 1.5, 1e308, 5e-324, Number.MAX_SAFE_INTEGER]],
    ['numbers that JSON lacks', [NaN, Infinity, -Infinity, -0]],
    ['nothing', undefined],
    ['null and booleans', { a: null, b: true, c: false, d: undefined }],
    ['lists in lists', [[], [[1], []], {}]],
    ['objects with a key $', { $: 1, a: { $: { $: ['Float32Array', 0, 1] } }, b: { $: 'NaN', other: 2 } }],
    ['typed arrays', arrays],
  ])('keeps %s', (_, message) => {
    expect(through(message)).toStrictEqual(message);
  });

  it('keeps typed arrays bit by bit, a NaN with a payload too', () => {
    const bits = Uint32Array.of(0x7fc12345, 0xffc00001, 0x80000000);
    const out = through({ data: new Float32Array(bits.buffer) }) as { data: Float32Array };
    expect([...new Uint32Array(out.data.buffer, out.data.byteOffset, 3)]).toEqual([...bits]);
  });

  it('carries a part of a buffer as that part, and a Buffer as bytes', () => {
    const large = Float32Array.from({ length: 1000 }, (_, at) => at);
    expect(encodeFrame(large.subarray(3, 5)).length).toBeLessThan(100);
    expect(through(large.subarray(3, 5))).toStrictEqual(Float32Array.of(3, 4));
    expect(through(Buffer.from('hi'))).toStrictEqual(Uint8Array.of(104, 105));
  });

  it('has every array at a multiple of 8, and gives views and no copies', () => {
    const bytes = encodeFrame([Uint8Array.of(1), Float32Array.of(2), Uint16Array.of(3)]);
    const out = decodeFrame(bytes) as [Uint8Array, Float32Array, Uint16Array];
    expect(out.map(({ byteOffset }) => byteOffset % 8)).toEqual([0, 0, 0]);
    expect(out.every(({ buffer }) => buffer === bytes.buffer)).toBe(true);
  });

  it('is read wherever it lies in its buffer', () => {
    const bytes = encodeFrame(arrays);
    for (let shift = 0; shift < 9; shift++) {
      const buffer = new Uint8Array(bytes.length + shift);
      buffer.set(bytes, shift);
      expect(decodeFrame(buffer.subarray(shift))).toStrictEqual(arrays);
    }
  });

  it('holds no tensor as text', () => {
    const bytes = encodeFrame({ data: new Float32Array(10_000).fill(1 / 3) });
    expect(bytes.length).toBeLessThan(40_100);
  });

  it('keeps a key __proto__ as a key', () => {
    const message = JSON.parse('{"__proto__": {"admin": true}}') as object;
    const out = through(message) as { admin?: boolean };
    expect([Object.keys(out), out.admin, Object.getPrototypeOf(out)]).toEqual([
      ['__proto__'],
      undefined,
      Object.prototype,
    ]);
  });

  it.each([
    ['a Map', new Map(), 'got Map'],
    ['a date', new Date(0), 'got Date'],
    ['a bigint', [1n], 'got bigint'],
    ['a function', { toJSON: () => 1 }, 'got function'],
    ['a buffer', new ArrayBuffer(8), 'got ArrayBuffer'],
    ['doubles', new Float64Array(1), 'got Float64Array'],
    ['an error', new Error('no'), 'got Error'],
  ])('refuses %s', (_, value, message) => {
    expect(() => encodeFrame({ value })).toThrow(TypeError);
    expect(() => encodeFrame({ value })).toThrow(message);
  });

  it('refuses an object that holds itself', () => {
    const loop: Record<string, unknown> = {};
    loop['loop'] = loop;
    expect(() => encodeFrame(loop)).toThrow('levels of nesting');
  });

  it('refuses what is larger than its limits, on both sides', () => {
    const limits = { header: 30, payload: 16 };
    expect(() => encodeFrame('x'.repeat(40), limits)).toThrow(
      'frame: header too large: expected at most 30 bytes, got 42',
    );
    expect(() => encodeFrame(new Float32Array(5), { ...limits, header: 99 })).toThrow('payload too large');
    expect(() => decodeFrame(encodeFrame('x'.repeat(40)), limits)).toThrow('header too large');
    expect(() => decodeFrame(encodeFrame(new Uint8Array(17)), { ...limits, header: 99 })).toThrow('payload too large');
  });
});

describe('bytes that are no frame', () => {
  const floats = (offset: unknown, length: unknown) => ({ $: ['Float32Array', offset, length] });
  const zeros = Array.from({ length: 8 }, () => 0);

  it.each([
    ['nothing', new Uint8Array(0), 'first bytes'],
    ['text', new TextEncoder().encode('{"kind": "call"}'), 'first bytes'],
    ['another version', Uint8Array.of(0x48, 0x53, 0x46, 2, 0, 0, 0, 0), 'first bytes'],
    ['a header that is cut off', frame({ a: 1 }).subarray(0, 10), 'broken header'],
    ['a header that is no JSON', frame('{"a": '), 'JSON in UTF-8'],
    ['a header of 4 GiB', Uint8Array.of(0x48, 0x53, 0x46, 1, 255, 255, 255, 255), 'header too large'],
    ['an array of an unknown type', frame({ $: ['Function', 0, 0] }), 'broken array'],
    ['an array of the prototype', frame({ $: ['constructor', 0, 0] }), 'broken array'],
    ['an array beyond the payload', frame(floats(0, 3), zeros), 'expected 0 to 2 elements, got 3'],
    ['an array of -1 elements', frame(floats(0, -1), zeros), 'got -1'],
    ['an array of half an element', frame(floats(0, 0.5), zeros), 'got 0.5'],
    ['an array that is not aligned', frame(floats(4, 1), zeros), 'expected offset 0, got 4'],
    ['arrays that overlap', frame([floats(0, 2), floats(0, 2)], zeros), 'expected offset 8, got 0'],
    ['a payload that nobody names', frame({}, zeros), 'broken payload'],
    ['a tag with company', frame({ $: 'NaN', a: 1 }), 'no key beside $'],
    ['an unknown tag', frame({ $: 'null' }), 'broken tag'],
    ['nesting without end', frame('['.repeat(5000) + ']'.repeat(5000)), 'levels of nesting'],
  ])('are a Fault: %s', (_, bytes, message) => {
    expect(() => decodeFrame(bytes)).toThrow(Fault);
    expect(() => decodeFrame(bytes)).toThrow(message);
  });

  it('made by damaging good ones end in a value or a Fault, never in anything else', () => {
    const random = seededRandom(20);
    const seeds = [arrays, { kind: 'event', id: 3, event: { $: 1, rows: [arrays, NaN] } }, [[['a']], 1e9, '$']].map(
      (message) => encodeFrame(message),
    );
    const counts = { value: 0, fault: 0 };
    for (let run = process.env['HEADSCOPE_LONG'] === '1' ? 100_000 : 10_000; run > 0; run--) {
      const seed = random.pick(seeds);
      const bytes = seed.slice(0, random.next() < 0.2 ? random.below(seed.length + 1) : seed.length);
      for (let times = random.below(5); times > 0; times--) {
        const at = random.below(Math.max(1, bytes.length));
        bytes[at] = random.next() < 0.5 ? random.below(256) : (bytes[at] ?? 0) ^ (1 << random.below(8));
      }
      try {
        decodeFrame(bytes);
        counts.value += 1;
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        counts.fault += 1;
      }
    }
    expect(Math.min(counts.value, counts.fault)).toBeGreaterThan(100);
  });
});
