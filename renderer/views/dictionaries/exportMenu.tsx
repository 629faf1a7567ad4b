/** The dictionary as files of other tools, written into the project; says where they went. */
import type { ReactElement } from 'react';
import { useState } from 'react';
import type { RequestOf, ResultOf } from '../../../engine/results/contract.ts';
import type { DictionaryCard } from '../../../engine/results/dictionaries.ts';
import { attempt } from '../../api/attempt.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { Button } from '../../parts/button.tsx';
import { copyText } from '../../parts/copyText.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Menu } from '../../parts/menu.tsx';

type Format = RequestOf<'exportDictionary'>['format'];
type Exported = ResultOf<'exportDictionary'> & {
  /** The file, or the folder of the files. */
  readonly out: string;
};

const formats: readonly { readonly format: Format; readonly title: string; readonly needsContexts: boolean }[] = [
  { format: 'saelens', title: 'SAELens folder', needsContexts: false },
  { format: 'html', title: 'Page of features (HTML)', needsContexts: true },
  { format: 'saedashboard', title: 'SAEDashboard JSON', needsContexts: true },
];
/** Features of a page or of the JSON: a page of all of many thousand would open nowhere. */
const MOST = 500;

export function ExportMenu({ card }: { readonly card: DictionaryCard }): ReactElement {
  const workbench = useWorkbench();
  const [exported, setExported] = useState<Exported | null>(null);
  const write = (format: Format) =>
    attempt(workbench, async () => {
      const features = format === 'saelens' ? {} : { features: Math.min(MOST, card.features) };
      const request = { dictionary: card.path, format, out: outOf(card.path, format, new Date()), ...features };
      const written: ResultOf<'exportDictionary'> = await workbench.client.exportDictionary(request);
      setExported({ ...written, out: request.out });
    });
  return (
    <>
      <Menu
        label="Export as"
        trigger={<Button icon="download">Export</Button>}
        items={formats.map(({ format, title, needsContexts }) => {
          const lacks = needsContexts && !card.collected;
          return {
            title: lacks ? `${title}: collect contexts first` : title,
            disabled: lacks,
            onChoose: () => write(format),
          };
        })}
      />
      <Dialog isOpen={exported !== null} onClose={() => setExported(null)} title="Exported">
        {exported !== null && <WrittenFiles exported={exported} />}
      </Dialog>
    </>
  );
}

function WrittenFiles({ exported: { out, files, notes } }: { readonly exported: Exported }): ReactElement {
  const names = files.map((file) => file.split(/[/\\]/).at(-1) ?? file);
  return (
    <div className="dict-exported">
      <code className="dict-path">{out}</code>
      {files.length > 1 && <p className="sweeps-quiet">{names.join(', ')}</p>}
      {notes.map((note) => (
        <p key={note} className="sweeps-quiet">
          {note}
        </p>
      ))}
      <Button icon="copy" onClick={() => void copyText(out)}>
        Copy the path
      </Button>
    </div>
  );
}

/** Beside the dictionary, in the folder `exports`, in one of its own time: what was written before stays. */
export function outOf(path: string, format: Format, now: Date): string {
  const name = path.split(/[/\\]/).at(-1) ?? 'dictionary';
  const files: Readonly<Record<Format, string>> = {
    saelens: `${name}.saelens`,
    html: `${name}.html`,
    saedashboard: `${name}.saedashboard.json`,
  };
  const time = now
    .toISOString()
    .replace(/\..*/, '')
    .replaceAll(/[^0-9T]/g, '');
  return `${path}/exports/${time}/${files[format]}`;
}
