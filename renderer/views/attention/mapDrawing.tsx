/** The map itself, the line that reads it, and the row beside it. */
import type { ReactElement, RefObject } from 'react';
import { useMemo } from 'react';
import { useStore } from 'zustand';
import { useSelection } from '../../api/hooks.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { AttentionMap } from '../../marks/attentionMap/attentionMap.tsx';
import type { ColourScale } from '../../marks/colour.ts';
import { domainOf } from '../../marks/colour.ts';
import { FitBox } from '../../marks/fitBox.tsx';
import { createHighlight } from '../../marks/highlight.ts';
import type { Picture } from '../../marks/picture.ts';
import { ErrorState } from '../../parts/states.tsx';
import { CellLine } from './cellLine.tsx';
import { useCellWords } from './cellWords.ts';
import type { Compared } from './comparison.ts';
import { MapStatus } from './mapStatus.tsx';
import { RowPanel } from './rowPanel.tsx';
import type { Scene } from './scene.ts';
import type { ShownRow } from './shownRow.ts';
import type { MapInUse } from './useHeadMap.ts';
import type { WeightWords } from './weightWords.ts';

export interface MapDrawingProps {
  readonly scene: Scene;
  readonly compared: Compared;
  readonly inUse: MapInUse;
  readonly scale: ColourScale;
  readonly words: WeightWords;
  readonly row: ShownRow;
  readonly picture: RefObject<Picture | null>;
  readonly isLog: boolean;
  readonly copy: (() => void) | null;
}

export function MapDrawing(props: MapDrawingProps): ReactElement {
  const { scene, compared, inUse, scale, words, row, picture, isLog, copy } = props;
  const { map } = inUse;
  const { tokens } = map;
  const { selection } = useWorkbench();
  const query = useSelection((state) => state.query);
  const cells = useMemo(() => createHighlight(), []);
  const describe = useCellWords(map, scene.settings.hideSink, words);
  const [, high] = domainOf(scale);
  const hover = (cell: number | null) => {
    cells.set(cell);
    selection.hoverToken.set(cell === null ? null : cell % tokens);
  };
  const failed = useStore(map.store, ({ status, error, largest }) =>
    status === 'error' && largest === 0 ? error : null,
  );
  if (failed !== null) return <ErrorState error={failed} onRetry={map.retry} />;
  return (
    <div className="attention-split">
      <div className="attention-drawing">
        <div className="attention-fit">
          <FitBox>
            {(size) => (
              <AttentionMap
                {...size}
                tokens={scene.prompt.tokens}
                source={map}
                scale={scale}
                measure={words.measure}
                log={isLog}
                threshold={scene.settings.threshold * high}
                skipFirst={scene.settings.hideSink}
                row={query === null || query >= tokens ? null : query}
                highlight={cells}
                onHover={hover}
                onRow={(at) => selection.setTokens({ query: at, key: keyAt(cells.get(), at, tokens) })}
                label={`Attention map of ${compared.words}: queries down, keys across`}
                ref={picture}
              />
            )}
          </FitBox>
          <MapStatus map={map} />
        </div>
        <CellLine {...{ cells, tokens, describe }} changes={map.subscribe} onCopy={() => copy?.()} />
      </div>
      <RowPanel
        {...{ scene, row }}
        {...words}
        limit={scene.settings.measure === 'pattern' && compared.b === null ? 1 : null}
        isSigned={compared.b !== null}
        onHover={(at, key) => cells.set(key === null ? null : at * tokens + key)}
      />
    </div>
  );
}

/** The key that is pointed at in a row. */
function keyAt(cell: number | null, query: number, tokens: number): number | null {
  return cell !== null && Math.floor(cell / tokens) === query ? cell % tokens : null;
}
