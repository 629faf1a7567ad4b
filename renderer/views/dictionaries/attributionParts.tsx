/** The parts of an activation: source tokens, heads, parts of the sources' stream, parts of the attention score. */
import type { ReactElement } from 'react';
import { useMemo, useState } from 'react';
import type { FeatureAttribution } from '../../../engine/results/dictionaryFeatures.ts';
import { formatFixed, formatNumber } from '../../marks/format.ts';
import { Legend } from '../../marks/legend.tsx';
import { tokenLabel } from '../../marks/tokens/displayToken.ts';
import { TokenStrip } from '../../marks/tokens/tokenStrip.tsx';
import { Section } from '../../parts/section.tsx';
import type { TableColumn } from '../../parts/table.tsx';
import { Table } from '../../parts/table.tsx';
import { headName } from '../../state/headNames.ts';
import { byHead, bySource, explainedBy } from './attributionSums.ts';
import { HeadBars } from './headBars.tsx';

interface AttributionPartsProps {
  readonly attribution: FeatureAttribution;
  readonly layer: number | null;
  /** Of the token whose activation it is. */
  readonly position: number;
}

export function AttributionParts(props: AttributionPartsProps): ReactElement {
  const { attribution, layer, position } = props;
  const { tokens, heads, byPart, query, notes } = attribution;
  const name = (at: number) => (layer === null ? `H${at}` : headName({ layer, head: at }));
  return (
    <>
      <Section title="It adds up" aside={`token ${position}`}>
        <SumWords attribution={attribution} />
      </Section>
      {heads.length > 0 && <Sources {...props} name={name} />}
      {byPart !== null && (
        <PartTable
          parts={byPart}
          tokens={tokens}
          title={heads.length > 0 ? 'By part of the sources’ stream' : 'By part of the stream'}
        />
      )}
      {query !== null && <QueryParts query={query} tokens={tokens} name={name} />}
      {notes.map((note) => (
        <p key={note} className="sweeps-quiet dict-pad">
          {note}
        </p>
      ))}
    </>
  );
}

type SourcesProps = AttributionPartsProps & { readonly name: (head: number) => string };

/** Of what attention gives: which tokens it comes from, through which heads. */
function Sources({ attribution, layer, position, name }: SourcesProps): ReactElement {
  const { tokens, heads } = attribution;
  const [head, setHead] = useState<number | null>(null);
  const through = head !== null && heads.includes(head) ? head : null;
  const values = useMemo(() => bySource(attribution, through), [attribution, through]);
  const limit = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  const shown = useMemo(() => tokens.map((text) => ({ text })), [tokens]);
  const toggle = (next: number) => setHead(next === head ? null : next);
  return (
    <>
      <Section title="By source token" aside={through === null ? 'through all heads' : `through ${name(through)}`}>
        <TokenStrip
          tokens={shown}
          values={values}
          scale={{ kind: 'signed', limit }}
          measure="contribution"
          primary={position}
          maxHeight={132}
          label="What each source token gives to the activation"
        />
        <div className="dict-legend">
          <Legend scale={{ kind: 'signed', limit }} title="contribution to the pre-activation" />
        </div>
      </Section>
      <Section title="By head" aside="press one to see its tokens">
        <HeadBars
          label="What each head gives to the activation"
          rows={byHead(attribution)}
          digits={3}
          chosen={through}
          onChoose={toggle}
          layer={layer}
        />
      </Section>
    </>
  );
}

/** `biases −0.120 + tokens 3.412 = 3.292 before the activation function (off by 2e−7); 3.292 after it` */
function SumWords({ attribution }: { readonly attribution: FeatureAttribution }): ReactElement {
  const { bias, preActivation, activation, difference } = attribution;
  const { name, total } = explainedBy(attribution);
  return (
    <p className="dict-sum">
      <span>{`biases ${formatFixed(bias, 4)}`}</span>
      {' + '}
      <span>{`${name} ${formatFixed(total, 4)}`}</span>
      {' = '}
      <strong>{formatFixed(preActivation, 4)}</strong>
      {` before the activation function (off by ${formatNumber(difference)}); ${formatFixed(activation, 4)} after it`}
    </p>
  );
}

type Part = NonNullable<FeatureAttribution['byPart']>[number];

interface PartTableProps {
  readonly parts: readonly Part[];
  readonly tokens: readonly string[];
  readonly title: string;
}

function PartTable({ parts, tokens, title }: PartTableProps): ReactElement {
  const columns: readonly TableColumn<Part>[] = [
    { id: 'part', title: 'Part', width: 'minmax(96px, 1fr)', cell: ({ part }) => part, sortBy: ({ part }) => part },
    {
      ...{ id: 'position', title: 'At token', width: 'minmax(112px, 1fr)', isCode: true },
      cell: ({ position }) => `${position} ${tokenLabel({ text: tokens[position] ?? '' })}`,
      sortBy: ({ position }) => position,
    },
    valueColumn(),
  ];
  return (
    <Section title={title} aside={`${formatNumber(parts.length)} parts, largest first`}>
      <div className="dict-parts">
        <Table<Part>
          label={title}
          rows={largestFirst(parts)}
          keyOf={({ part, position }) => `${part} ${position}`}
          columns={columns}
        />
      </div>
    </Section>
  );
}

function largestFirst<P extends { readonly value: number }>(parts: readonly P[]): readonly P[] {
  return parts.toSorted((a, b) => Math.abs(b.value) - Math.abs(a.value));
}

function valueColumn<P extends { readonly value: number }>(): TableColumn<P> {
  return {
    ...{ id: 'value', title: 'Contribution', width: '96px', align: 'right' },
    cell: ({ value }) => formatFixed(value, 4),
    sortBy: ({ value }) => value,
  };
}

interface QueryPartsProps {
  readonly query: NonNullable<FeatureAttribution['query']>;
  readonly tokens: readonly string[];
  readonly name: (head: number) => string;
}

function QueryParts({ query: { head, source, score, parts }, tokens, name }: QueryPartsProps): ReactElement {
  const side = (of: 'query' | 'key') => largestFirst(parts.filter((part) => part.side === of)).slice(0, 12);
  const token = tokenLabel({ text: tokens[source] ?? '' });
  return (
    <Section title={`Why ${name(head)} looks at ${token}`} aside={`score ${formatFixed(score, 3)}`}>
      <div className="dict-logits">
        {(['query', 'key'] as const).map((of) => (
          <table key={of}>
            <caption>{`from the ${of}’s stream`}</caption>
            <tbody>
              {side(of).map(({ part, value }) => (
                <tr key={part}>
                  <th scope="row">{part}</th>
                  <td data-sign={Math.abs(value) < 0.0005 ? 0 : Math.sign(value)}>{formatFixed(value, 3)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        ))}
      </div>
    </Section>
  );
}
