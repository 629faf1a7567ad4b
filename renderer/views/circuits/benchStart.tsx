/** What holds for all methods, and the button that starts them. */
import type { ReactElement } from 'react';
import { useWorkspace } from '../../api/hooks.ts';
import { useShortcut } from '../../api/useShortcut.ts';
import { Button } from '../../parts/button.tsx';
import { Segments } from '../../parts/segments.tsx';
import { NumberField } from '../prune/numberField.tsx';
import { countOf, promptsWords } from '../ablate/sweepsWords.ts';
import { outsideOf } from './benchRequest.ts';
import { useChangeCircuits, useCircuits } from './circuitsSettings.ts';
import type { Bench } from './useBench.ts';

export function BenchStart({ bench }: { readonly bench: Bench }): ReactElement {
  const prompts = useWorkspace((state) => state.prompts);
  const { chosen, problem, start } = bench;
  useShortcut('run', problem === null ? () => start() : null);
  return (
    <div className="circuits-start">
      <NodeFields bench={bench} />
      <NumberFields />
      <div className="circuits-line">
        {prompts !== null && <span className="sweeps-quiet">{promptsWords(prompts)}</span>}
        {problem === null ? (
          <span className="sweeps-quiet">{countOf(chosen.length, 'method')}</span>
        ) : (
          <span className="sweeps-problem">{problem}</span>
        )}
        <Button look="primary" icon="runs" disabled={problem !== null} onClick={() => start()} title="Ctrl Enter">
          Start
        </Button>
      </div>
    </div>
  );
}

const nodeSets = [
  { value: 'heads', title: 'Heads' },
  { value: 'headsAndMlps', title: 'Heads and MLPs' },
] as const;

function NodeFields({ bench: { prompts } }: { readonly bench: Bench }): ReactElement {
  const nodes = useCircuits((settings) => settings.nodes);
  const wanted = useCircuits((settings) => settings.outside);
  const change = useChangeCircuits();
  const outside = outsideOf(wanted, prompts);
  const lacks = prompts !== null && prompts.counterfactuals < prompts.total;
  return (
    <div className="circuits-line">
      <span className="circuits-label">Nodes</span>
      <Segments label="Nodes" value={nodes} options={nodeSets} onChange={(next) => change({ nodes: next })} />
      <span className="circuits-label">Outside the circuit</span>
      <Segments
        label="Outside the circuit"
        value={outside}
        options={[
          { value: 'counterfactual', title: 'Counterfactual', disabled: lacks },
          { value: 'mean', title: 'Mean' },
        ]}
        onChange={(next) => change({ outside: next })}
      />
      {lacks && (
        <span className="sweeps-problem">{`${prompts.counterfactuals} of ${prompts.total} prompts have a counterfactual.`}</span>
      )}
    </div>
  );
}

function NumberFields(): ReactElement {
  const { seeds, random, studied, permutations } = useCircuits((settings) => settings);
  const change = useChangeCircuits();
  return (
    <div className="circuits-line">
      <NumberField
        words="seeds of each method that draws"
        whole
        value={seeds}
        min={1}
        max={1000}
        onChange={(n) => change({ seeds: n })}
      />
      <NumberField
        words="random circuits of each size"
        whole
        value={random}
        min={0}
        max={1000}
        onChange={(n) => change({ random: n })}
      />
      <NumberField
        words="shuffles of labels for z"
        title="Positive and negative prompts are shuffled as often, for a z-score of each node; 0: none. Methods that need negatives alone."
        whole
        value={permutations}
        min={0}
        max={10_000}
        onChange={(n) => change({ permutations: n })}
      />
      <NumberField
        words="% of nodes studied for completeness and minimality"
        title="0: neither is measured"
        value={Math.round(studied * 1000) / 10}
        min={0}
        max={100}
        onChange={(n) => change({ studied: n / 100 })}
      />
    </div>
  );
}
