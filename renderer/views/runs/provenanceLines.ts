/** How the numbers of a run came about: when, how long, on what; with the hashes of the model enough to get them again. */
import type { RunRecord, RunSummary } from '../../../engine/results/runs.ts';
import { formatDuration, formatNumber } from '../../marks/format.ts';
import type { Line } from './requestLines.ts';
import { timeWords } from './runWords.ts';

/** `summary` is the newest one; the record may be of a moment ago. */
export function provenanceLines(record: RunRecord, summary: RunSummary): readonly Line[] {
  const { machine, plan } = record;
  const { resumed } = summary;
  return [
    { name: 'Begun', value: timeWords(summary.created) },
    { name: 'Wall time', value: formatDuration(summary.seconds) },
    { name: 'Resumed', value: resumed === 0 ? 'never' : timesWords(resumed) },
    { name: 'Rows', value: formatNumber(summary.rows) },
    ...(plan['unitsPerRun'] === undefined ? [] : [{ name: 'Units in a batch', value: String(plan['unitsPerRun']) }]),
    { name: 'Headscope', value: machine.headscope },
    { name: 'ONNX Runtime', value: machine.onnxruntime },
    { name: 'Node', value: machine.node },
    { name: 'Processor', value: `${machine.cpu}, ${machine.threads} threads` },
    { name: 'System', value: machine.os },
  ];
}

function timesWords(times: number): string {
  return times === 1 ? 'once' : `${formatNumber(times)} times`;
}
