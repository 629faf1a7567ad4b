import type { ReactElement } from 'react';
import { measures } from '../../../engine/terms/measures.ts';
import { usePromptPage } from './usePromptPage.ts';

/** `16 prompts of 12 to 19 tokens, measured by logit difference`. */
export function FileWords(): ReactElement | null {
  const { data } = usePromptPage(0);
  if (data === undefined) return null;
  const [shortest, longest] = data.lengths;
  const length = shortest === longest ? `${shortest}` : `${shortest} to ${longest}`;
  return (
    <span className="prompts-quiet">{`${data.total} ${data.total === 1 ? 'prompt' : 'prompts'} of ${length} tokens, measured by ${measures[data.metric].title}`}</span>
  );
}
