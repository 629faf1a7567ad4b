/** The gates after the last step: of each KV head, and how they are spread; which stream at a chosen share. */
import type { ReactElement } from 'react';
import { useMemo, useRef } from 'react';
import type { DuoHeader } from '../../../engine/results/duo.ts';
import { FitBox } from '../../marks/fitBox.tsx';
import { formatNumber } from '../../marks/format.ts';
import { Histogram } from '../../marks/histogram.tsx';
import { Legend } from '../../marks/legend.tsx';
import type { Picture } from '../../marks/picture.ts';
import { csvOf } from '../../parts/csv.ts';
import { NumberInput } from '../../parts/input.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Table } from '../../parts/table.tsx';
import type { LineWriter } from '../ablate/sweepsLine.tsx';
import { SweepsLine } from '../ablate/sweepsLine.tsx';
import type { GateRows } from './gateRows.ts';
import { gateThreshold, gateValues, streamingCells } from './gateRows.ts';
import { KvMatrix } from './kvMatrix.tsx';
import { groupName } from './probeWords.ts';
import { StreamTheseHeads } from './streamTheseHeads.tsx';
import { useStreaming } from './streamingSettings.ts';

const scale = { kind: 'sequential', low: 0, high: 1 } as const;

export function GatePanel({ rows }: { readonly rows: GateRows }): ReactElement {
  const [{ share }, change] = useStreaming('gates');
  const picture = useRef<Picture>(null);
  const { shape, settings } = rows.header;
  const gates = useMemo(() => gateValues(rows), [rows]);
  const cells = useMemo(() => streamingCells(gates, share / 100), [gates, share]);
  return (
    <Panel
      title="Gates"
      controls={
        <span className="retrieval-field">
          streaming, %
          <NumberInput
            aria-label="Percent of KV heads that stream"
            min={0}
            max={100}
            value={share}
            onChange={(next) => change({ share: next })}
          />
        </span>
      }
      aside={<StreamTheseHeads {...{ shape, cells }} window={settings} />}
      exports={{ name: 'gates', csv: () => gatesCsv(shape, gates), picture: () => picture.current }}
      table={() => <GateTable {...{ shape, gates, cells }} />}
    >
      <GateDrawings {...{ shape, gates, cells, picture }} share={share / 100} />
    </Panel>
  );
}

interface DrawingsProps {
  readonly shape: DuoHeader['shape'];
  readonly gates: Float32Array;
  /** Those that stream. */
  readonly cells: readonly number[];
  readonly share: number;
  readonly picture: { current: Picture | null };
}

function GateDrawings({ shape, gates, cells, share, picture }: DrawingsProps): ReactElement {
  const line = useRef<LineWriter>(null);
  const marks = useMemo(() => Uint8Array.from(gates, (_, at) => Number(cells.includes(at))), [gates, cells]);
  const write = (cell: number | null) =>
    line.current?.write(cell === null ? '' : wordsOf(shape, gates[cell] ?? NaN, cell, marks[cell] === 1));
  return (
    <div className="retrieval-drawn">
      <div className="retrieval-gates">
        <div className="retrieval-drawing">
          <KvMatrix
            {...{ shape, scale, marks, ref: picture }}
            values={gates}
            measure="gate"
            onPoint={write}
            label="KV heads by layer: gates"
          />
        </div>
        <GateHistogram gates={gates} share={share} />
      </div>
      <div className="retrieval-legend">
        <Legend scale={scale} title="gate, 1: full attention" width={96} unknown significant="streams" />
      </div>
      <SweepsLine ref={line} idle={countWords(gates, cells)} />
    </div>
  );
}

/** Fewer stream than were asked for where many gates are equal. */
function countWords(gates: Float32Array, cells: readonly number[]): string {
  const half = gates.filter((gate) => gate > 0.5).length;
  return `${cells.length} of ${formatNumber(gates.length)} KV heads lie below the quantile and stream; ${half} gates are above 0.5.`;
}

function wordsOf({ kvHeads }: DuoHeader['shape'], gate: number, cell: number, streams: boolean): string {
  const name = groupName({ layer: Math.floor(cell / kvHeads), kvGroup: cell % kvHeads });
  return `${name}: gate ${Number.isNaN(gate) ? 'not known yet' : gate.toFixed(3)}${streams ? ', streams' : ''}`;
}

function GateHistogram({ gates, share }: Pick<DrawingsProps, 'gates' | 'share'>): ReactElement {
  const threshold = gateThreshold(gates, share);
  const line = Number.isFinite(threshold) ? { line: { name: 'streams below', value: threshold } } : {};
  return (
    <div className="retrieval-drawing">
      <FitBox>
        {(size) => (
          <Histogram
            {...size}
            {...line}
            values={gates}
            domain={[0, 1]}
            bins={20}
            title="gate"
            label={`How many of ${gates.length} gates lie where between 0 and 1`}
          />
        )}
      </FitBox>
    </div>
  );
}

interface GateRow {
  readonly name: string;
  readonly layer: number;
  readonly gate: number;
  readonly streams: boolean;
}

function GateTable({ shape, gates, cells }: Pick<DrawingsProps, 'shape' | 'gates' | 'cells'>): ReactElement {
  const rows = Array.from(gates, (gate, at): GateRow => {
    const layer = Math.floor(at / shape.kvHeads);
    return { name: groupName({ layer, kvGroup: at % shape.kvHeads }), layer, gate, streams: cells.includes(at) };
  });
  return (
    <Table<GateRow>
      label="Gates"
      rows={rows}
      keyOf={({ name }) => name}
      columns={[
        { id: 'name', title: 'KV head', width: '88px', isCode: true, cell: ({ name }) => name },
        {
          ...{ id: 'gate', title: 'Gate', width: '96px', align: 'right' },
          cell: ({ gate }) => gate.toFixed(3),
          sortBy: ({ gate }) => gate,
        },
        { id: 'streams', title: 'Streams', width: '1fr', cell: ({ streams }) => (streams ? 'yes' : '–') },
      ]}
    />
  );
}

function gatesCsv({ kvHeads }: DuoHeader['shape'], gates: Float32Array): string {
  const rows = Array.from(gates, (gate, at) => [Math.floor(at / kvHeads), at % kvHeads, gate]);
  return csvOf(['layer', 'kv_head', 'gate'], rows);
}
