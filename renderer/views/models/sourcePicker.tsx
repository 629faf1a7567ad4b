/** Where models were looked for: how many each place has, where it lies, and what was wrong there. */
import type { ReactElement } from 'react';
import type { ModelSourceInfo } from '../../../engine/results/library.ts';
import { attempt } from '../../api/attempt.ts';
import type { Workbench } from '../../api/workbench.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { IconButton } from '../../parts/button.tsx';
import { Icon } from '../../parts/icon.tsx';
import { sourceKey } from './modelRows.ts';
import { useChangeModels, useModelsSettings } from './modelsSettings.ts';
import { refreshLibrary } from './refreshLibrary.ts';

export function SourcePicker({ sources }: { readonly sources: readonly ModelSourceInfo[] }): ReactElement {
  const chosen = useModelsSettings(({ source }) => source);
  const change = useChangeModels();
  const paths = new Set(sources.flatMap(({ models }) => models.map(({ path }) => path)));
  return (
    <ul className="models-sources" aria-label="Sources">
      <li>
        <SourceButton title="All" count={paths.size} isOn={chosen === null} onChoose={() => change({ source: null })} />
      </li>
      {groups(sources).map(({ key, places }) => (
        <li key={key}>
          <SourceButton
            title={places[0]?.title ?? ''}
            count={places.reduce((sum, { models }) => sum + models.length, 0)}
            isOn={chosen === key}
            hasProblem={places.some(({ problem }) => problem !== null)}
            onChoose={() => change({ source: key })}
          />
          {places[0]?.id === 'folder' && <RemoveFolder path={places[0].path ?? ''} />}
        </li>
      ))}
    </ul>
  );
}

function groups(sources: readonly ModelSourceInfo[]) {
  const keys = [...new Set(sources.map(sourceKey))];
  return keys.map((key) => ({ key, places: sources.filter((source) => sourceKey(source) === key) }));
}

interface SourceButtonProps {
  readonly title: string;
  readonly count: number;
  readonly isOn: boolean;
  readonly hasProblem?: boolean;
  readonly onChoose: () => void;
}

function SourceButton({ title, count, isOn, hasProblem = false, onChoose }: SourceButtonProps): ReactElement {
  return (
    <button type="button" className="models-source" aria-pressed={isOn} onClick={onChoose}>
      {hasProblem && <Icon name="warning" size={12} />}
      {title}
      <span className="models-count">{count}</span>
    </button>
  );
}

function RemoveFolder({ path }: { readonly path: string }): ReactElement {
  const workbench = useWorkbench();
  const change = useChangeModels();
  const remove = () => {
    change({ source: null });
    attempt(workbench, () => removeFolder(workbench, path));
  };
  return <IconButton icon="close" label={`Stop listing ${path}; its files stay`} onClick={remove} />;
}

async function removeFolder(workbench: Workbench, path: string): Promise<void> {
  await workbench.client.folders({ remove: path });
  await refreshLibrary(workbench);
}
