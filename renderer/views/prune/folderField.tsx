/** The folder that will be written: typed, or chosen where the desktop program can ask for one. */
import type { ReactElement } from 'react';
import { desktopBridge } from '../../api/desktopBridge.ts';
import { attempt } from '../../api/attempt.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { Button } from '../../parts/button.tsx';
import { Field } from '../../parts/field.tsx';
import { TextInput } from '../../parts/input.tsx';

interface FolderFieldProps {
  readonly value: string;
  readonly onChange: (folder: string) => void;
}

export function FolderField({ value, onChange }: FolderFieldProps): ReactElement {
  const workbench = useWorkbench();
  const bridge = desktopBridge();
  const choose = () =>
    attempt(workbench, async () => {
      const folder = (await bridge?.chooseFolder()) ?? null;
      if (folder !== null) onChange(folder);
    });
  return (
    <Field label="Folder" hint="New or empty, on the machine that computes.">
      {(ids) => (
        <span className="prune-prompt">
          <TextInput {...ids} value={value} placeholder="/home/me/pruned" onChange={onChange} />
          {bridge !== null && <Button onClick={choose}>Choose</Button>}
        </span>
      )}
    </Field>
  );
}
