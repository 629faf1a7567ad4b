/** Attention in the text: a token, where it looks and who looks at it. */
import type { ReactElement } from 'react';
import { useSelection } from '../../api/hooks.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { TokenText } from '../../marks/tokens/tokenText.tsx';
import { ErrorState } from '../../parts/states.tsx';
import { headName } from '../../state/headNames.ts';
import { AttentionPanel } from './attentionPanel.tsx';
import type { FaceProps } from './mapFace.tsx';
import { RowPanel } from './rowPanel.tsx';
import type { Scene } from './scene.ts';
import type { ShownRow } from './shownRow.ts';
import { useShownRow } from './shownRow.ts';
import { useTextWeights } from './useTextWeights.ts';
import { useRowError } from './useRowError.ts';
import { MeasureSelect, SinkSwitch } from './viewOptions.tsx';
import { rowWeights, weightsCsv } from './weightRows.ts';
import { WeightTable } from './weightTable.tsx';
import { useWeightWords } from './weightWords.ts';

export function TextFace({ scene }: FaceProps): ReactElement {
  const { settings, change, head, reader } = scene;
  const side = { subject: reader.subject, head };
  const row = useShownRow(settings.side, reader.tokens, { a: side, b: null }, { a: reader, b: null });
  const words = useWeightWords(scene, false);
  const name = headName(head);
  const rows = () => rowWeights(row);
  return (
    <AttentionPanel
      {...scene}
      at={scene}
      options={
        <>
          <MeasureSelect {...{ settings, change }} />
          <SinkSwitch {...{ settings, change }} />
        </>
      }
      caption={captionOf(scene, words.measure)}
      exports={{ name: `attention ${name}`, csv: () => weightsCsv(rows(), { ...words, words: name }) }}
      table={() => <WeightTable rows={rows()} label={`Attention of ${name}`} {...words} />}
    >
      <TextAndRow {...{ scene, row, words }} />
    </AttentionPanel>
  );
}

function captionOf({ prompt, settings }: Scene, measure: string): string {
  const unit = settings.measure === 'pattern' ? '' : ', as shares of the largest';
  return `${prompt.words}, ${prompt.ids.length} tokens, ${measure}${unit}: point at a token`;
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
      <RowPanel {...{ scene, row }} {...words} limit={settings.measure === 'pattern' ? 1 : null} />
    </div>
  );
}
