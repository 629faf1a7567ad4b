/** Dictionaries of features: training, the list of them, one feature, a text, two held against each other. */
import type { ReactElement } from 'react';
import { useModelInfo, useWorkspace } from '../../api/hooks.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { Button } from '../../parts/button.tsx';
import { Panel } from '../../parts/panel.tsx';
import { PaneContext } from '../../parts/paneContext.ts';
import { Empty, Loading } from '../../parts/states.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import '../ablate/ablate.css';
import '../ablate/sweeps.css';
import '../retrieval/retrieval.css';
import { CompareFace } from './compareFace.tsx';
import './dictionaries.css';
import type { DictionariesModel } from './dictionariesModel.ts';
import { useChangeDictionaries, useDictionariesSettings } from './dictionariesSettings.ts';
import { DictionaryPicker } from './dictionaryPicker.tsx';
import { FeatureFace } from './featureFace.tsx';
import { ListFace } from './listFace.tsx';
import { TextFace } from './textFace.tsx';
import { TrainFace } from './trainFace.tsx';

export function DictionariesPlace(): ReactElement {
  const info = useModelInfo();
  const choice = useWorkspace((state) => state.model);
  return (
    <Panel title="SAEs">
      {info === null || choice === null ? (
        <NoModel />
      ) : (
        <Faces model={{ choice, shape: info.shape, name: info.name, fingerprint: info.fingerprint }} />
      )}
    </Panel>
  );
}

function Faces({ model }: { readonly model: DictionariesModel }): ReactElement {
  const face = useDictionariesSettings((settings) => settings.face);
  const change = useChangeDictionaries();
  return (
    <div className="dict">
      {/* Panels of the faces are parts of the pane, not panes. */}
      <PaneContext value={null}>
        <Tabs
          label="What is done with dictionaries"
          value={face}
          onChange={(next) => change({ face: next })}
          aside={face === 'train' ? undefined : <DictionaryPicker model={model} />}
          tabs={[
            { value: 'train', title: 'Train', content: () => <TrainFace model={model} /> },
            { value: 'dictionaries', title: 'Dictionaries', content: () => <ListFace model={model} /> },
            { value: 'feature', title: 'Feature', content: () => <FeatureFace model={model} /> },
            { value: 'text', title: 'Try text', content: () => <TextFace model={model} /> },
            { value: 'compare', title: 'Compare', content: () => <CompareFace model={model} /> },
          ]}
        />
      </PaneContext>
    </div>
  );
}

function NoModel(): ReactElement {
  const { dialogs } = useWorkbench();
  const path = useWorkspace((state) => state.model?.model ?? null);
  if (path !== null) return <Loading what="Reading the model’s headers" />;
  const open = () => dialogs.show({ kind: 'palette', page: 'models' });
  return (
    <Empty title="No model is open" action={<Button onClick={open}>Open a model</Button>}>
      Dictionaries of features are trained here on what its heads write, and looked at.
    </Empty>
  );
}
