/** Effects of sets of heads as a table for a spreadsheet: one row per set (RFC 4180, line feeds). Imports results only. */
import type { AblatedSet, SetsHeader } from '../results/ablateSets.ts';
import { effectCells } from './csv.ts';

const columns = [
  ...['heads', 'size', 'step', 'ablation', 'metric'],
  ...['effect_mean', 'effect_se', 'effect_ci95_low', 'effect_ci95_high'],
  ...['kl_mean', 'kl_se', 'kl_ci95_low', 'kl_ci95_high'],
  ...['interaction_mean', 'interaction_se', 'interaction_ci95_low', 'interaction_ci95_high', 'n'],
];

export interface SetsRecord {
  readonly header: SetsHeader;
  readonly sets: readonly AblatedSet[];
}

/** In the order in which they were measured; `heads` is `L9H6 L10H0`. */
export function setsCsv({ header, sets }: SetsRecord): string {
  return [columns, ...sets.map((set) => row(header, set))].map((cells) => `${cells.join(',')}\n`).join('');
}

// No cell can hold a comma or a quote.
function row({ ablation, metricId }: SetsHeader, set: AblatedSet): (string | number)[] {
  const { heads, effect, kl, interaction, step } = set;
  const names = heads.map(({ layer, head }) => `L${layer}H${head}`).join(' ');
  const both = interaction === null ? ['', '', '', ''] : effectCells(interaction);
  const about = [names, heads.length, step ?? '', ablation, metricId];
  return [...about, ...effectCells(effect), ...effectCells(kl), ...both, effect.n];
}
