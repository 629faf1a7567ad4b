/** What a result says about the model it was computed from. */
import type { ModelFiles } from '../../files/modelFiles.ts';
import type { ModelIdentity } from '../../results/records.ts';
import type { Model } from '../../run/index.ts';

export function identityOf({ files, architecture, weights }: Model): ModelIdentity {
  const { name, fingerprint, format } = files;
  return { name, fingerprint, architecture: architecture.id, format, dtype: storedTypes(files), weights };
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
