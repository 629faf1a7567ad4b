/** What the numbers of a run over sets are, and what the unedited model has. */
import type { ReactElement, ReactNode } from 'react';
import type { SetTable } from '../../api/runTables.ts';
import { aboutEffect, cleanWords } from './sweepsWords.ts';

interface SweepsSetsAboutProps {
  readonly table: SetTable;
  readonly children?: ReactNode;
}

export function SweepsSetsAbout({ table: { header, baseline }, children }: SweepsSetsAboutProps): ReactElement {
  return (
    <div className="sweeps-about">
      <span>{aboutEffect(header)}</span>
      <span>{cleanWords(baseline)}</span>
      {children !== null && children !== undefined && <span>{children}</span>}
    </div>
  );
}
