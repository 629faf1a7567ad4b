/** The text that needles are hidden in. */
import type { ReactElement } from 'react';
import { Fault } from '../../../engine/terms/fault.ts';
import { attempt } from '../../api/attempt.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { Button } from '../../parts/button.tsx';
import { chooseFiles } from '../../parts/chooseFiles.ts';
import { Section } from '../../parts/section.tsx';
import type { Haystack } from './retrievalSettings.ts';
import { useChangeRetrieval, useRetrieval } from './retrievalSettings.ts';
import { readTexts } from './textFiles.ts';

export function HaystackField(): ReactElement {
  const workbench = useWorkbench();
  const haystack = useRetrieval((settings) => settings.haystack);
  const change = useChangeRetrieval();
  const choose = () =>
    attempt(workbench, async () => {
      const next = await chooseFolder();
      if (next !== null) change({ haystack: next });
    });
  return (
    <Section title="Haystack" aside={haystack === null ? 'stories' : `${haystack.texts.length} files`}>
      <p className="retrieval-quiet">
        {haystack === null ? 'Stories of the program, drawn with the seed.' : `Text of ${haystack.name}.`}
      </p>
      <div className="retrieval-line">
        <Button icon="folder" onClick={choose}>
          Own folder
        </Button>
        {haystack !== null && <Button onClick={() => change({ haystack: null })}>Stories</Button>}
      </div>
    </Section>
  );
}

/** Null where the choice was given up. */
async function chooseFolder(): Promise<Haystack | null> {
  const files = await chooseFiles('.txt', 'folder');
  const [first] = files;
  if (first === undefined) return null;
  const name = first.webkitRelativePath.split('/')[0] ?? '';
  const texts = files.filter(({ name: own }) => /\.txt$/i.test(own));
  if (texts.length > 0) return { name, texts: await readTexts(texts) };
  throw new Fault({
    what: 'no text in the folder',
    where: name,
    expected: '.txt files',
    got: `${files.length} others`,
  });
}
