/** Under the sources: where the chosen one looks, and what could not be read. */
import type { ReactElement } from 'react';
import type { ModelSourceInfo } from '../../../engine/results/library.ts';
import { sourceKey } from './modelRows.ts';

interface SourceNotesProps {
  readonly sources: readonly ModelSourceInfo[];
  readonly chosen: string | null;
}

export function SourceNotes({ sources, chosen }: SourceNotesProps): ReactElement | null {
  const told = sources.filter((one) => (chosen === null ? one.problem !== null : sourceKey(one) === chosen));
  if (told.length === 0) return null;
  return (
    <ul className="models-notes" aria-label="About the sources">
      {told.map((one) => (
        <li key={`${one.id} ${one.path}`}>
          {one.path !== null && <code>{one.path}</code>}
          {one.problem !== null && <span className="models-warn">{one.problem}</span>}
          {one.problem === null && one.models.length === 0 && <span>nothing is there</span>}
        </li>
      ))}
    </ul>
  );
}
