/** Which methods run on the prompts, with their settings; what can't run says why. */
import type { ReactElement } from 'react';
import { ErrorState, Loading } from '../../parts/states.tsx';
import { BenchStart } from './benchStart.tsx';
import { MethodChoice } from './methodChoice.tsx';
import type { MethodRole } from './methodLooks.ts';
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
      <p className={isBare ? 'sweeps-problem' : 'sweeps-quiet'}>
        {isBare ? 'Without a control a high number says nothing.' : notes[role]}
      </p>
      {own.map((method) => (
        <MethodChoice key={method.id} {...{ method, bench }} />
      ))}
    </fieldset>
  );
}
