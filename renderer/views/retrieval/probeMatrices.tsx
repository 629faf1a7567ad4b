/** Echo, induction and the prior of every KV head, side by side. */
import type { ReactElement } from 'react';
import { useMemo, useRef } from 'react';
import { scaleOf } from '../../api/measureScale.ts';
import { Legend } from '../../marks/legend.tsx';
import type { Picture } from '../../marks/picture.ts';
import { formatNumber } from '../../marks/format.ts';
import { Panel } from '../../parts/panel.tsx';
import { PartialNote } from '../../parts/states.tsx';
import type { LineWriter } from '../ablate/sweepsLine.tsx';
import { SweepsLine } from '../ablate/sweepsLine.tsx';
import { KvMatrix } from './kvMatrix.tsx';
import type { Kept, ProbeRows, ProbeScore } from './probeRows.ts';
import { keptMarks, probeValues } from './probeRows.ts';
import { groupWords, probeCsv } from './probeWords.ts';

interface ProbeMatricesProps {
  readonly rows: ProbeRows;
  readonly kept: Kept | null;
}

const scores = [
  { score: 'echo', title: 'Echo', about: 'attention to the same token earlier' },
  { score: 'induction', title: 'Induction', about: 'attention to what came after it' },
  { score: 'prior', title: 'Prior of positions', about: '1: all on the oldest keys' },
] as const;

export function ProbeMatrices({ rows, kept }: ProbeMatricesProps): ReactElement {
  const line = useRef<LineWriter>(null);
  const picture = useRef<Picture>(null);
  const { header, groups } = rows;
  const total = header.shape.layers * header.shape.kvHeads;
  const write = (cell: number | null) => line.current?.write(cell === null ? '' : groupWords(rows, kept, cell));
  const shown = scores.filter(({ score }) => score !== 'prior' || header.priorLength !== null);
  return (
    <Panel
      title="KV heads that look far back"
      caption={`${formatNumber(header.n)} sequences of ${formatNumber(header.length)} tokens, four times${header.bosPrepended ? ' after BOS' : ''}; a KV head has that of its strongest query head. Behaviour, not importance. ${header.notes.join('; ')}`}
      aside={groups.length < total && <PartialNote known={groups.length} total={total} of="KV heads" />}
      exports={{ name: 'streaming-heads', csv: () => probeCsv(rows, kept), picture: () => picture.current }}
    >
      <div className="retrieval-drawn">
        <div className="retrieval-figures">
          {shown.map((one, i) => (
            <Figure key={one.score} {...one} {...{ rows, kept, write }} {...(i === 0 ? { picture } : {})} />
          ))}
        </div>
        <SweepsLine
          ref={line}
          idle="A dot: kept whole by this score. Hatched: not known. Point at a KV head to read all of it."
        />
      </div>
    </Panel>
  );
}

interface FigureProps extends ProbeMatricesProps {
  readonly score: ProbeScore;
  readonly title: string;
  readonly about: string;
  readonly write: (cell: number | null) => void;
  readonly picture?: { current: Picture | null };
}

function Figure({ rows, kept, score, title, about, write, picture }: FigureProps): ReactElement {
  const values = useMemo(() => probeValues(rows, score), [rows, score]);
  const marks = useMemo(() => keptMarks(rows, kept, score), [rows, kept, score]);
  const scale = scaleOf({ values, range: score === 'prior' ? [0, 1] : null, signed: false });
  return (
    <figure className="retrieval-figure">
      <figcaption className="retrieval-figure-title">
        <strong>{title}</strong> {about}
      </figcaption>
      <div className="retrieval-drawing">
        <KvMatrix
          {...{ values, scale, marks }}
          {...(picture === undefined ? {} : { ref: picture })}
          shape={rows.header.shape}
          numbers={6}
          measure={title.toLowerCase()}
          onPoint={write}
          label={`KV heads by layer: ${title}`}
        />
      </div>
      <div className="retrieval-legend">
        <Legend scale={scale} title={score === 'prior' ? 'area' : 'share'} width={96} />
      </div>
    </figure>
  );
}
