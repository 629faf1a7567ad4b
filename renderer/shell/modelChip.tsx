/** The model that is looked at: name, format, shape. */
import type { ReactElement } from 'react';
import { useEffect } from 'react';
import { useStore } from 'zustand';
import type { ResultOf } from '../../engine/results/contract.ts';
import { useIsResident, useModelInfo, useWatch, useWorkspace } from '../api/hooks.ts';
import type { Opening } from '../api/workbench.ts';
import { useWorkbench } from '../api/workbench.ts';
import { ParityBadge, WithParity } from './parityBadge.tsx';
import { viewOf } from './viewOf.ts';

export function ModelChip(): ReactElement {
  const { workspace, dialogs } = useWorkbench();
  const path = useWorkspace((state) => state.model?.model ?? null);
  const info = useModelInfo();
  const isResident = useIsResident();
  const weights = useWatch(({ resident }) => resident?.model.weights ?? null);
  const opening = useStore(useWorkbench().opening);
  useDocumentTitle(info?.name ?? null);
  const isAway = info !== null && !isResident && opening === null;
  const open = () => {
    if (isAway && path !== null) dialogs.show({ kind: 'openModel', path });
    else if (viewOf('models') === null) dialogs.show({ kind: 'palette', page: 'models' });
    else workspace.goTo('models');
  };
  return (
    <WithParity info={info}>
      <button type="button" className="chip" onClick={open}>
        <span className="spoken">Model: </span>
        <span className="chip-name">{info?.name ?? nameOf(opening?.choice.model ?? path) ?? 'No model'}</span>
        {info !== null && <span className="chip-detail">{describe(info)}</span>}
        {info !== null && isResident && weights === 'quantised' && <span className="chip-detail">kept quantised</span>}
        {opening !== null && <span className="chip-detail">{openingWords(opening, path)}</span>}
        {info !== null && <ParityBadge info={info} />}
        {isAway && <span className="chip-warn">not in memory, open</span>}
      </button>
    </WithParity>
  );
}

/** `opening 45 %`, with its name where it is not the one that is looked at. */
function openingWords({ choice, progress }: Opening, path: string | null): string {
  const what = choice.model === path ? 'opening' : `opening ${nameOf(choice.model)}`;
  return progress === null || progress.total === 0
    ? what
    : `${what} ${Math.round((100 * progress.done) / progress.total)} %`;
}

function nameOf(path: string | null): string | null {
  return path?.split(/[\\/]/).findLast((part) => part !== '') ?? null;
}

function useDocumentTitle(name: string | null): void {
  useEffect(() => {
    document.title = name === null ? 'Headscope' : `${name} – Headscope`;
  }, [name]);
}

/** `GGUF Q4_1 · 30 × 9 heads · 3 KV groups`. */
function describe({ format, storage, shape }: ResultOf<'info'>): string {
  const { layers, heads, kvHeads } = shape;
  const main = storage.toSorted((a, b) => b.bytes - a.bytes)[0]?.type ?? '';
  const groups = kvHeads === heads ? [] : [`${kvHeads} KV groups`];
  const name = format === 'gguf' ? 'GGUF' : 'safetensors';
  return [`${name} ${main}`, `${layers} × ${heads} heads`, ...groups].join(' · ');
}
