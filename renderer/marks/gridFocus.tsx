import type { CSSProperties, KeyboardEvent, ReactElement } from 'react';
import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import type { Highlight } from './highlight.ts';
import type { Box } from './paint/painter.ts';

export interface GridFocusProps {
  readonly label: string;
  readonly rows: number;
  readonly columns: number;
  /** Where the focus is when it comes from elsewhere. */
  readonly start: number;
  readonly box: (index: number) => Box;
  readonly place: (index: number) => readonly [row: number, column: number];
  /** What a screen reader says of a cell. */
  readonly describe: (index: number) => string;
  /** Tells that what is described was written in place. */
  readonly changes?: Highlight['subscribe'] | undefined;
  readonly isSelected: (index: number) => boolean;
  /** Where a key leads; null where it leads nowhere. */
  readonly move: (from: number, key: string) => number | null;
  readonly onFocus?: ((index: number | null) => void) | undefined;
  readonly onEnter?: ((index: number) => void) | undefined;
  readonly onSpace?: ((index: number) => void) | undefined;
  readonly onExtend?: ((from: number, to: number) => void) | undefined;
  readonly onKey?: ((event: globalThis.KeyboardEvent, index: number) => boolean) | undefined;
}

/**
 * The cells of a drawing as an ARIA grid. Of thousands of cells only two are elements, and they take turns: the focus
 * moves from one to the other, so that a screen reader announces each step, at the cost of one.
 */
export function GridFocus(props: GridFocusProps): ReactElement {
  const { label, rows, columns, start, onFocus } = props;
  const [at, setAt] = useState({ index: start, turn: 0, anchor: start, start });
  const cells = useRef<(HTMLDivElement | null)[]>([null, null]);
  const grid = useRef<HTMLDivElement>(null);
  // In the same rendering, so that a key right after a click counts from the new place.
  if (at.start !== start) setAt({ index: start, turn: at.turn, anchor: start, start });
  useEffect(() => {
    if (grid.current?.contains(document.activeElement) === true) cells.current[at.turn]?.focus({ preventScroll: true });
  }, [at]);

  const go = (to: number, extend: boolean) => {
    if (extend) props.onExtend?.(at.anchor, to);
    onFocus?.(to);
    setAt({ index: to, turn: 1 - at.turn, anchor: extend ? at.anchor : to, start });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (handleKey(props, event, at.index, go)) event.preventDefault();
  };
  const words = useWords(() => props.describe(at.index), props.changes);
  const [row, column] = props.place(at.index);
  return (
    <div ref={grid} role="grid" aria-label={label} aria-rowcount={rows} aria-colcount={columns} aria-multiselectable>
      <div role="row" aria-rowindex={row + 1}>
        {[0, 1].map((turn) => (
          <div
            key={turn}
            ref={(element) => {
              cells.current[turn] = element;
            }}
            role="gridcell"
            tabIndex={turn === at.turn ? 0 : -1}
            aria-hidden={turn !== at.turn}
            aria-colindex={column + 1}
            aria-selected={props.isSelected(at.index)}
            aria-label={turn === at.turn ? words : ''}
            style={placed(props.box(at.index))}
            onKeyDown={onKeyDown}
            onFocus={() => onFocus?.(at.index)}
            onBlur={() => onFocus?.(null)}
          />
        ))}
      </div>
    </div>
  );
}

/** Milliseconds: words follow numbers more slowly than pictures do. */
const SPEECH_PAUSE = 200;

/** What is said of a cell. Numbers may be written in place: it is asked anew after they were, and rendered where it differs. */
function useWords(words: () => string, changes: Highlight['subscribe'] | undefined): string {
  const subscribe = useCallback((listener: () => void) => afterPauses(changes, listener), [changes]);
  return useSyncExternalStore(subscribe, words);
}

/** Calls back once for all changes of a pause. */
function afterPauses(changes: Highlight['subscribe'] | undefined, listener: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = changes?.(() => {
    timer ??= setTimeout(() => {
      timer = undefined;
      listener();
    }, SPEECH_PAUSE);
  });
  return () => {
    clearTimeout(timer);
    stop?.();
  };
}

function handleKey(
  props: GridFocusProps,
  event: KeyboardEvent,
  index: number,
  go: (to: number, extend: boolean) => void,
): boolean {
  const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
  const to = plain ? props.move(index, event.key) : null;
  if (to !== null) go(to, event.shiftKey);
  else if (plain && event.key === 'Enter' && props.onEnter !== undefined) props.onEnter(index);
  else if (plain && event.key === ' ' && props.onSpace !== undefined) props.onSpace(index);
  else return props.onKey?.(event.nativeEvent, index) ?? false;
  return true;
}

function placed({ x, y, width, height }: Box): CSSProperties {
  return { position: 'absolute', left: x, top: y, width, height, pointerEvents: 'none' };
}
