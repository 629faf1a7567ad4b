/** Says of a file that no reader knows what it looks like, and what would be read. Imports terms only. */
import { Fault } from '../terms/fault.ts';
import { isObject } from './isObject.ts';
import { isByLayer } from './layerLists.ts';
import type { ScoresSource } from './scoresSource.ts';

/** `known`: titles of the forms that are read. */
export function unknownForm(source: ScoresSource, known: readonly string[]): Fault {
  const { where } = source;
  const value = source.peek();
  if (isByLayer(value)) return new Fault({ ...opposite, where });
  if (isObject(value) && Object.keys(value).length === 0) return new Fault({ ...empty, where });
  const expected = `one of ${known.join('; ')}`;
  return new Fault({ what: 'not a file about heads that is known', where, expected, got: lookOf(source, value) });
}

const opposite = {
  what: 'a form with two opposite meanings',
  expected: 'to be told which: hf-heads or razor',
  got: 'a map of layers to lists, the form of Hugging Face (heads removed) and of RazorAttention (KV heads kept)',
};

const empty = {
  what: 'no scores',
  expected: '{"layer-head": [scores]}',
  got: 'an empty object, which Retrieval_Head writes where no run passed its gate',
};

function lookOf({ files, only }: ScoresSource, value: unknown): string {
  if (only === null) return `a folder with ${listed(files.map(({ name }) => name))}`;
  if (Array.isArray(value)) return `a JSON list of ${value.length}, the first ${typeWords(value[0])}`;
  if (isObject(value)) return `a JSON object with ${listed(Object.keys(value))}`;
  if (value !== undefined) return `JSON, ${typeWords(value)}`;
  if (only.data.length === 0) return 'an empty file';
  const text = new TextDecoder('latin1').decode(only.data);
  // Python writes them.
  const number = /[[:,]\s*(NaN|-?Infinity)\b/.exec(text)?.[1];
  if (/^\s*[[{]/.test(text) && number !== undefined) return `${number}, a number that JSON does not have`;
  return `no JSON, beginning with ${JSON.stringify(text.slice(0, 24))}`;
}

function listed(names: readonly string[]): string {
  return names.slice(0, 6).join(', ').slice(0, 200);
}

function typeWords(value: unknown): string {
  if (value === null) return 'null';
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  return isObject(value) ? 'an object' : `a ${typeof value}`;
}
