/** Versions that results carry: of this package, and of the runtime that computed them. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** Of headscope. */
export const version = versionIn(ownManifest());

/** Of onnxruntime-node. */
export const ortVersion = versionIn(readJson(require.resolve('onnxruntime-node/package.json')));

// The compiled files lie one folder deeper than the sources.
function ownManifest(): unknown {
  const places = ['../../package.json', '../../../package.json'].map((place) => new URL(place, import.meta.url));
  const found = places.find((place) => existsSync(place));
  if (found === undefined) throw new RangeError('version: no package.json above this file');
  return readJson(found);
}

function readJson(place: string | URL): unknown {
  return JSON.parse(readFileSync(place, 'utf8'));
}

function versionIn(manifest: unknown): string {
  const isManifest = typeof manifest === 'object' && manifest !== null && 'version' in manifest;
  return isManifest ? String(manifest.version) : 'unknown';
}
