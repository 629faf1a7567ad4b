/** Runs that others prepared, so that exactly their prompts are scored. */
import type { ReactElement } from 'react';
import { attempt } from '../../api/attempt.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { Button } from '../../parts/button.tsx';
import { chooseFiles } from '../../parts/chooseFiles.ts';
import { Section } from '../../parts/section.tsx';
import { useChangeRetrieval, useRetrieval } from './retrievalSettings.ts';
import { readTexts } from './textFiles.ts';

export function PreparedRuns(): ReactElement {
  const workbench = useWorkbench();
  const file = useRetrieval((settings) => settings.file);
  const change = useChangeRetrieval();
  const choose = () =>
    attempt(workbench, async () => {
      const [chosen] = await readTexts(await chooseFiles('.jsonl,.json', 'file'));
      if (chosen !== undefined) change({ file: chosen });
    });
  return (
    <Section title="Prepared runs" aside={file?.name}>
      <p className="retrieval-quiet">
        One JSON object a line: <code>ids</code>, <code>span</code> [from, to) of what is to be copied,{' '}
        <code>maxNew</code>, and where success is judged <code>answer</code>; <code>needle</code>, <code>length</code>{' '}
        and <code>depth</code> place it in the grid.
      </p>
      <Button icon="folder" onClick={choose}>
        {file === null ? 'Choose a file' : 'Choose another file'}
      </Button>
    </Section>
  );
}
