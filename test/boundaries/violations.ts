/** What a set of source files does against the import table, each as one line. */
import type { Import, SourceFile } from './sourceFiles.ts';
import type { Row } from './importTable.ts';
import { folderOf, importTable, runtimeFile } from './importTable.ts';

export function importViolations(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) => {
    const folder = folderOf(file.path);
    if (folder === null) return [`${file.path} is in no folder of the import table`];
    const row = importTable[folder] as Row;
    return file.imports.flatMap((entry) => {
      const reason = refusal(file.path, folder, row, entry);
      return reason === null ? [] : [`${file.path} imports ${entry.specifier}: ${reason}`];
    });
  });
}

function refusal(path: string, folder: string, row: Row, { target, isType }: Import): string | null {
  if (target.kind === 'node') return row.node === true ? null : `${folder} may not import node: modules`;
  if (target.kind === 'computed') return folder === 'test' ? null : 'what is imported must be written out';
  if (target.kind === 'package') return packageRefusal(path, folder, row, target.name);
  const other = folderOf(target.path);
  if (other === null) return target.path.includes('/') ? 'it is in no folder of the import table' : null;
  if (other === folder || row.imports.includes(other)) return null;
  if (row.types?.includes(other) !== true) return `${folder} may not import ${other}`;
  return isType ? null : `${folder} may import only types of ${other}`;
}

function packageRefusal(path: string, folder: string, row: Row, name: string): string | null {
  if (name === 'onnxruntime-node' && path.startsWith('engine/') && path !== runtimeFile)
    return `only ${runtimeFile} may`;
  const allowed = row.packages?.some((entry) => (entry.endsWith('/') ? name.startsWith(entry) : name === entry));
  return allowed === true ? null : `${folder} may not import the package ${name}`;
}

/** Cycles among imports that exist when the code runs: each as `a.ts -> b.ts -> a.ts`. */
export function importCycles(files: readonly SourceFile[]): string[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const at = trail.indexOf(path);
    if (at >= 0) cycles.push([...trail.slice(at), path].join(' -> '));
    if (at >= 0 || done.has(path)) return;
    for (const { target, isType } of byPath.get(path)?.imports ?? []) {
      if (!isType && target.kind === 'file') visit(target.path, [...trail, path]);
    }
    done.add(path);
  };
  for (const { path } of files) visit(path, []);
  return cycles;
}
