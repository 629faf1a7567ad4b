/** One line below a map: the cell that is pointed at, else the one that is chosen, which can be copied. */
import type { ReactElement } from 'react';
import { useEffect, useRef } from 'react';
import { useSelection } from '../../api/hooks.ts';
import type { Highlight } from '../../marks/highlight.ts';
import { Button } from '../../parts/button.tsx';

export interface CellLineProps {
  /** Cell `query * tokens + key`. */
  readonly cells: Highlight;
  readonly tokens: number;
  readonly describe: (query: number, key: number) => string;
  /** Tells that values have come. */
  readonly changes: (listener: () => void) => () => void;
  readonly onCopy: () => void;
}

export function CellLine({ cells, tokens, describe, changes, onCopy }: CellLineProps): ReactElement {
  const text = useRef<HTMLSpanElement>(null);
  const query = useSelection((state) => state.query);
  const key = useSelection((state) => state.key);
  const isCell = query !== null && key !== null && key <= query && query < tokens;
  useEffect(() => {
    // Written past React: a moving mouse renders nothing.
    const write = () => {
      const cell = cells.get();
      const chosen = isCell ? describe(query, key) : '';
      const words = cell === null ? chosen : describe(Math.floor(cell / tokens), cell % tokens);
      if (text.current !== null) text.current.textContent = words;
    };
    write();
    const stops = [cells.subscribe(write), changes(write)];
    return () => stops.forEach((stop) => stop());
  }, [cells, tokens, describe, changes, isCell, query, key]);
  return (
    <div className="attention-cell">
      <span ref={text} className="attention-cell-text" />
      {isCell && (
        <Button look="plain" onClick={onCopy}>
          Copy cell
        </Button>
      )}
    </div>
  );
}
