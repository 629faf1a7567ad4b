/** A training of gates as DuoAttention's folder, and as a table of KV groups. Imports results only. */
import type { DuoHeader } from '../results/duo.ts';
import type { HeadTable } from '../results/importedScores.ts';
import { writeDuo } from './duoAttention.ts';
import { headTable } from './headTable.ts';

export interface DuoRecord {
  readonly header: DuoHeader;
  /** Layer by layer. */
  readonly gates: readonly number[];
  /** Version of headscope. */
  readonly version: string;
}

/** The texts of full_attention_heads.tsv and of config.json, whose names of arguments are those of their training script. */
export function duoFiles({ header, gates, version }: DuoRecord): ReturnType<typeof writeDuo> {
  const { steps, sink, recent, lengths, passkeys, learningRate, regularisation, seed } = header.settings;
  const config = {
    model_name: header.model.name,
    num_steps: steps,
    lr: learningRate,
    reg_weight: regularisation,
    initial_value: 1,
    batch_size: 1,
    dataset_format: 'multiple_passkey',
    context_length_min: lengths.from,
    context_length_max: lengths.to,
    context_lengths_num_intervals: lengths.count,
    num_passkeys: passkeys?.count ?? null,
    passkey_length: passkeys?.words ?? null,
    sink_size: sink,
    recent_size: recent,
    seed,
    tool: `headscope ${version}`,
    notes: header.notes,
  };
  return writeDuo({ config, perLayer: perLayerOf(header), gates });
}

/** One number for each KV group. */
export function duoTable({ header, gates }: Omit<DuoRecord, 'version'>): HeadTable {
  return headTable({
    ...{ id: 'alpha', title: 'DuoAttention gate', kind: 'compress', unit: 'kv-group', direction: 'higher_keeps' },
    perLayer: perLayerOf(header),
    settings: { sink_size: header.settings.sink, recent_size: header.settings.recent },
    values: Float32Array.from(gates),
  });
}

function perLayerOf({ shape: { layers, kvHeads } }: DuoHeader): number[] {
  return Array.from({ length: layers }, () => kvHeads);
}
