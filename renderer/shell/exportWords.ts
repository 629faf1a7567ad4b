/** The forms in which a run can be saved, in groups, each with what reads it. */
import type { RequestOf } from '../../engine/results/contract.ts';

export type ExportFormat = RequestOf<'export'>['format'];

export interface FormWords {
  readonly title: string;
  readonly readBy: string;
}

export interface FormGroup {
  readonly title: string;
  readonly formats: readonly ExportFormat[];
}

export const formGroups: readonly FormGroup[] = [
  { title: 'Numbers', formats: ['heads.json', 'csv', 'parquet'] },
  { title: 'Scores of heads', formats: ['wu', 'locos', 'qr-head', 'qr-head-set', 'head-vis'] },
  { title: 'Circuits', formats: ['circuit.json', 'mib-nodes'] },
  { title: 'Cache compression', formats: ['duo-attention', 'razor'] },
  { title: 'Pruning', formats: ['hf-heads', 'head-mask'] },
  { title: 'The run itself', formats: ['rows.jsonl', 'bundle.zip'] },
];

export const formWords: Readonly<Record<ExportFormat, FormWords>> = {
  'heads.json': {
    title: 'heads.json',
    readBy: 'Headscope, and scripts by its JSON Schema: every number with interval, calibration and machine',
  },
  csv: { title: 'Table (CSV)', readBy: 'spreadsheets, pandas, R' },
  parquet: { title: 'Table (Parquet)', readBy: 'pandas, Polars, DuckDB, Spark' },
  wu: { title: 'head_score.json', readBy: 'Retrieval_Head (Wu et al.), HeadKV, SparseMM' },
  locos: { title: 'LOCOS envelope', readBy: 'LOCOS: scores of each run with what they were measured on' },
  'qr-head': { title: 'QRHead list', readBy: 'QRHead: heads with their scores, best first' },
  'qr-head-set': { title: 'QRHead set', readBy: 'attn_head_set in the configuration of QRHead' },
  'head-vis': { title: 'HeadVis folder', readBy: 'HeadVis: its scatter; heads have no sequences' },
  'duo-attention': {
    title: 'DuoAttention folder',
    readBy: 'DuoAttention and its serving code: full_attention_heads.tsv and config.json',
  },
  razor: { title: 'RazorAttention list', readBy: 'RazorAttention: KV heads that keep their whole cache' },
  'hf-heads': { title: 'Pruned heads', readBy: 'Hugging Face: prune_heads, and pruned_heads of a config' },
  'head-mask': { title: 'head_mask.npy', readBy: 'Hugging Face models with head_mask; NumPy: layers × heads, 1 stays' },
  'circuit.json': {
    title: 'Circuit',
    readBy: 'Headscope: the best nodes of one method, a tenth or as many as are kept',
  },
  'mib-nodes': {
    title: 'Node scores (MIB)',
    readBy: 'EAP-IG and the circuit track of MIB: a graph file with scores at nodes',
  },
  'rows.jsonl': { title: 'Rows (JSON lines)', readBy: 'any script: everything that came, in its order' },
  'bundle.zip': {
    title: 'Bundle',
    readBy: 'people: the folder of the run with a page on what is in it, for a paper or a colleague',
  },
};
