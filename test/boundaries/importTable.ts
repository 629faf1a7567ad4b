/** Who may import what: one row a folder. The row of the longest folder that holds a file is the file's. */

export interface Row {
  /** Folders of the project, besides the row's own. */
  readonly imports: readonly string[];
  /** Folders of which only types may be imported. */
  readonly types?: readonly string[];
  /** Packages from the registry; a trailing `/` means every package of that scope. */
  readonly packages?: readonly string[];
  /** May it import node: modules? */
  readonly node?: boolean;
}

const basic = ['engine/terms', 'engine/tensor'];
const upToRun = [...basic, 'engine/files', 'engine/graph', 'engine/arch', 'engine/run'];
const upToTrain = [...upToRun, 'engine/tasks', 'engine/train'];
const engine = [
  ...upToTrain,
  'engine/scores',
  'engine/circuits',
  'engine/prune',
  'engine/results',
  'engine/exports',
  'engine/service',
];

export const importTable: Readonly<Record<string, Row>> = {
  'engine/terms': { imports: [] },
  'engine/tensor': { imports: ['engine/terms'] },
  'engine/files': { imports: basic, packages: ['@huggingface/', 'zod'], node: true },
  'engine/graph': { imports: basic, packages: ['onnx-buf', '@bufbuild/protobuf'] },
  'engine/arch': { imports: [...basic, 'engine/graph'], types: ['engine/files'] },
  'engine/run': {
    imports: [...basic, 'engine/files', 'engine/graph', 'engine/arch'],
    packages: ['onnxruntime-node'],
    node: true,
  },
  'engine/tasks': { imports: basic, types: ['engine/files', 'engine/results'] },
  'engine/train': { imports: [...upToRun, 'engine/tasks'], node: true },
  'engine/scores': {
    imports: [...upToTrain, 'engine/results'],
    packages: ['ml-matrix', 'ml-pca', 'umap-js'],
  },
  // Ablation and attribution are head scores; here they rank nodes.
  'engine/circuits': { imports: [...upToTrain, 'engine/scores', 'engine/results'] },
  'engine/prune': { imports: [...upToTrain, 'engine/results'] },
  'sae/wasm': { imports: [] },
  // Its threads are worker threads of Node.
  'sae/pursuit': {
    imports: ['engine/terms', 'engine/tensor', 'engine/train', 'sae/wasm'],
    types: ['sae'],
    node: true,
  },
  // Least squares of the supervised control.
  sae: {
    imports: [...upToTrain, 'engine/results', 'sae/pursuit', 'sae/wasm'],
    types: ['engine/circuits'],
    packages: ['ml-matrix'],
  },
  // Dictionaries are folders of several files; numpy's arrays are read as in exports.
  'sae/formats': {
    imports: [...upToTrain, 'engine/results', 'engine/exports', 'sae'],
    packages: ['fflate'],
    node: true,
  },
  // What features do is read from weights as head scores read them; what was collected lies beside the dictionary.
  'sae/features': {
    imports: [...upToTrain, 'engine/scores', 'engine/results', 'sae', 'sae/pursuit', 'sae/formats'],
    node: true,
  },
  'engine/results': { imports: ['engine/terms'], packages: ['zod'] },
  'engine/exports': { imports: ['engine/terms', 'engine/results'], packages: ['zod', 'hyparquet-writer'] },
  'engine/service': {
    imports: [...engine, 'sae', 'sae/pursuit', 'sae/formats', 'sae/features'],
    packages: ['zod', 'ws', 'fflate', 'hyparquet'],
    node: true,
  },
  // The carrier over Electron's ports is made here, for only main and its processes have them.
  electron: { imports: ['engine/service', 'engine/results'], packages: ['electron'], node: true },
  'renderer/marks': { imports: ['engine/terms'], packages: ['react', 'd3'] },
  renderer: {
    imports: ['engine/terms', 'engine/results', 'renderer/marks'],
    packages: [
      'react',
      'react-dom',
      'zustand',
      'd3',
      '@tanstack/',
      'radix-ui',
      'cmdk',
      'react-resizable-panels',
      'hyparquet',
      '@fontsource-variable/',
    ],
  },
  fixtures: {
    imports: [...engine, 'sae', 'sae/pursuit', 'sae/formats', 'sae/features'],
    packages: ['zod'],
    node: true,
  },
  test: {
    imports: [
      ...engine,
      'sae',
      'sae/pursuit',
      'sae/wasm',
      'sae/formats',
      'sae/features',
      'electron',
      'renderer',
      'renderer/marks',
      'fixtures',
    ],
    packages: [
      'vitest',
      'ajv',
      'oxc-parser',
      '@bufbuild/protobuf',
      '@huggingface/',
      'onnxruntime-node',
      'onnx-buf',
      'headscope',
      'playwright-core',
      '@sparticuz/chromium',
      'axe-core',
      'pixelmatch',
      'pngjs',
      'ws',
      'fflate',
      'hyparquet',
      'hyparquet-writer',
      'ml-pca',
      'react',
      'react-dom',
      'zustand',
    ],
    node: true,
  },
};

/** The only file that loads the native runtime. */
export const runtimeFile = 'engine/run/ort.ts';

/** The folder of the table that holds this file (path relative to the root, `/` between parts), or null. */
export function folderOf(path: string): string | null {
  const holding = Object.keys(importTable).filter((folder) => path.startsWith(`${folder}/`));
  return holding.sort((a, b) => b.length - a.length)[0] ?? null;
}
