/** Keeps only heads with a pattern tag bright in the matrix, and in the ranked table. */
import type { ReactElement } from 'react';
import { useMemo } from 'react';
import { Select } from '../../parts/select.tsx';
import { useChangeSettings, useHeadsSettings } from './headsSettings.ts';
import { tagCounts } from './headTags.ts';
import { useTagTable } from './useTagTable.ts';

const ANY = '(any)';

export function TagSelect(): ReactElement | null {
  const table = useTagTable();
  const chosen = useHeadsSettings((settings) => settings.tag);
  const change = useChangeSettings();
  const options = useMemo(
    () => [
      { value: ANY, title: 'any tag' },
      ...(table === null ? [] : tagCounts(table)).map(([tag, heads]) => ({
        value: tag,
        title: tag,
        detail: `${heads} ${heads === 1 ? 'head' : 'heads'}`,
      })),
    ],
    [table],
  );
  if (options.length === 1) return null;
  return (
    <Select
      label="Heads with a pattern tag"
      value={options.some(({ value }) => value === chosen) ? chosen : ANY}
      options={options}
      onChange={(tag) => change({ tag: tag === ANY ? null : tag })}
    />
  );
}
