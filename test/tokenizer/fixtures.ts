import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../../fixtures/tokenizers/', import.meta.url));

export function fixtureBytes(name: string): Uint8Array {
  return new Uint8Array(readFileSync(join(folder, name)));
}

export function fixtureText(name: string): string {
  return readFileSync(join(folder, name), 'utf8');
}

/** The shape is the caller's claim: these files are made by fixtures/make/tokenizerFiles.py. */
export function fixture<T>(name: string): T {
  return JSON.parse(fixtureText(name)) as T;
}

export const strings = fixture<readonly string[]>('strings.json');

/** First 8 hex digits of SHA-256, as in the fixtures. */
export function digest(value: string | readonly number[]): string {
  return createHash('sha256')
    .update(typeof value === 'string' ? value : value.join(','))
    .digest('hex')
    .slice(0, 8);
}

/** The strings at which a function of a string differs from what is expected, shown with both. */
export function mismatches<T>(expected: readonly T[], actual: (text: string) => T, leaveOut = /(?!)/): string[] {
  return strings.flatMap((text, index) => {
    if (leaveOut.test(text)) return [];
    const got = JSON.stringify(actual(text));
    const wanted = JSON.stringify(expected[index]);
    return got === wanted ? [] : [`${JSON.stringify(text)}: expected ${wanted}, got ${got}`];
  });
}

/** The real model, where this machine has it. */
export function realModel(): string | null {
  const models = process.env['HEADSCOPE_MODELS'] ?? fileURLToPath(new URL('../../../shared/models', import.meta.url));
  const path = join(models, 'SmolLM2-135M-Instruct.Q4_1.gguf');
  return existsSync(path) ? path : null;
}
