/** Every TypeScript file of the project with what it imports, read from its syntax tree. */
import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join, posix, sep } from 'node:path';
import { parseSync } from 'oxc-parser';

export interface Import {
  /** As written: `./tensor.ts`, `node:fs`, `zod`. */
  readonly specifier: string;
  /** `import type` or `export type`: gone when the code runs. */
  readonly isType: boolean;
  readonly target: Target;
}

export type Target =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'package'; readonly name: string }
  | { readonly kind: 'node' }
  /** A dynamic import whose target is known only when the code runs. */
  | { readonly kind: 'computed' };

export interface SourceFile {
  /** Relative to the root, `/` between parts. */
  readonly path: string;
  readonly imports: readonly Import[];
  readonly comments: readonly string[];
}

const folders = ['electron', 'renderer', 'engine', 'sae', 'fixtures', 'test'];

/** `root` is the project's root; files come in a stable order. */
export function readSourceFiles(root: string): SourceFile[] {
  const files = folders.flatMap((folder) => listTypeScript(root, folder));
  return files.sort().map((path) => parseSource(path, readFileSync(join(root, path), 'utf8')));
}

function listTypeScript(root: string, folder: string): string[] {
  const entries = readdirSync(root, { withFileTypes: true }).some((entry) => entry.name === folder)
    ? readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    : [];
  // The set-up of the bundler is read by the bundler and is no part of what is built.
  const isSource = (name: string) => /\.tsx?$/.test(name) && !name.endsWith('.config.ts');
  return entries.filter(isSource).map((name) => posix.join(folder, name.split(sep).join('/')));
}

export function parseSource(path: string, text: string): SourceFile {
  const { module, comments, errors } = parseSync(path, text);
  if (errors[0] !== undefined) throw new Error(`${path}: ${errors[0].message}`);
  const isType = (start: number) => /^(import|export)\s+type\b/.test(text.slice(start, start + 40));
  const direct = module.staticImports.map(({ start, moduleRequest }) =>
    imported(path, moduleRequest.value, isType(start)),
  );
  const exported = module.staticExports.flatMap(({ start, entries }) => {
    const from = entries.find(({ moduleRequest }) => moduleRequest !== null)?.moduleRequest;
    return from ? [imported(path, from.value, isType(start))] : [];
  });
  const dynamic = module.dynamicImports.map(({ moduleRequest }) =>
    dynamicallyImported(path, text.slice(moduleRequest.start, moduleRequest.end)),
  );
  return { path, imports: [...direct, ...exported, ...dynamic], comments: comments.map(({ value }) => value) };
}

function imported(importer: string, specifier: string, isType: boolean): Import {
  return { specifier, isType, target: targetOf(importer, specifier) };
}

function dynamicallyImported(importer: string, expression: string): Import {
  const literal = /^(['"])(.*)\1$/.exec(expression)?.[2];
  if (literal !== undefined) return imported(importer, literal, false);
  return { specifier: expression, isType: false, target: { kind: 'computed' } };
}

function targetOf(importer: string, specifier: string): Target {
  if (specifier.startsWith('.')) return { kind: 'file', path: posix.join(posix.dirname(importer), specifier) };
  if (isBuiltin(specifier)) return { kind: 'node' };
  return {
    kind: 'package',
    name: specifier
      .split('/')
      .slice(0, specifier.startsWith('@') ? 2 : 1)
      .join('/'),
  };
}
