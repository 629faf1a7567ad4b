/** Opens anything that has a path, and lists folders. */
import type { ReactElement, SyntheticEvent } from 'react';
import { useEffect, useRef, useState } from 'react';
import { attempt } from '../../api/attempt.ts';
import { desktopBridge } from '../../api/desktopBridge.ts';
import { useShortcut } from '../../api/useShortcut.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { Button } from '../../parts/button.tsx';
import { TextInput } from '../../parts/input.tsx';
import { addFolder } from './addFolder.ts';
import { folderOf } from './folderOf.ts';
import { useChangeModels, useModelsSettings } from './modelsSettings.ts';

export function PathBar(): ReactElement {
  const workbench = useWorkbench();
  const change = useChangeModels();
  const dropped = useModelsSettings((settings) => settings.dropped);
  const [text, setText] = useState('');
  const field = useRef<HTMLInputElement>(null);
  const path = text.trim();
  useEffect(() => (dropped === null ? undefined : field.current?.focus()), [dropped]);
  useShortcut('openModel', () => field.current?.focus());
  const show = (event: SyntheticEvent) => {
    event.preventDefault();
    if (path !== '') change({ shown: path, dropped: null });
  };
  const list = () => attempt(workbench, () => addFolder(workbench, folderOf(path)));
  return (
    <form className="models-pathbar" onSubmit={show}>
      <TextInput
        ref={field}
        className="models-path-field"
        aria-label="Path of a model"
        placeholder="Path of a GGUF file or a model folder, or owner/name in the hub’s cache"
        value={text}
        onChange={setText}
      />
      <Button disabled={path === ''} onClick={show}>
        Show
      </Button>
      <Button icon="folder" disabled={path === ''} onClick={list}>
        List folder
      </Button>
      <DesktopChoices />
      {dropped !== null && (
        <p className="models-dropped" role="status">
          {`A browser does not tell where ${dropped} lies: type or paste its path here. The desktop application takes it as it is dropped.`}
        </p>
      )}
    </form>
  );
}

/** The system's own dialogs; a browser has none that tells a path. */
function DesktopChoices(): ReactElement | null {
  const workbench = useWorkbench();
  const change = useChangeModels();
  const bridge = desktopBridge();
  if (bridge === null) return null;
  const chooseModel = async () => {
    const path = await bridge.chooseModel();
    if (path !== null) change({ shown: path });
  };
  const chooseFolder = async () => {
    const folder = await bridge.chooseFolder();
    if (folder !== null) await addFolder(workbench, folder);
  };
  return (
    <>
      <Button onClick={() => attempt(workbench, chooseModel)}>Choose a file</Button>
      <Button icon="folder" onClick={() => attempt(workbench, chooseFolder)}>
        Add a folder
      </Button>
    </>
  );
}
