/** The prompt whole, with ids; a token that is pointed at is described beneath, without rendering anything. */
import type { ReactElement } from 'react';
import { useEffect, useMemo, useRef } from 'react';
import type { TokenInfo } from '../../../engine/results/promptSets.ts';
import { useSelection } from '../../api/hooks.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { TokenStrip } from '../../marks/tokens/tokenStrip.tsx';
import { markToken } from './markToken.ts';
import { tokenWords } from './tokenWords.ts';
import type { Target } from './useTarget.ts';

export function TargetStrip({ target }: { readonly target: Target }): ReactElement {
  const { selection } = useWorkbench();
  const query = useSelection((state) => state.query);
  const shown = positionIn(target, query);
  const tokens = useMemo(() => target.tokens.map(markToken), [target.tokens]);
  return (
    <div className="target">
      <TokenStrip
        tokens={tokens}
        ids
        primary={shown}
        highlight={selection.hoverToken}
        onHover={selection.hoverToken.set}
        onSelect={(from) => selection.setTokens({ query: from })}
        maxHeight={106}
        label={`Tokens of ${target.name}`}
      />
      <TokenLine tokens={target.tokens} shown={shown} />
    </div>
  );
}

/** The chosen position, or where the answer stands. */
export function positionIn({ ids, answerPosition }: Target, query: number | null): number {
  return query === null || query >= ids.length ? answerPosition : query;
}

interface TokenLineProps {
  readonly tokens: readonly TokenInfo[];
  readonly shown: number;
}

function TokenLine({ tokens, shown }: TokenLineProps): ReactElement {
  const { hoverToken } = useWorkbench().selection;
  const line = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    const write = () => {
      const at = hoverToken.get() ?? shown;
      if (line.current !== null) line.current.textContent = tokenWords(tokens, at);
    };
    write();
    return hoverToken.subscribe(write);
  }, [hoverToken, tokens, shown]);
  return <p ref={line} className="target-line" />;
}
