/** The soak script, shortened: that it runs, that nothing breaks in the page, and that memory stays in its bounds. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const script = fileURLToPath(new URL('../../dist/test/soak/soak.js', import.meta.url));
const minutes = process.env['HEADSCOPE_LONG'] === '1' ? 4 : 0.4;

test.skipIf(!existsSync(script))(
  'random use grows nothing beyond its bound and breaks nothing',
  { timeout: 600_000 },
  () => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [script, '--minutes', String(minutes), '--seed', '7'],
      {
        encoding: 'utf8',
      },
    );
    expect(status, `${stdout}\n${stderr}`).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ broken: [] });
  },
);
