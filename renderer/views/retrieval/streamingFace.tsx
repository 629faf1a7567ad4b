/** Which KV heads need the whole context and which could do with sinks and a window; and what it costs that those do. */
import type { ReactElement } from 'react';
import { Segments } from '../../parts/segments.tsx';
import '../ablate/sweeps.css';
import { GatesPart } from './gatesPart.tsx';
import { ProbePart } from './probePart.tsx';
import { QualityPart } from './qualityPart.tsx';
import type { StreamingPartProps } from './streamingPartProps.ts';
import { useStreamingPart } from './streamingSettings.ts';

const parts = [
  { value: 'probe', title: 'Echo, induction, prior' },
  { value: 'gates', title: 'Trained gates' },
  { value: 'quality', title: 'What streaming costs' },
] as const;

export function StreamingFace(props: StreamingPartProps): ReactElement {
  const [part, change] = useStreamingPart();
  return (
    <div className="retrieval-detection">
      <div className="retrieval-top">
        <Segments label="Way to tell" value={part} options={parts} onChange={change} />
      </div>
      <div className="retrieval-part">
        {part === 'probe' && <ProbePart {...props} />}
        {part === 'gates' && <GatesPart {...props} />}
        {part === 'quality' && <QualityPart {...props} />}
      </div>
    </div>
  );
}
