/** Damaged files of every form that is read: each mutant is read or refused in one line. HEADSCOPE_LONG=1 runs ten times as many. */
import { describe, expect, it } from 'vitest';
import { headsFile, writeHeads } from '../../engine/exports/heads.ts';
import { importScores } from '../../engine/exports/importScores.ts';
import { writeTables } from '../../engine/exports/writeTables.ts';
import type { NamedFile } from '../../engine/results/importedScores.ts';
import type { Random } from '../../engine/tensor/random.ts';
import { seededRandom } from '../../engine/tensor/random.ts';
import { Fault } from '../../engine/terms/fault.ts';
import { recordWith } from './record.ts';
import { about, fileOf, gates, keptGroups, keptHeads, model, scores } from './tables.ts';

const mutants = process.env['HEADSCOPE_LONG'] === '1' ? 3_000 : 300;

const written = (id: string, table: typeof scores) => writeTables(id, [table], about, {}).files;

const sound: Readonly<Record<string, readonly NamedFile[]>> = {
  heads: [fileOf(writeHeads(headsFile(recordWith())), 'heads.json')],
  wu: written('wu', scores),
  locos: written('locos', { ...scores, intervals: new Float32Array(16) }),
  'qr-head': written('qr-head', scores),
  'qr-head-set': written('qr-head-set', keptHeads),
  'hf-heads': written('hf-heads', keptHeads),
  'head-mask': written('head-mask', keptHeads),
  'duo-attention': written('duo-attention', gates),
  razor: written('razor', keptGroups),
  minference: [fileOf([{ 0: ['stream_llm', 1, 2, 0.5] }, { 3: ['block_sparse', 1, 2, 0.5] }])],
  moa: [
    fileOf({
      alphas: [
        [1, 2, 3, 4],
        [1, 2, 3, 4],
      ],
      betas: [
        [0, 0, 0, 0],
        [1, 1, 1, 1],
      ],
    }),
  ],
  'head-vis': written('head-vis', scores),
};

type Mutation = (bytes: Uint8Array, random: Random) => Uint8Array;

const inserted = [
  '9',
  '-',
  '.',
  'e999',
  '"',
  '[',
  ']',
  '{',
  '}',
  ',',
  '\t',
  'null',
  '99999999',
  'NaN',
  '0-0',
  '\u0000',
];

const mutations: readonly Mutation[] = [
  (bytes, random) => bytes.subarray(0, random.below(bytes.length)),
  (bytes, random) => {
    const changed = bytes.slice();
    changed[random.below(bytes.length)] = random.below(256);
    return changed;
  },
  (bytes, random) => {
    const at = random.below(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), Buffer.from(random.pick(inserted)), bytes.subarray(at)]);
  },
  (bytes, random) => {
    const at = random.below(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + random.below(16))]);
  },
  (bytes, random) => {
    const at = random.below(bytes.length);
    const piece = bytes.subarray(at, at + 1 + random.below(40));
    return Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at)]);
  },
];

function outcome(files: readonly NamedFile[], options: object): string {
  try {
    const { tables } = importScores({ files, ...options });
    return tables.every(({ values, perLayer }) => values.length === perLayer.reduce((sum, units) => sum + units, 0))
      ? 'read'
      : 'a table of another length than its layers';
  } catch (error) {
    if (!(error instanceof Fault)) return `${error instanceof Error ? error.stack : String(error)}`;
    return /[\n\r]/.test(error.message) || error.message.length > 2000 ? `not a line: ${error.message}` : 'refused';
  }
}

/** What would take a stack, a minute or gigabytes where a reader is not careful. */
const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
const dear: Readonly<Record<string, readonly NamedFile[]>> = {
  'lists in lists': [fileOf(nested(200_000))],
  'lists in lists of a head': [fileOf(`{"0-0":${nested(100_000)}}`)],
  'lists in lists of a layer': [fileOf(`{"pruned_heads":{"0":[${nested(100_000)}]}}`)],
  'lists in lists of a pattern': [fileOf(`[{"0":["stream_llm",${nested(100_000)},1,1]}]`)],
  'lists in lists of an entry': [fileOf(`[["0-0",${nested(100_000)}]]`)],
  'lists in lists of a version': [fileOf(`{"schema":"head-importance","schema_version":${nested(100_000)}}`)],
  'a long text with escapes': [fileOf(`{"0-0":"${'\\\\n'.repeat(1_000_000)}"}`)],
  'a million empty lines': [fileOf(`${'\n'.repeat(1_000_000)}x`)],
  'a shape of digits': [
    {
      name: 'm.npy',
      data: Buffer.from(
        `\x93NUMPY\x01\x00\x76\x00${`{'descr': '<f4', 'fortran_order': False, 'shape': (${'1'.repeat(50)}x`.padEnd(118)}`,
        'latin1',
      ),
    },
  ],
  'a shape of more than there is': [{ name: 'm.npy', data: Buffer.from(headerOf('(999999999, 999999999)'), 'latin1') }],
  'a million layers': [fileOf(`1\t0\n`.repeat(200_000))],
  'a million layers of a plan': [fileOf({ '999999-0': [1] })],
};

function headerOf(shape: string): string {
  return `\x93NUMPY\x01\x00\x76\x00${`{'descr': '<f4', 'fortran_order': False, 'shape': ${shape}, }`.padEnd(118)}`;
}

describe('what would be dear', () => {
  it.each(Object.entries(dear))('%s is refused', (_, files) => {
    expect(outcome(files, {})).toBe('refused');
    expect(outcome(files, { expected: model })).toBe('refused');
  });
});

describe.each(Object.entries(sound))('%s', (format, files) => {
  it('is read as it is', () => {
    expect(outcome(files, { expected: model, format })).toBe('read');
  });

  it(`is read or refused in ${mutants} damaged forms`, () => {
    const random = seededRandom(17);
    const counts = new Map<string, number>();
    for (let i = 0; i < mutants; i++) {
      const at = random.below(Math.min(2, files.length));
      const mutate = random.pick(mutations);
      const mutant = files.map((file, j) => (j === at ? { ...file, data: mutate(file.data, random) } : file));
      // Told from the content by turns, and with a model or without.
      const options = { ...(i % 2 === 0 ? { format } : {}), ...(i % 3 === 0 ? {} : { expected: model }) };
      const what = outcome(mutant, options);
      counts.set(what, (counts.get(what) ?? 0) + 1);
    }
    const others = [...counts.keys()].filter((what) => what !== 'read' && what !== 'refused');
    expect(others).toEqual([]);
    expect(counts.get('refused') ?? 0).toBeGreaterThan(mutants / 10);
  });
});
