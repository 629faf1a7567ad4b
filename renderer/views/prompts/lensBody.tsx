/** The grid of the lens, and what the chosen cell says. */
import type { ReactElement, RefObject } from 'react';
import { useMemo } from 'react';
import { useModelInfo, useSelection } from '../../api/hooks.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { FitBox } from '../../marks/fitBox.tsx';
import { LensGrid } from '../../marks/lensGrid.tsx';
import type { Picture } from '../../marks/picture.ts';
import { LensBar, lensMeasures } from './lensBar.tsx';
import { LensCell } from './lensCell.tsx';
import { lensCells } from './lensValues.ts';
import { markToken } from './markToken.ts';
import { usePromptsSettings } from './promptsSettings.ts';
import { positionIn } from './targetStrip.tsx';
import type { LensStream } from './useLens.ts';
import type { Target } from './useTarget.ts';

/** Height of a layer, and of the tokens below. */
const ROW = 19;
const FOOT = 50;

interface LensBodyProps {
  readonly target: Target;
  readonly positions: readonly number[];
  readonly layers: readonly number[];
  readonly stream: LensStream;
  readonly picture: RefObject<Picture | null>;
  /** Another first position. */
  readonly onMove: (from: number) => void;
}

export function LensBody({ target, positions, layers, stream, picture, onMove }: LensBodyProps): ReactElement {
  const { selection } = useWorkbench();
  const colour = usePromptsSettings(({ lensColour, target: chosen }) => (chosen === null ? 'top' : lensColour));
  const vocabulary = useModelInfo()?.shape.outputVocabulary ?? 2;
  const { value, stale } = stream;
  const { row, column } = useChosenCell(target, positions, layers);
  const { texts, values } = useMemo(
    () => lensCells(value, layers, positions.length, colour, vocabulary),
    [value, layers, positions, colour, vocabulary],
  );
  const tokens = useMemo(
    () => target.tokens.filter((_, position) => positions.includes(position)).map(markToken),
    [positions, target.tokens],
  );
  const choose = (cell: number) => {
    selection.setTokens({ query: positions[cell % positions.length] ?? null });
    selection.setLayer(layers[Math.floor(cell / positions.length)] ?? null);
  };
  return (
    <div className="lens" data-stale={stale}>
      <div className="lens-main">
        <LensBar positions={positions} length={target.ids.length} colour={colour} onMove={onMove} />
        <div className="lens-grid">
          <div className="lens-scroll" style={{ height: layers.length * ROW + FOOT }}>
            <FitBox>
              {(size) => (
                <LensGrid
                  ref={picture}
                  {...size}
                  {...{ layers, tokens, texts }}
                  probabilities={values}
                  measure={lensMeasures[colour]}
                  primary={column < 0 ? null : row * positions.length + column}
                  onPrimary={choose}
                  label="Logit lens: layers by positions"
                />
              )}
            </FitBox>
          </div>
        </div>
      </div>
      <LensCell
        event={value.layers.find(({ layer }) => layer === layers[row]) ?? null}
        column={column}
        position={positions[column] ?? null}
      />
    </div>
  );
}

/** Where the layer and the token that are looked at stand; a column of -1 is out of view. */
function useChosenCell(target: Target, positions: readonly number[], layers: readonly number[]) {
  const query = useSelection((state) => state.query);
  const layer = useSelection((state) => state.layer);
  const row = layer === null ? 0 : Math.max(0, layers.indexOf(layer));
  return { row, column: positions.indexOf(positionIn(target, query)) };
}
