import type { CSSProperties, KeyboardEvent, PointerEvent, ReactElement } from 'react';
import { memo, useCallback, useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { inkOn } from '../colour.ts';
import { displayToken } from './displayToken.ts';
import type { Token } from './token.ts';
import { lineOf, wrapTokens } from './wrapTokens.ts';

export interface TokenFlowProps {
  readonly tokens: readonly Token[];
  /** Background of a token: a CSS colour, hatched where unknown, or none. Read again at each `repaint`. */
  readonly colour: (token: number) => string | 'unknown' | null;
  /** Tells that colours, or what is lit, have changed in place. */
  readonly repaint: (listener: () => void) => () => void;
  readonly lit: () => number | null;
  readonly isSelected: (token: number) => boolean;
  readonly describe: (token: number) => string;
  readonly ids: boolean;
  readonly maxHeight: number;
  readonly label: string;
  readonly active: number | null;
  readonly onHover: (token: number | null) => void;
  readonly onSelect: (from: number, to: number) => void;
}

/** Of the code face at 12 px: JetBrains Mono is 0.6 em wide. */
const column = 12 * 0.6;
const padding = 5;

/** Tokens in lines. Only lines in view are elements; colours and hover are written to them without rendering. */
export function TokenFlow(props: TokenFlowProps): ReactElement {
  const { tokens, ids, maxHeight, label } = props;
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const [scroll, setScroll] = useState(0);
  const lineHeight = ids ? 34 : 22;
  const starts = useMemo(() => wrapTokens(tokens, { width: width - 8, column, padding }), [tokens, width]);
  const full = starts.length * lineHeight;
  const first = Math.max(0, Math.floor(scroll / lineHeight) - 4);
  const last = Math.min(starts.length, Math.ceil((scroll + maxHeight) / lineHeight) + 4);
  useTokenColours(box, props);
  const { active, ...events } = useTokenEvents(props);
  const idPrefix = useId();
  useEffect(() => {
    const top = lineOf(starts, active) * lineHeight;
    const view = box.current;
    if (view === null || document.activeElement !== view) return;
    if (top < view.scrollTop || top + lineHeight > view.scrollTop + view.clientHeight)
      view.scrollTop = top - lineHeight;
  }, [active, starts, lineHeight]);
  return (
    <div
      ref={box}
      className="tokens"
      role="listbox"
      aria-label={label}
      aria-multiselectable
      aria-activedescendant={`${idPrefix}${active}`}
      tabIndex={0}
      style={{ maxHeight }}
      onScroll={(event) => setScroll(event.currentTarget.scrollTop)}
      {...events}
    >
      <div role="presentation" style={{ height: full, position: 'relative' }}>
        {starts.slice(first, last).map((start, i) => (
          <div
            key={start}
            role="presentation"
            className="token-line"
            style={lineStyle((first + i) * lineHeight, lineHeight)}
          >
            {tokens.slice(start, starts[first + i + 1] ?? tokens.length).map((token, j) => (
              <TokenCell
                key={start + j}
                id={`${idPrefix}${start + j}`}
                index={start + j}
                token={token}
                selected={props.isSelected(start + j)}
                showId={ids}
                spoken={props.describe(start + j)}
                setSize={tokens.length}
              />
            ))}
          </div>
        ))}
      </div>
    </div>
  );
}

function lineStyle(top: number, height: number): CSSProperties {
  return { position: 'absolute', left: 4, top, height };
}

interface CellProps {
  readonly id: string;
  readonly index: number;
  readonly token: Token;
  readonly selected: boolean;
  readonly showId: boolean;
  readonly spoken: string;
  readonly setSize: number;
}

/** Each token keeps its own direction, so that a right-to-left word does not turn the line around. */
const TokenCell = memo(function TokenCell(props: CellProps): ReactElement {
  const { id, index, token, selected, showId, spoken, setSize } = props;
  return (
    <span
      id={id}
      role="option"
      aria-selected={selected}
      aria-label={spoken}
      aria-posinset={index + 1}
      aria-setsize={setSize}
      data-token={index}
      className={token.special === true ? 'token token-special' : 'token'}
    >
      <bdi>
        {displayToken(token).map(({ text, isMark }, i) => (
          <span key={i} className={isMark ? 'token-mark' : undefined}>
            {text}
          </span>
        ))}
      </bdi>
      {showId && <span className="token-id" aria-hidden data-id={token.id ?? ''} />}
    </span>
  );
});

function useWidth(box: { readonly current: HTMLElement | null }): number {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    setWidth(element.clientWidth);
    return () => observer.disconnect();
  }, [box]);
  return width;
}

/** Writes backgrounds after each rendering and at each `repaint`. */
function useTokenColours(box: { readonly current: HTMLElement | null }, props: TokenFlowProps): void {
  const { colour, lit, repaint } = props;
  const paint = useCallback(() => {
    const pointed = lit();
    for (const element of box.current?.querySelectorAll<HTMLElement>('[data-token]') ?? []) {
      const index = Number(element.dataset['token']);
      const fill = colour(index);
      element.classList.toggle('token-lit', index === pointed);
      element.classList.toggle('token-unknown', fill === 'unknown');
      element.style.backgroundColor = fill === 'unknown' ? '' : (fill ?? '');
      element.style.color = fill === null || fill === 'unknown' ? '' : inkOn(fill);
    }
  }, [box, colour, lit]);
  // After every rendering: lines may have come into view.
  useLayoutEffect(paint);
  useEffect(() => repaint(paint), [repaint, paint]);
}

function useTokenEvents({ tokens, onHover, onSelect, active: given }: TokenFlowProps) {
  const [{ active, from: source }, setState] = useState({ active: given ?? 0, from: given });
  if (source !== given) setState({ active: given ?? active, from: given });
  const setActive = (token: number) => setState({ active: token, from: given });
  const from = useRef<number | null>(null);
  const go = (to: number, extend: boolean) => {
    if (extend) onSelect(Math.min(active, to), Math.max(active, to) + 1);
    setActive(to);
    onHover(to);
  };
  return {
    active,
    onPointerDown: (event: PointerEvent) => {
      from.current = tokenUnder(event);
      if (from.current !== null) setActive(from.current);
    },
    onPointerMove: (event: PointerEvent) => onHover(tokenUnder(event)),
    onPointerUp: (event: PointerEvent) => {
      const to = tokenUnder(event);
      if (from.current !== null && to !== null) onSelect(Math.min(from.current, to), Math.max(from.current, to) + 1);
      from.current = null;
    },
    onPointerLeave: () => onHover(null),
    onKeyDown: (event: KeyboardEvent) => {
      const to = moved(active, event.key, tokens.length);
      if (to !== null) go(to, event.shiftKey);
      else if (event.key === 'Enter' || event.key === ' ') onSelect(active, active + 1);
      else return;
      event.preventDefault();
    },
  };
}

function moved(from: number, key: string, count: number): number | null {
  const steps: Readonly<Record<string, number>> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -1,
    ArrowDown: 1,
    PageUp: -20,
    PageDown: 20,
    Home: -count,
    End: count,
  };
  const step = steps[key];
  return step === undefined ? null : Math.min(count - 1, Math.max(0, from + step));
}

function tokenUnder({ target }: PointerEvent): number | null {
  const element = target instanceof Element ? target.closest<HTMLElement>('[data-token]') : null;
  return element === null ? null : Number(element.dataset['token']);
}
