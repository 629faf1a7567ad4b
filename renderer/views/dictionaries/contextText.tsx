/** A stretch of text with the activation of a feature at each token behind it. */
import type { ReactElement } from 'react';
import type { FeatureContext } from '../../../engine/results/dictionaryFeatures.ts';
import type { ColourTable } from '../../marks/colour.ts';
import { inkOn } from '../../marks/colour.ts';
import { formatNumber } from '../../marks/format.ts';
import { useTheme } from '../../marks/theme.ts';
import { tokenLabel } from '../../marks/tokens/displayToken.ts';

interface ContextTextProps {
  readonly context: FeatureContext;
  /** Activation that has the strongest colour: the same for all contexts of a feature. */
  readonly largest: number;
}

export function ContextText({ context, largest }: ContextTextProps): ReactElement {
  const { sequential } = useTheme();
  const { tokens, values, at, source } = context;
  return (
    <li className="dict-context">
      <span className="dict-context-value">{formatNumber(values[at] ?? NaN)}</span>
      <p className="dict-context-text">
        {tokens.map((text, i) => (
          <span
            key={i}
            data-at={i === at}
            style={colours(sequential, values[i] ?? 0, largest)}
            title={(values[i] ?? 0) === 0 ? undefined : formatNumber(values[i] ?? 0)}
          >
            {tokenLabel({ text })}
          </span>
        ))}
      </p>
      <span className="dict-context-source">{source}</span>
    </li>
  );
}

function colours({ css }: ColourTable, value: number, largest: number) {
  if (!(value > 0) || !(largest > 0)) return {};
  const background = css[Math.round(Math.min(1, value / largest) * 255)] ?? '';
  return { background, color: inkOn(background) };
}
