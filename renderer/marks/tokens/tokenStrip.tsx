import type { ReactElement } from 'react';
import { useCallback, useMemo } from 'react';
import type { ColourScale } from '../colour.ts';
import { shareOf, tableOf } from '../colour.ts';
import { formatNumber } from '../format.ts';
import type { Highlight } from '../highlight.ts';
import { useTheme } from '../theme.ts';
import { tokenLabel } from './displayToken.ts';
import type { Token } from './token.ts';
import { TokenFlow } from './tokenFlow.tsx';

export interface TokenStripProps {
  readonly tokens: readonly Token[];
  /** [tokens], coloured on `scale`; NaN is hatched. */
  readonly values?: Float32Array;
  readonly scale?: ColourScale;
  readonly measure?: string;
  /** From (included) to (excluded). */
  readonly selected?: readonly [from: number, to: number] | null;
  readonly primary?: number | null;
  readonly highlight?: Highlight;
  readonly onHover?: (token: number | null) => void;
  /** A click, or a drag over several. */
  readonly onSelect?: (from: number, to: number) => void;
  /** Shows ids below the tokens. */
  readonly ids?: boolean;
  /** Height in pixels beyond which the strip scrolls; needed to show a part only of more than 2,000 tokens. Default 320. */
  readonly maxHeight?: number;
  readonly label: string;
}

const still = () => () => undefined;
const nothing = () => null;

/** The tokens of a prompt, coloured by a value of each. */
export function TokenStrip(props: TokenStripProps): ReactElement {
  const { tokens, values, scale, measure, selected = null, primary = null, highlight, ids = false, label } = props;
  const { onHover, onSelect, maxHeight = 320 } = props;
  const theme = useTheme();
  const table = useMemo(() => (scale === undefined ? null : tableOf(scale, theme).css), [scale, theme]);
  const colour = useCallback(
    (token: number) => {
      if (values === undefined || scale === undefined || table === null) return null;
      const share = shareOf(scale, values[token] ?? NaN);
      return Number.isNaN(share) ? 'unknown' : (table[Math.round(share * 255)] ?? null);
    },
    [values, scale, table],
  );
  const isSelected = (token: number) =>
    token === primary || (selected !== null && token >= selected[0] && token < selected[1]);
  return (
    <TokenFlow
      {...{ tokens, colour, isSelected, ids, maxHeight, label }}
      repaint={highlight?.subscribe ?? still}
      lit={highlight?.get ?? nothing}
      describe={(token) => spoken(tokens, token, measure, values?.[token])}
      active={primary}
      onHover={(token) => onHover?.(token)}
      onSelect={(from, to) => onSelect?.(from, to)}
    />
  );
}

function spoken(
  tokens: readonly Token[],
  index: number,
  measure: string | undefined,
  value: number | undefined,
): string {
  const token = tokens[index];
  const id = token?.id === undefined ? '' : `, id ${token.id}`;
  const name = `token ${index} ${token === undefined ? '' : tokenLabel(token)}${id}`;
  if (measure === undefined || value === undefined) return name;
  return `${name}, ${measure} ${Number.isNaN(value) ? 'not yet known' : formatNumber(value)}`;
}
