/** Text as windows of tokens, with the document that each token came from: what importance is measured on. */
import { Fault } from '../../terms/fault.ts';

export interface CalibrationDocument {
  readonly name: string;
  /** Without the tokens that the model's own encoding puts around a text. */
  readonly ids: readonly number[];
}

export interface CalibrationText {
  readonly name: string;
  readonly documents: readonly CalibrationDocument[];
  /** Of one length. */
  readonly windows: readonly (readonly number[])[];
  /** Per window and position, the index of the token's document; -1 at BOS. */
  readonly documentOf: readonly (readonly number[])[];
  /** In all windows. */
  readonly tokens: number;
}

export interface WindowsWanted {
  readonly name: string;
  /** Most windows. */
  readonly n: number;
  /** Tokens of each, BOS included. */
  readonly length: number;
  /** Put first in every window; null where the model's own encoding puts none. */
  readonly bosId: number | null;
}

/**
 * Documents one after the other, nothing between them, cut into windows of equal length; what is left of the last window is
 * dropped. Throws Fault for text that is shorter than one window.
 */
export function calibrationText(documents: readonly CalibrationDocument[], wanted: WindowsWanted): CalibrationText {
  const { name, n, length, bosId } = wanted;
  const first = bosId === null ? [] : [bosId];
  const size = length - first.length;
  const tokens = documents.flatMap(({ ids }, document) => ids.map((id) => ({ id, document })));
  const found = Math.min(n, Math.floor(tokens.length / size));
  if (size < 1 || found < 1) {
    const expected = `${Math.max(1, size)} tokens or more`;
    throw new Fault({ what: 'text shorter than a window', where: name, expected, got: `${tokens.length}` });
  }
  const cut = Array.from({ length: found }, (_, i) => tokens.slice(i * size, (i + 1) * size));
  return {
    ...{ name, documents, tokens: found * length },
    windows: cut.map((part) => [...first, ...part.map(({ id }) => id)]),
    documentOf: cut.map((part) => [...first.map(() => -1), ...part.map(({ document }) => document)]),
  };
}
