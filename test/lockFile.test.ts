/** What `npm ci` relies on, on every machine: see .npmrc. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

interface Locked {
  readonly resolved?: string;
  readonly integrity?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as { packages: Record<string, Locked> };
const packages = Object.entries(lock.packages);

describe('the lock file', () => {
  it('names no registry', () => {
    expect(packages.filter(([, { resolved }]) => resolved !== undefined).map(([path]) => path)).toEqual([]);
  });

  it('knows the checksum of every package', () => {
    expect(packages.filter(([path, { integrity }]) => path !== '' && integrity === undefined)).toEqual([]);
  });

  // npm leaves out what another platform needs when it updates a lock file beside installed packages; npm ci then fails.
  it('holds the optional packages of every platform', () => {
    const missing = packages.flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter((name) => !isLocked(path, name)),
    );
    expect(missing).toEqual([]);
  });

  it('pins the runtime, whose behaviour was measured at one version', () => {
    const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as { dependencies: Record<string, string> };
    expect(manifest.dependencies['onnxruntime-node']).toMatch(/^\d+\.\d+\.\d+$/);
  });
});

/** Node looks for a package beside its importer, then in every folder above. */
function isLocked(importer: string, name: string): boolean {
  const here = importer === '' ? `node_modules/${name}` : `${importer}/node_modules/${name}`;
  if (here in lock.packages) return true;
  return importer !== '' && isLocked(importer.slice(0, Math.max(0, importer.lastIndexOf('/node_modules/'))), name);
}
