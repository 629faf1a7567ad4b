/** Takes models that are dropped on the place; everything else that is dropped is the window's. */
import type { DragEvent, ReactElement, ReactNode } from 'react';
import { useState } from 'react';
import { desktopBridge } from '../../api/desktopBridge.ts';
import { useChangeModels } from './modelsSettings.ts';

export function DropZone({ children }: { readonly children: ReactNode }): ReactElement {
  const change = useChangeModels();
  const [isOver, setIsOver] = useState(false);
  const drop = (event: DragEvent) => {
    setIsOver(false);
    const file = event.dataTransfer.files[0];
    if (file === undefined || /\.(view\.json|jsonl|csv)$/i.test(file.name)) return;
    event.preventDefault();
    event.stopPropagation();
    const path = desktopBridge()?.pathOfFile(file) ?? '';
    change(path === '' ? { dropped: file.name } : { shown: path, dropped: null });
  };
  return (
    <div
      className="models-drop"
      data-over={isOver}
      onDragEnter={() => setIsOver(true)}
      onDragOver={(event) => event.preventDefault()}
      onDragLeave={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setIsOver(false);
      }}
      onDrop={drop}
    >
      {children}
      {isOver && <div className="models-drop-word">Drop a GGUF file or a model folder</div>}
    </div>
  );
}
