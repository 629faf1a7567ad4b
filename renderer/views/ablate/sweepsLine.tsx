/** Below a drawing: what is pointed at, in words. Written without rendering. */
import type { ReactElement, Ref } from 'react';
import { useImperativeHandle, useRef } from 'react';

export interface LineWriter {
  readonly write: (text: string) => void;
}

export function SweepsLine({ idle, ref }: { readonly idle: string; readonly ref: Ref<LineWriter> }): ReactElement {
  const line = useRef<HTMLSpanElement>(null);
  useImperativeHandle(ref, () => ({
    write: (text) => {
      if (line.current !== null) line.current.textContent = text === '' ? idle : text;
    },
  }));
  return (
    <div className="sweeps-line">
      <span ref={line}>{idle}</span>
    </div>
  );
}
