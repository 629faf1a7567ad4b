/** A SentencePiece model file (tokenizer.model): pieces, how text is normalised, and which algorithm looks for pieces. */

import { Fault } from '../../terms/fault.ts';
import { floatOf, protobufFields, type ProtobufField } from './protobuf.ts';

export type PieceType = 'normal' | 'unknown' | 'control' | 'userDefined' | 'unused' | 'byte';

export interface SentencePiece {
  readonly text: string;
  readonly score: number;
  readonly type: PieceType;
}

export interface SentencePieceModel {
  readonly pieces: readonly SentencePiece[];
  readonly algorithm: 'unigram' | 'bpe';
  readonly byteFallback: boolean;
  readonly unknownId: number;
  /** Null where the model has none. */
  readonly bosId: number | null;
  readonly eosId: number | null;
  /** Empty: every character stands for itself. */
  readonly charsMap: Uint8Array;
  readonly addDummyPrefix: boolean;
  readonly removeExtraWhitespaces: boolean;
}

const where = 'tokenizer.model';
const types: readonly (PieceType | undefined)[] = [
  undefined,
  'normal',
  'unknown',
  'control',
  'userDefined',
  'unused',
  'byte',
];

/** Fault where the bytes are no SentencePiece model, or one of a kind that is not supported. */
export function parseSentencePieceModel(bytes: Uint8Array): SentencePieceModel {
  const pieces: SentencePiece[] = [];
  const specs = new Map<number, Uint8Array>();
  for (const field of protobufFields(bytes, where)) {
    if (field.number === 1) pieces.push(parsePiece(field.bytes, pieces.length));
    else specs.set(field.number, field.bytes);
  }
  if (pieces.length === 0) throw new Fault({ what: 'no pieces', where, expected: 'a SentencePiece model' });
  return { pieces, ...trainerSpec(specs.get(2), pieces.length), ...normalizerSpec(specs.get(3)) };
}

function parsePiece(bytes: Uint8Array, id: number): SentencePiece {
  const fields = byNumber(bytes);
  const score = fields.get(2);
  const type = types[fields.get(3)?.value ?? 1];
  const text = Buffer.from(fields.get(1)?.bytes ?? []).toString('utf8');
  const value = score === undefined ? 0 : floatOf(score);
  if (type === undefined || !Number.isFinite(value))
    throw new Fault({ what: 'a piece of no known type or score', where: `${where}, piece ${id}` });
  if (type === 'byte' && !/^<0x[0-9A-Fa-f]{2}>$/.test(text))
    throw new Fault({
      what: 'a byte piece that names no byte',
      where: `${where}, piece ${id}`,
      got: text.slice(0, 80),
    });
  return { text, score: value, type };
}

function byNumber(bytes: Uint8Array | undefined): ReadonlyMap<number, ProtobufField> {
  const fields = new Map<number, ProtobufField>();
  for (const field of protobufFields(bytes ?? new Uint8Array(), where)) fields.set(field.number, field);
  return fields;
}

type TrainerPart = Pick<SentencePieceModel, 'algorithm' | 'byteFallback' | 'unknownId' | 'bosId' | 'eosId'>;

function trainerSpec(bytes: Uint8Array | undefined, count: number): TrainerPart {
  const fields = byNumber(bytes);
  const algorithm = [undefined, 'unigram', 'bpe'][fields.get(3)?.value ?? 1];
  if (algorithm !== 'unigram' && algorithm !== 'bpe')
    throw new Fault({
      what: 'this kind of SentencePiece model is not supported',
      where: `${where}, model_type`,
      expected: 'unigram or BPE',
      got: String(fields.get(3)?.value),
    });
  if (fields.get(24)?.value === 1)
    throw new Fault({
      what: 'pieces that end in the space are not supported',
      where: `${where}, treat_whitespace_as_suffix`,
    });
  // Negative ids are ten-byte varints: far above any count.
  const id = (number: number, usual: number): number | null => {
    const value = fields.get(number)?.value ?? usual;
    return value < count ? value : null;
  };
  const unknownId = id(40, 0);
  if (unknownId === null) throw new Fault({ what: 'no unknown piece', where: `${where}, unk_id` });
  return { algorithm, byteFallback: fields.get(35)?.value === 1, unknownId, bosId: id(41, 1), eosId: id(42, 2) };
}

function normalizerSpec(
  bytes: Uint8Array | undefined,
): Pick<SentencePieceModel, 'charsMap' | 'addDummyPrefix' | 'removeExtraWhitespaces'> {
  const fields = byNumber(bytes);
  if (fields.get(5)?.value === 0)
    throw new Fault({
      what: 'spaces that are not written as U+2581 are not supported',
      where: `${where}, escape_whitespaces`,
    });
  return {
    charsMap: fields.get(2)?.bytes ?? new Uint8Array(),
    addDummyPrefix: fields.get(3)?.value !== 0,
    removeExtraWhitespaces: fields.get(4)?.value !== 0,
  };
}
