/** Attention in the text: a token, where it looks and who looks at it. */
import type { ReactElement } from 'react';
import { useCallback, useEffect, useMemo, useRef } from 'react';
import { useSelection } from '../../api/hooks.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { TokenText } from '../../marks/tokens/tokenText.tsx';
import { Empty, ErrorState } from '../../parts/states.tsx';
import { headName } from '../../state/headNames.ts';
import { AttentionPanel } from './attentionPanel.tsx';
import type { FaceProps } from './mapFace.tsx';
import type { RowKey } from './reader.ts';
import { RowPanel } from './rowPanel.tsx';
import type { Scene } from './scene.ts';
import type { ShownRow } from './shownRow.ts';
import { useShownRow } from './shownRow.ts';
import { useRowError } from './useRowError.ts';
import { SinkSwitch } from './viewOptions.tsx';
import type { WeightRow } from './weightRows.ts';
import { weightsCsv } from './weightRows.ts';
import { WeightTable } from './weightTable.tsx';
import { topWeights } from './topWeights.ts';
import { useWeightWords } from './weightWords.ts';

export function TextFace({ scene }: FaceProps): ReactElement {
  const { settings, prompt, head, reader } = scene;
  const side = { subject: reader.subject, head };
  const row = useShownRow(settings.side, reader.tokens, { a: side, b: null }, { a: reader, b: null });
  const words = useWeightWords(scene, false);
  const name = headName(head);
  const rows = () => rowsOf(row);
  return (
    <AttentionPanel
      {...scene}
      at={scene}
      options={<SinkSwitch {...scene} />}
      caption={`${prompt.words}, ${reader.tokens} tokens, ${words.measure}: point at a token`}
      exports={{ name: `attention ${name}`, csv: () => weightsCsv(rows(), { ...words, words: name }) }}
      table={() => <WeightTable rows={rows()} label={`Attention of ${name}`} {...words} />}
    >
      <TextAndRow {...{ scene, row, words }} />
    </AttentionPanel>
  );
}

/** Listed at most. */
const MOST = 256;

function rowsOf({ side, position, values }: ShownRow): readonly WeightRow[] {
  return topWeights(values ?? new Float32Array(), MOST).map(({ index, value }) =>
    side === 'looksAt' ? { query: position, key: index, value } : { query: index, key: position, value },
  );
}

interface TextAndRowProps extends FaceProps {
  readonly row: ShownRow;
  readonly words: ReturnType<typeof useWeightWords>;
}

function TextAndRow({ scene, row, words }: TextAndRowProps): ReactElement {
  const { selection } = useWorkbench();
  const { prompt, reader, head, settings } = scene;
  const weights = useTextWeights(scene);
  const chosen = useSelection((state) => state.query);
  const error = useRowError(reader);
  if (error !== null) return <ErrorState error={error} onRetry={reader.retry} />;
  if (settings.measure !== 'pattern')
    return (
      <Empty title="The text shows patterns">Choose the pattern as measure: its weights are shares of a row.</Empty>
    );
  return (
    <div className="attention-split">
      <div className="attention-drawing attention-page">
        <TokenText
          tokens={prompt.tokens}
          {...weights}
          token={Math.min(reader.tokens - 1, chosen ?? reader.tokens - 1)}
          onHover={selection.hoverToken.set}
          onToken={(query) => selection.setTokens({ query, key: query })}
          label={`Text, by the attention of ${headName(head)}`}
        />
      </div>
      <RowPanel {...{ scene, row }} {...words} limit={1} />
    </div>
  );
}

/** Rows and columns of whichever token is looked from; those of one that is no longer are not fetched any further. */
function useTextWeights({ reader, head: { layer, head }, settings: { hideSink } }: Scene) {
  const { rows } = reader;
  const asker = useMemo(() => rows.asker(), [rows]);
  const asked = useRef<string | null>(null);
  useEffect(() => () => asker.ask([]), [asker]);
  const weightsOf = useCallback(
    (side: RowKey['side'], position: number): Float32Array | null => {
      const keyOf = (of: RowKey['side']): RowKey => ({ layer, head, side: of, position });
      const name = `${layer} ${head} ${position}`;
      if (asked.current !== name) {
        asked.current = name;
        asker.ask([keyOf('looksAt'), keyOf('seenBy')]);
      }
      return rows.peek(keyOf(side));
    },
    [asker, rows, layer, head],
  );
  return useMemo(
    () => ({
      out: (token: number) => {
        const weights = weightsOf('looksAt', token);
        return hideSink && weights !== null ? weights.with(0, 0) : weights;
      },
      into: (token: number) => (hideSink && token === 0 ? new Float32Array(reader.tokens) : weightsOf('seenBy', token)),
      subscribe: rows.subscribe,
    }),
    [weightsOf, rows, reader, hideSink],
  );
}
