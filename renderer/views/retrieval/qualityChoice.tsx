/** Which KV heads stream in one of the choices that were measured. */
import type { ReactElement } from 'react';
import { useMemo, useRef } from 'react';
import type { StreamedHeads } from '../../../engine/results/duo.ts';
import { formatFixed } from '../../marks/format.ts';
import type { Picture } from '../../marks/picture.ts';
import { csvOf } from '../../parts/csv.ts';
import { Panel } from '../../parts/panel.tsx';
import { Select } from '../../parts/select.tsx';
import { Empty } from '../../parts/states.tsx';
import { KvMatrix } from './kvMatrix.tsx';
import { scoreWords } from './probeWords.ts';
import type { QualityRows } from './qualityRows.ts';
import { pointName, unedited } from './qualityRows.ts';
import { StreamTheseHeads } from './streamTheseHeads.tsx';
import { useStreaming } from './streamingSettings.ts';

export function QualityChoice({ rows }: { readonly rows: QualityRows }): ReactElement {
  const [{ shown }, change] = useStreaming('quality');
  const picture = useRef<Picture>(null);
  const { header } = rows;
  const { shape } = header;
  const points = rows.points.filter(({ ranking }) => ranking !== null);
  const point = points.find((one) => pointName(one) === shown) ?? points[0];
  if (point === undefined) {
    return (
      <Panel title="KV heads that stream">
        <Empty title="No choice is measured yet">The heads that stream stand here.</Empty>
      </Panel>
    );
  }
  const cells = point.streaming.map(([layer, kvHead]) => layer * shape.kvHeads + kvHead);
  return (
    <Panel
      title="KV heads that stream"
      controls={
        <Select
          label="Choice of heads"
          value={pointName(point)}
          options={points.map((one) => ({ value: pointName(one), title: pointName(one) }))}
          onChange={(next) => change({ shown: next })}
        />
      }
      aside={<StreamTheseHeads {...{ shape, cells }} window={header} />}
      exports={{
        name: 'streaming-kv-heads',
        csv: () => csvOf(['layer', 'kv_head'], point.streaming),
        picture: () => picture.current,
      }}
    >
      <div className="retrieval-drawn">
        <div className="retrieval-drawing">
          <ChoiceMatrix shape={shape} cells={cells} picture={picture} />
        </div>
        <p className="retrieval-note">{costWords(point, unedited(rows))}</p>
      </div>
    </Panel>
  );
}

/** `8 of them; answer −0.41 [−0.50, −0.33] (as it is −0.02), plain text 2.31 (2.30) nats a token` */
function costWords({ streaming, answer, loss }: StreamedHeads, full: StreamedHeads | null): string {
  const beside = (value: number | undefined) => (value === undefined ? '' : ` (as it is ${formatFixed(value, 2)})`);
  const answered = `answer ${scoreWords(answer)}${beside(full?.answer.mean)}`;
  return `${streaming.length} of them; ${answered}, plain text ${scoreWords(loss)}${beside(full?.loss.mean)} nats a token`;
}

interface ChoiceMatrixProps {
  readonly shape: QualityRows['header']['shape'];
  readonly cells: readonly number[];
  readonly picture: { current: Picture | null };
}

function ChoiceMatrix({ shape, cells, picture }: ChoiceMatrixProps): ReactElement {
  const key = cells.join(' ');
  const values = useMemo(() => {
    const streams = new Float32Array(shape.layers * shape.kvHeads);
    for (const cell of key.split(' ').filter((text) => text !== '')) streams[Number(cell)] = 1;
    return streams;
  }, [shape, key]);
  return (
    <KvMatrix
      {...{ shape, values, ref: picture }}
      scale={{ kind: 'sequential', low: 0, high: 1 }}
      numbers={0}
      measure="streams (1) or sees everything (0)"
      label="KV heads by layer: which stream"
    />
  );
}
