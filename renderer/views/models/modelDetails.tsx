/** What one model is, from its headers, and what can be done with it. */
import type { ReactElement } from 'react';
import type { ResultOf } from '../../../engine/results/contract.ts';
import { useWatch } from '../../api/hooks.ts';
import { useInfo } from '../../api/queries.ts';
import { IconButton } from '../../parts/button.tsx';
import { copyText } from '../../parts/copyText.ts';
import { Empty, Loading } from '../../parts/states.tsx';
import { MemoryBars } from './memoryBars.tsx';
import { ModelFacts } from './modelFacts.tsx';
import { ModelHeads } from './modelHeads.tsx';
import { OpenControls } from './openControls.tsx';
import { Storage } from './storage.tsx';
import { TrustSection } from './trustSection.tsx';
import { UnreadableModel } from './unreadableModel.tsx';

export function ModelDetails({ path }: { readonly path: string | null }): ReactElement {
  const { data, error, isPlaceholderData } = useInfo(path);
  if (path === null)
    return (
      <Empty title="No model is chosen">Choose one in the list, or give the path of a file or folder above.</Empty>
    );
  if (error !== null) return <UnreadableModel path={path} error={error} />;
  if (data === undefined || isPlaceholderData) return <Loading what="Reading the headers" />;
  return <Details key={path} path={path} info={data} />;
}

function Details({ path, info }: { readonly path: string; readonly info: ResultOf<'info'> }): ReactElement {
  const isResident = useWatch(({ resident }) => resident?.model.fingerprint === info.fingerprint);
  return (
    <article className="models-details" aria-label={info.name}>
      <header className="models-head">
        <div className="models-title">
          <h3>{info.name}</h3>
          {isResident && <span className="models-badge">in memory</span>}
        </div>
        <div className="models-path">
          <code title={info.path}>{info.path}</code>
          <IconButton icon="copy" label="Copy the path" onClick={() => void copyText(info.path)} />
        </div>
        <OpenControls path={path} info={info} />
      </header>
      <div className="models-parts">
        <Part title="What it is">
          <ModelFacts info={info} />
        </Part>
        <Part title="Memory before it is opened">
          <MemoryBars memory={info.memory} />
        </Part>
        <Part title="Heads and the keys and values they share" isWide>
          <ModelHeads info={info} />
        </Part>
        <Part title="Stored as">
          <Storage storage={info.storage} />
        </Part>
        <Part title="Can it be trusted?">
          <TrustSection path={path} info={info} />
        </Part>
      </div>
    </article>
  );
}

interface PartProps {
  readonly title: string;
  readonly isWide?: boolean;
  readonly children: ReactElement;
}

function Part({ title, isWide = false, children }: PartProps): ReactElement {
  return (
    <section className="models-part" data-wide={isWide} aria-label={title}>
      <h4>{title}</h4>
      {children}
    </section>
  );
}
