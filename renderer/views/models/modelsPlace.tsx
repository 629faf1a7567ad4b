import type { ReactElement } from 'react';
import { useEffect, useRef } from 'react';
import './models.css';
import { useWatch, useWorkspace } from '../../api/hooks.ts';
import { useLibrary } from '../../api/queries.ts';
import { useShortcut } from '../../api/useShortcut.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { csvOf } from '../../parts/csv.ts';
import { TextInput } from '../../parts/input.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Empty, ErrorState, Loading } from '../../parts/states.tsx';
import { DropZone } from './dropZone.tsx';
import { ModelDetails } from './modelDetails.tsx';
import type { ModelRow } from './modelRows.ts';
import { modelRows } from './modelRows.ts';
import { useChangeModels, useModelsSettings } from './modelsSettings.ts';
import { ModelTable } from './modelTable.tsx';
import { PathBar } from './pathBar.tsx';
import { PullButton } from './pullButton.tsx';
import { PullList } from './pullList.tsx';
import { SourceNotes } from './sourceNotes.tsx';
import { SourcePicker } from './sourcePicker.tsx';

export function ModelsPlace(): ReactElement {
  const library = useLibrary();
  const settings = useModelsSettings((all) => all);
  const change = useChangeModels();
  const looked = useWorkspace(({ model }) => model?.model ?? null);
  const sources = library.data?.sources ?? [];
  const rows = modelRows(sources, settings);
  const shown = settings.shown ?? looked;
  useRecent();
  const search = useRef<HTMLInputElement>(null);
  useShortcut('find', () => search.current?.focus());
  return (
    <Panel
      title="Models"
      className="models"
      caption={library.data === undefined ? '' : countWords(rows.length)}
      controls={
        <TextInput
          className="models-search"
          ref={search}
          aria-label="Find a model"
          placeholder="Find by name or path"
          value={settings.search}
          onChange={(text) => change({ search: text })}
        />
      }
      aside={<PullButton />}
      exports={{ name: 'models', csv: () => rowsCsv(rows) }}
    >
      <DropZone>
        <div className="models-list">
          <PathBar />
          <SourcePicker sources={sources} />
          <SourceNotes sources={sources} chosen={settings.source} />
          <PullList />
          <div className="models-rows">
            <Rows library={library} rows={rows} shown={shown} />
          </div>
        </div>
        <div className="models-shown">
          <ModelDetails path={shown} />
        </div>
      </DropZone>
    </Panel>
  );
}

/** A model that was opened stands among the recent ones. */
function useRecent(): void {
  const { queries } = useWorkbench();
  const resident = useWatch((state) => state.resident?.path ?? null);
  useEffect(() => void queries.invalidateQueries({ queryKey: ['library'] }), [queries, resident]);
}

interface RowsProps {
  readonly library: ReturnType<typeof useLibrary>;
  readonly rows: readonly ModelRow[];
  readonly shown: string | null;
}

function Rows({ library, rows, shown }: RowsProps): ReactElement {
  const { dialogs } = useWorkbench();
  const resident = useWatch((state) => state.resident?.path ?? null);
  const change = useChangeModels();
  if (library.error !== null) return <ErrorState error={library.error} onRetry={() => void library.refetch()} />;
  if (library.data === undefined) return <Loading what="Looking for models" />;
  if (rows.length === 0)
    return (
      <Empty title="No model here">
        Nothing in these places fits. Give a path above, list a folder, or download one from the hub.
      </Empty>
    );
  return (
    <ModelTable
      rows={rows}
      selected={shown}
      resident={resident}
      onSelect={(path) => change({ shown: path })}
      onOpen={(path) => dialogs.show({ kind: 'openModel', path })}
    />
  );
}

function countWords(count: number): string {
  return count === 1 ? '1 model' : `${count} models`;
}

function rowsCsv(rows: readonly ModelRow[]): string {
  const cells = rows.map(({ name, format, bytes, changed, path, sources }) => [
    name,
    format,
    bytes,
    changed,
    path,
    sources.join('; '),
  ]);
  return csvOf(['name', 'format', 'bytes', 'changed', 'path', 'sources'], cells);
}
