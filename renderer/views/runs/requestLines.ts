/** What a run was asked for, as names and values that are read without knowing the contract. */
import type { JobRequest } from '../../../engine/results/runs.ts';
import type { HeadRef } from '../../../engine/results/units.ts';
import { headName } from '../../state/headNames.ts';

export interface Line {
  readonly name: string;
  readonly value: string;
}

export function requestLines({ call, request }: JobRequest): readonly Line[] {
  const lines = linesOf(request, '').filter(({ name }) => name !== '');
  // Of a task check the one seed is that of the prompts too.
  return call === 'task'
    ? lines.map((line) => (line.name === names['seed'] ? { ...line, name: 'Seed' } : line))
    : lines;
}

/** Named paths; an empty name: said by what stands beside it. */
const names: Readonly<Record<string, string>> = {
  model: 'Model',
  weights: 'Weights held as',
  'prompts.kind': '',
  'prompts.task': 'Task',
  'prompts.n': 'Prompts',
  'prompts.seed': 'Seed of the prompts',
  'prompts.file': 'Prompt file',
  'prompts.length': 'Tokens repeated',
  'prompts.bos': 'BOS',
  prompts: 'Prompts',
  task: 'Task',
  n: 'Prompts',
  ablation: 'Ablation',
  scale: 'Factor',
  unit: 'Units',
  metric: 'Metric',
  reference: 'Mean taken over',
  align: 'Aligned at',
  seed: 'Seed of the bootstrap',
  done: 'Units known before',
  unitsPerRun: 'Units in a batch',
  method: 'Method',
  sites: 'Sites',
  steps: 'Steps',
  qkCorrection: 'QK correction (AtP*)',
  gradDrop: 'GradDrop (AtP*)',
  scores: 'Scores',
  call: 'Call',
  fingerprint: 'Fingerprint of the model',
  tokenizer: 'SHA-256 of the tokenizer',
  'machine.cpu': 'Processor',
  'machine.os': 'System',
  'machine.node': 'Node',
  'machine.threads': 'Threads',
  'machine.headscope': 'Headscope',
  'machine.onnxruntime': 'ONNX Runtime',
  'header.calibration.tokenIdsSha256': 'SHA-256 of the prompts’ tokens',
  'header.calibration.dataset': 'Prompts of',
  'header.calibration.sequences': 'Prompts',
  'header.calibration.tokens': 'Tokens in all',
  'header.calibration.length': 'Tokens of a prompt',
  'header.metricId': 'Metric',
  'plan.unitsPerRun': 'Units in a batch',
  'plan.units': 'Number of units',
};

/** `request.prompts.seed` is `Seed of the prompts`; what has no name of its own is spelled: `calibration, tokens`. */
export function nameOfPath(path: string): string {
  const inner = path.replace(/^request\./, '');
  const known = names[inner];
  if (known !== undefined && known !== '') return known;
  return inner
    .replace(/^header\./, '')
    .split('.')
    .map(spelled)
    .join(', ');
}

/** A setting as `compare` writes it: `null` is `none`, `head` of `request.unit` is `query heads`. */
export function valueOfSetting(path: string, value: string): string {
  const leaf = path.slice(path.lastIndexOf('.') + 1);
  return words[`${leaf} ${value}`] ?? plain[value] ?? value;
}

const plain: Readonly<Record<string, string>> = { null: 'none', true: 'yes', false: 'no' };

/** `L1H0.effect.interval.0` is `L1H0 effect, interval low`. */
export function nameOfNumber(path: string): string {
  const [row = '', ...rest] = path.split('.');
  // The row of a baseline holds the baseline.
  const inner = rest[0] === row ? rest.slice(1) : rest;
  const [first = '', ...more] = inner.map((key, i) =>
    inner[i - 1] === 'interval' ? (key === '0' ? 'low' : 'high') : key,
  );
  const words = more.map(spelled).join(' ');
  return `${row} ${spelled(first)}${words === '' ? '' : `, ${words}`}`.trim();
}

/** `unitsPerRun` is `units per run`. */
function spelled(key: string): string {
  return key.replaceAll(/([a-z])([A-Z])/g, (_, before: string, after: string) => `${before} ${after.toLowerCase()}`);
}

/** Values that are written otherwise than they are meant to be read. */
const words: Readonly<Record<string, string>> = {
  'unit head': 'query heads',
  'unit kv-group': 'KV groups',
  'unit layer': 'whole layers',
  'unit mlp': 'MLPs',
  'method atp': 'AtP',
  'method taylor': 'Taylor',
  'method gradxact': 'Gradient × activation',
  'method integrated': 'Integrated gradients',
};

function linesOf(value: unknown, path: string): readonly Line[] {
  const text = words[`${path} ${String(value)}`] ?? textOf(value);
  if (text !== null) return [{ name: names[path] ?? nameOfPath(path), value: text }];
  return Object.entries(Object(value)).flatMap(([key, inner]) => linesOf(inner, path === '' ? key : `${path}.${key}`));
}

/** Null for what is told field by field. */
function textOf(value: unknown): string | null {
  if (value === null) return 'none';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return textOfList(value);
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`;
  if (typeof value !== 'object') return String(value);
  if (isFile(value)) return `${value.name}, ${countOf(value.text.split('\n').filter(Boolean), 'line')}`;
  return isHead(value) ? headName(value) : null;
}

/** Items that are listed in full. */
const LISTED = 12;

function textOfList(list: readonly unknown[]): string {
  const texts = list.map((item) => (typeof item === 'object' && !isHead(item) ? null : textOf(item)));
  if (texts.includes(null)) return countOf(list, 'item');
  const more = texts.length - LISTED;
  return more <= 0 ? texts.join(', ') : `${texts.slice(0, LISTED).join(', ')} and ${more} more`;
}

function countOf({ length }: readonly unknown[], of: string): string {
  return `${length} ${of}${length === 1 ? '' : 's'}`;
}

function isFile(value: object): value is { readonly name: string; readonly text: string } {
  return 'text' in value && typeof value.text === 'string' && 'name' in value && typeof value.name === 'string';
}

function isHead(value: unknown): value is HeadRef {
  if (typeof value !== 'object' || value === null || !('layer' in value) || !('head' in value)) return false;
  return typeof value.layer === 'number' && typeof value.head === 'number' && Object.keys(value).length === 2;
}
