/** What somebody calls a feature. Written when Enter is pressed or the field is left; it travels in the dictionary's folder. */
import type { ReactElement } from 'react';
import { useState } from 'react';
import { attempt } from '../../api/attempt.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { TextInput } from '../../parts/input.tsx';
import { shelfCalls } from './useShelf.ts';

interface LabelFieldProps {
  readonly dictionary: string;
  readonly feature: number;
  readonly label: string;
}

export function LabelField({ dictionary, feature, label }: LabelFieldProps): ReactElement {
  const workbench = useWorkbench();
  /** What is being typed; null while nothing is. */
  const [text, setText] = useState<string | null>(null);
  const write = () => {
    const next = text?.trim() ?? label;
    if (next === label) return setText(null);
    attempt(workbench, async () => {
      await workbench.client.labelFeature({ dictionary, feature, label: next });
      for (const call of shelfCalls) await workbench.queries.invalidateQueries({ queryKey: [call] });
      setText(null);
    });
  };
  return (
    <TextInput
      className="dict-label"
      aria-label={`Label of feature ${feature}`}
      placeholder="no label"
      maxLength={2000}
      value={text ?? label}
      onChange={setText}
      onBlur={write}
      onKeyDown={(event) => {
        // In a table arrows move the row; in the field they move within its text.
        event.stopPropagation();
        if (event.key === 'Enter') write();
        if (event.key === 'Escape') setText(null);
      }}
    />
  );
}
