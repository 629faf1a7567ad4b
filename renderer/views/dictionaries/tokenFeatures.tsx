/** Each token with its strongest features and what they leave unexplained. */
import type { ReactElement } from 'react';
import { useMemo } from 'react';
import { formatNumber } from '../../marks/format.ts';
import { tokenLabel } from '../../marks/tokens/displayToken.ts';
import type { TableColumn } from '../../parts/table.tsx';
import { Table } from '../../parts/table.tsx';
import type { PromptCodes } from './promptCodes.ts';
import { codesAt, featureName } from './promptCodes.ts';

/** Features of a token that are listed. */
const LISTED = 6;

interface TokenFeaturesProps {
  readonly codes: PromptCodes;
  readonly labels: ReadonlyMap<number, string>;
  /** The feature that colours the text. */
  readonly heat: number | null;
  readonly onHeat: (feature: number) => void;
}

export function TokenFeatures({ codes, labels, heat, onHeat }: TokenFeaturesProps): ReactElement {
  const positions = useMemo(() => Array.from(codes.tokens.keys()), [codes]);
  const columns: readonly TableColumn<number>[] = [
    { id: 'position', title: '#', width: '40px', align: 'right', cell: String, sortBy: Number },
    {
      ...{ id: 'token', title: 'Token', width: 'minmax(72px, 120px)', isCode: true },
      cell: (position) => tokenLabel({ text: codes.tokens[position] ?? '' }),
    },
    {
      ...{ id: 'features', title: 'Strongest features', width: 'minmax(240px, 1fr)' },
      cell: (position) => <Chips {...{ codes, labels, heat, onHeat, position }} />,
    },
    {
      ...{ id: 'active', title: 'L0', width: '48px', align: 'right' },
      cell: (position) => formatNumber(activeAt(codes, position)),
      sortBy: (position) => activeAt(codes, position),
    },
    {
      ...{ id: 'error', title: 'Error', width: '64px', align: 'right' },
      cell: (position) => formatNumber(codes.error[position] ?? NaN),
      sortBy: (position) => codes.error[position] ?? NaN,
    },
  ];
  return <Table<number> label="Features of each token" rows={positions} keyOf={String} columns={columns} />;
}

function activeAt({ starts }: PromptCodes, position: number): number {
  return (starts[position + 1] ?? 0) - (starts[position] ?? 0);
}

function Chips({
  codes,
  labels,
  heat,
  onHeat,
  position,
}: TokenFeaturesProps & { readonly position: number }): ReactElement {
  return (
    <span className="dict-chips">
      {codesAt(codes, position)
        .slice(0, LISTED)
        .map(({ feature, value }) => (
          <button
            key={feature}
            type="button"
            className="dict-chip"
            aria-pressed={feature === heat}
            title={`Show feature ${feature} over the text`}
            onClick={() => onHeat(feature)}
          >
            {featureName(feature, labels.get(feature))} <span className="dict-number">{formatNumber(value)}</span>
          </button>
        ))}
    </span>
  );
}
