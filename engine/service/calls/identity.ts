/** What a result says about the model it was computed from. */
import type { ModelFiles, TokenizerSource } from '../../files/modelFiles.ts';
import { tokenizerDigest } from '../../files/tokenizerDigest.ts';
import type { ModelIdentity } from '../../results/records.ts';
import type { Model } from '../../run/index.ts';

export function identityOf({ files, architecture, weights }: Model): ModelIdentity {
  const { name, fingerprint, format } = files;
  const tokenizer = digestOf(files.tokenizer);
  return { name, fingerprint, architecture: architecture.id, format, dtype: storedTypes(files), weights, tokenizer };
}

/** A vocabulary is long: it is read once for each open model. */
const digests = new WeakMap<TokenizerSource, string | null>();

function digestOf(source: TokenizerSource): string | null {
  const known = digests.get(source);
  if (known !== undefined) return known;
  const digest = tokenizerDigest(source);
  digests.set(source, digest);
  return digest;
}

/** Storage types by number of values, most first: `Q4_1, F32`. */
function storedTypes(files: ModelFiles): string {
  const values = new Map<string, number>();
  for (const { type, shape } of files.tensors.values()) {
    values.set(type, (values.get(type) ?? 0) + shape.reduce((product, size) => product * size, 1));
  }
  return [...values]
    .sort((a, b) => b[1] - a[1])
    .map(([type]) => type)
    .join(', ');
}
