/** KV heads of a probe in words and as CSV. */
import type { StreamingGroup } from '../../../engine/results/streamingHeads.ts';
import { csvOf } from '../../parts/csv.ts';
import { headName } from '../../state/headNames.ts';
import type { Kept, ProbeRows } from './probeRows.ts';
import { keptWords } from './probeRows.ts';
import { withInterval } from './retrievalWords.ts';

export function groupName({ layer, kvGroup }: Pick<StreamingGroup, 'layer' | 'kvGroup'>): string {
  return `L${layer}G${kvGroup}`;
}

export function scoreWords({ mean, interval }: StreamingGroup['echo'], decimals = 2): string {
  return withInterval(mean, interval[0], interval[1], decimals);
}

/** `L2G1: echo 0.020 [0.012, 0.029] (L2H3), induction 0.610 [0.581, 0.642] (L2H2), prior 0.52; kept by induction` */
export function groupWords({ header: { shape }, groups }: ProbeRows, kept: Kept | null, cell: number): string {
  const at = { layer: Math.floor(cell / shape.kvHeads), kvGroup: cell % shape.kvHeads };
  const group = groups.find(({ layer, kvGroup }) => layer === at.layer && kvGroup === at.kvGroup);
  if (group === undefined) return `${groupName(at)}: not known yet`;
  const of = (head: number) => headName({ layer: at.layer, head });
  const parts = [
    `echo ${scoreWords(group.echo, 3)} (${of(group.echoHead)})`,
    `induction ${scoreWords(group.induction, 3)} (${of(group.inductionHead)})`,
    ...(group.prior === null ? [] : [`prior ${group.prior.toFixed(2)}`]),
  ];
  const by = keptWords(kept, group);
  const end = by === '–' ? 'may stream' : by === 'not known' ? 'kept or not: known at the end' : `kept by ${by}`;
  return `${groupName(at)}: ${parts.join(', ')}; ${end}`;
}

export function probeCsv({ groups }: ProbeRows, kept: Kept | null): string {
  const numbers = ['echo', 'induction'].flatMap((score) => [score, `${score}.low`, `${score}.high`, `${score}.head`]);
  const rows = groups.map((group) => {
    const { layer, kvGroup, echo, echoHead, induction, inductionHead, prior } = group;
    return [
      ...[layer, kvGroup, echo.mean, ...echo.interval, echoHead, induction.mean, ...induction.interval, inductionHead],
      ...[prior, kept === null ? null : keptWords(kept, group)],
    ];
  });
  return csvOf(['layer', 'kv_head', ...numbers, 'prior', 'kept_by'], rows);
}
