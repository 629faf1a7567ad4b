import type { RequestOf } from '../../../engine/results/contract.ts';

interface PullFields {
  readonly repository: string;
  /** Names, separated by spaces or commas. */
  readonly files: string;
  readonly revision: string;
}

/** An address that was pasted is as good as the name in it. */
export function pullRequestOf({ repository, files, revision }: PullFields): RequestOf<'pull'> {
  const names = files.split(/[\s,]+/).filter(Boolean);
  const name = repository
    .trim()
    .replace(/^https?:\/\/[^/]+\//, '')
    .replace(/\/(tree\/.*)?$/, '');
  return {
    repository: name,
    ...(names.length === 0 ? {} : { files: names }),
    ...(revision.trim() === '' ? {} : { revision: revision.trim() }),
  };
}
