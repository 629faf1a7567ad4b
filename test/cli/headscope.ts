/** Runs the command line in this process, its streams kept as text. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';
import type { HostedService } from '../../engine/service/service.ts';
import { main } from '../../engine/service/main.ts';

/** A planted model: two layers of four heads; L1H1 copies what followed, with the help of L0H2. */
export const planted = fileURLToPath(new URL('../../fixtures/models/planted-induction', import.meta.url));

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface Surroundings {
  readonly signal?: AbortSignal;
  readonly service?: HostedService;
  readonly debug?: boolean;
  /** Called with everything written to standard output so far. */
  readonly onOut?: (out: string) => void;
}

export async function headscope(argv: readonly string[], surroundings: Surroundings = {}): Promise<Ran> {
  const { signal = new AbortController().signal, service, debug = false, onOut } = surroundings;
  let [out, err] = ['', ''];
  const stdout = {
    write: async (text: string) => {
      out += text;
      onOut?.(out);
    },
  };
  const stderr = { write: async (text: string) => void (err += text), isTerminal: false };
  const io = { stdout, stderr, signal, debug };
  const code = await main(argv, service === undefined ? io : { ...io, service: async () => service });
  return { code, out, err };
}

/** A folder that is gone after the tests of this file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'headscope-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
