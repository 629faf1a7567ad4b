/** As much of protobuf's wire format as a SentencePiece model needs: fields in order, lengths checked, groups refused. */

import { Fault } from '../../terms/fault.ts';

export interface ProtobufField {
  readonly number: number;
  /** A varint's or fixed value's bits (exact up to 2^53), 0 for bytes. */
  readonly value: number;
  readonly bytes: Uint8Array;
}

const nothing = new Uint8Array();

/** Fields of one message. `where` names the file in a Fault. */
export function* protobufFields(message: Uint8Array, where: string): Generator<ProtobufField> {
  const reader = new Reader(message, where);
  while (!reader.atEnd) {
    const key = reader.varint();
    const number = Math.floor(key / 8);
    if (number === 0) reader.fail('field number 0');
    yield { number, ...reader.field(key % 8) };
  }
}

/** A fixed 32-bit field as the float it holds. */
export function floatOf(field: ProtobufField): number {
  return new Float32Array(Uint32Array.of(field.value).buffer)[0] ?? 0;
}

class Reader {
  readonly #bytes: Uint8Array;
  readonly #where: string;
  #at = 0;

  constructor(bytes: Uint8Array, where: string) {
    this.#bytes = bytes;
    this.#where = where;
  }

  get atEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  fail(got: string): never {
    throw new Fault({ what: 'damaged protobuf message', where: `${this.#where}, byte ${this.#at}`, got });
  }

  varint(): number {
    let value = 0;
    let factor = 1;
    for (let count = 0; count < 10; count++) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) this.fail('its end inside a number');
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
      factor *= 128;
    }
    return this.fail('a number of more than 10 bytes');
  }

  field(wireType: number): { readonly value: number; readonly bytes: Uint8Array } {
    if (wireType === 0) return { value: this.varint(), bytes: nothing };
    if (wireType === 1) return { value: 0, bytes: this.#take(8) };
    if (wireType === 2) return { value: 0, bytes: this.#take(this.varint()) };
    if (wireType !== 5) return this.fail(`wire type ${wireType}`);
    const bytes = this.#take(4);
    return { value: new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true), bytes };
  }

  #take(length: number): Uint8Array {
    if (length > this.#bytes.length - this.#at) this.fail(`a length of ${length}, past its end`);
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }
}
