/** Which methods run on the prompts, with their settings; what can't run says why. */
import type { ReactElement } from 'react';
import { Button } from '../../parts/button.tsx';
import { ErrorState, Loading } from '../../parts/states.tsx';
import { reasonAgainst } from './benchRequest.ts';
import { BenchStart } from './benchStart.tsx';
import { useChangeCircuits, useCircuits } from './circuitsSettings.ts';
import { MethodChoice } from './methodChoice.tsx';
import type { MethodInfo, MethodRole } from './methodLooks.ts';
import { roleTitles } from './methodLooks.ts';
import type { Bench } from './useBench.ts';
import { useBench } from './useBench.ts';

const notes: Readonly<Record<MethodRole, string>> = {
  method: 'Each claims to tell which nodes carry the behaviour.',
  control: 'They know nothing of it, or next to nothing. A method that does no better has found nothing.',
  reference: 'Each node replaced in turn on the real model: slow, and what the others stand in for.',
};

export function MethodsFace(): ReactElement {
  const bench = useBench();
  if (bench.error !== null) return <ErrorState error={bench.error} />;
  if (bench.isLoading) return <Loading what="Reading which methods there are" />;
  return (
    <div className="circuits-methods">
      <div className="circuits-groups">
        {(Object.keys(roleTitles) as MethodRole[]).map((role) => (
          <RoleGroup key={role} role={role} bench={bench} />
        ))}
      </div>
      <BenchStart bench={bench} />
    </div>
  );
}

function RoleGroup({ role, bench }: { readonly role: MethodRole; readonly bench: Bench }): ReactElement | null {
  const own = bench.known.filter((method) => method.role === role);
  if (own.length === 0) return null;
  const isBare = role === 'control' && !bench.chosen.some((method) => method.role === 'control');
  return (
    <fieldset className="circuits-group">
      <legend>{roleTitles[role]}</legend>
      <div className="circuits-about">
        <p className={isBare ? 'sweeps-problem' : 'sweeps-quiet'}>
          {isBare ? 'Without a control a high number says nothing.' : notes[role]}
        </p>
        <AllOrNone {...{ own, bench }} title={roleTitles[role]} />
      </div>
      {own.map((method) => (
        <MethodChoice key={method.id} {...{ method, bench }} />
      ))}
    </fieldset>
  );
}

interface AllOrNoneProps {
  readonly own: readonly MethodInfo[];
  readonly bench: Bench;
  readonly title: string;
}

/** Chooses all of a group, or none where all that can run are chosen. */
function AllOrNone({ own, bench, title }: AllOrNoneProps): ReactElement {
  const nodes = useCircuits((settings) => settings.nodes);
  const methods = useCircuits((settings) => settings.methods);
  const change = useChangeCircuits();
  const can = own.filter((method) => reasonAgainst(method, nodes, bench.prompts) === null);
  const isAll = can.every((method) => bench.chosen.includes(method));
  const others = (methods ?? bench.known.map(({ id }) => id)).filter((id) => !own.some((method) => method.id === id));
  const choose = () => change({ methods: isAll ? others : [...others, ...own.map(({ id }) => id)] });
  return (
    <Button look="plain" onClick={choose} aria-label={`${title}: ${isAll ? 'none' : 'all'}`}>
      {isAll ? 'None' : 'All'}
    </Button>
  );
}
