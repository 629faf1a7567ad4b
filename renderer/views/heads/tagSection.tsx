/** In the inspector: the pattern tags of the primary head, each with its evidence. */
import type { ReactElement } from 'react';
import { useSelection } from '../../api/hooks.ts';
import type { ScoreTable } from '../../api/runTables.ts';
import { formatFixed, formatHalfWidth } from '../../marks/format.ts';
import { Section } from '../../parts/section.tsx';
import type { HeadTag } from './headTags.ts';
import { tagsOf } from './headTags.ts';
import { useTagTable } from './useTagTable.ts';

const NOT_READ = 'Scores of behaviour give them: Run, then Scores on repeated random tokens.';

export function TagSection(): ReactElement | null {
  const head = useSelection((state) => state.primary);
  const table = useTagTable();
  if (head === null) return null;
  if (table === null) {
    return (
      <Section title="Pattern tags">
        <p className="heads-quiet">{NOT_READ}</p>
      </Section>
    );
  }
  const tags = tagsOf(table, head);
  return (
    <Section title="Pattern tags" aside={promptsOf(table)}>
      <div className="heads-card">
        {tags.length === 0 ? (
          <p className="heads-quiet">None: no score of it is above the threshold of a tag.</p>
        ) : (
          <ul className="heads-tags">{tags.map(item)}</ul>
        )}
        <p className="heads-quiet">Names for what the pattern looks like on these prompts, not importance.</p>
      </div>
    </Section>
  );
}

function item({ tag, score, value, above, low, high }: HeadTag): ReactElement {
  const spread = Number.isNaN(low) ? '' : ` ${formatHalfWidth((high - low) / 2, 3)}`;
  return (
    <li key={tag}>
      <span className="heads-tag">{tag}</span>
      <span>{score}</span>
      <code>{`${formatFixed(value, 3)}${spread} > ${above}`}</code>
    </li>
  );
}

/** `repeated random tokens, n 32` */
function promptsOf({ header }: ScoreTable): string {
  const n = Math.max(0, ...header.scores.map(({ prompts }) => prompts));
  return `${header.prompts.dataset}, n ${n}`;
}
