/** One method: whether it runs, what it is, and its settings. */
import type { ReactElement } from 'react';
import { useId } from 'react';
import { countOf } from '../ablate/sweepsWords.ts';
import { reasonAgainst } from './benchRequest.ts';
import { useChangeCircuits, useCircuits } from './circuitsSettings.ts';
import type { MethodInfo } from './methodLooks.ts';
import { SettingField } from './settingField.tsx';
import type { Bench } from './useBench.ts';

interface MethodChoiceProps {
  readonly method: MethodInfo;
  readonly bench: Bench;
}

export function MethodChoice({ method, bench }: MethodChoiceProps): ReactElement {
  const id = useId();
  const nodes = useCircuits((settings) => settings.nodes);
  const methods = useCircuits((settings) => settings.methods);
  const change = useChangeCircuits();
  const reason = reasonAgainst(method, nodes, bench.prompts);
  const isWanted = methods === null || methods.includes(method.id);
  const toggle = () => {
    const now = methods ?? bench.known.map((one) => one.id);
    change({ methods: isWanted ? now.filter((one) => one !== method.id) : [...now, method.id] });
  };
  return (
    <div className="circuits-method">
      <input
        id={id}
        type="checkbox"
        checked={isWanted && reason === null}
        disabled={reason !== null}
        onChange={toggle}
      />
      <label htmlFor={id}>{method.title}</label>
      {method.seeded && <small className="circuits-tag">seeded</small>}
      <p className="sweeps-quiet">{method.about}</p>
      {reason === null ? (
        isWanted && <MethodSettings method={method} />
      ) : (
        <p className="sweeps-problem">{`Can’t run: ${reason}.`}</p>
      )}
    </div>
  );
}

function MethodSettings({ method: { id, settings, source } }: { readonly method: MethodInfo }): ReactElement {
  const all = useCircuits((state) => state.settings);
  const change = useChangeCircuits();
  const own = all[id] ?? {};
  const changed = Object.keys(own).length;
  return (
    <details className="circuits-details">
      <summary>
        {settings.length === 0
          ? 'Source'
          : `${countOf(settings.length, 'setting')}${changed === 0 ? '' : `, ${changed} changed`}`}
      </summary>
      <p className="sweeps-quiet">{source}</p>
      {settings.map((setting) => (
        <SettingField
          key={setting.name}
          setting={setting}
          value={own[setting.name] ?? setting.default}
          onChange={(value) => change({ settings: { ...all, [id]: { ...own, [setting.name]: value } } })}
        />
      ))}
    </details>
  );
}
