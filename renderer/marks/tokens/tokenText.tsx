import { interpolateRgb } from 'd3';
import type { ReactElement } from 'react';
import { useCallback, useEffect, useMemo } from 'react';
import { createHighlight } from '../highlight.ts';
import { formatNumber } from '../format.ts';
import { useTheme } from '../theme.ts';
import { tokenLabel } from './displayToken.ts';
import type { Token } from './token.ts';
import { TokenFlow } from './tokenFlow.tsx';

export interface TokenTextProps {
  readonly tokens: readonly Token[];
  /** The weights of a query over all keys, and of all queries on a key; null while they are fetched. */
  readonly out: (token: number) => Float32Array | null;
  readonly into: (token: number) => Float32Array | null;
  /** Shown while the pointer is elsewhere. */
  readonly token?: number | null;
  readonly onHover?: (token: number | null) => void;
  readonly onToken?: (token: number) => void;
  /** Calls back when fetched weights have come. */
  readonly subscribe?: (listener: () => void) => () => void;
  readonly label: string;
}

/**
 * Text mode: one token is looked from. Tokens that it attends to turn orange, by weight; tokens that attend to it turn
 * blue. In a causal model the first lie before it and the second after it. The token itself keeps a ring.
 */
export function TokenText(props: TokenTextProps): ReactElement {
  const { tokens, out, into, token = null, subscribe, onHover, onToken, label } = props;
  const theme = useTheme();
  const pointed = useMemo(() => createHighlight(), []);
  const current = useCallback(() => pointed.get() ?? token, [pointed, token]);
  const ramps = useMemo(
    () => ({ out: interpolateRgb(theme.pane, theme.plus), into: interpolateRgb(theme.pane, theme.minus) }),
    [theme],
  );
  const colour = useCallback(
    (index: number) => {
      const at = current();
      if (at === null || index === at) return null;
      const weights = index < at ? out(at) : into(at);
      if (weights === null) return 'unknown';
      const weight = weights[index] ?? 0;
      // The square root lifts weak weights, which are most of them, above the eye's threshold.
      return weight < 0.002 ? null : (index < at ? ramps.out : ramps.into)(Math.sqrt(Math.min(1, weight)));
    },
    [current, out, into, ramps],
  );
  const repaint = useCallback(
    (listener: () => void) => {
      const stops = [pointed.subscribe(listener), subscribe?.(listener)];
      return () => stops.forEach((stop) => stop?.());
    },
    [pointed, subscribe],
  );
  useEffect(() => () => pointed.set(null), [pointed]);
  const hover = (index: number | null) => {
    pointed.set(index);
    onHover?.(index);
  };
  return (
    <div className="token-text">
      <TokenFlow
        {...{ tokens, colour, repaint, label }}
        lit={current}
        isSelected={(index) => index === token}
        describe={(index) => spoken(tokens, index, token, out, into)}
        ids={false}
        maxHeight={480}
        active={token}
        onHover={hover}
        onSelect={(from) => onToken?.(from)}
      />
      <div className="token-key">
        <span className="token-key-out" /> what the token looks at
        <span className="token-key-into" /> what looks at the token
      </div>
    </div>
  );
}

function spoken(
  tokens: readonly Token[],
  index: number,
  token: number | null,
  out: TokenTextProps['out'],
  into: TokenTextProps['into'],
): string {
  const entry = tokens[index];
  const name = `token ${index} ${entry === undefined ? '' : tokenLabel(entry)}`;
  if (token === null || index === token) return name;
  const weight = (index < token ? out(token) : into(token))?.[index];
  const way = index < token ? 'attended to with' : 'attends with';
  return weight === undefined ? name : `${name}, ${way} ${formatNumber(weight)}`;
}
