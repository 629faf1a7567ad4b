import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openPage } from '../../engine/service/commands/openPage.ts';

const url = 'http://127.0.0.1:1234/#token=abc"<&';

describe('opening the browser', () => {
  it('names a file that only the user can read, which leads to the address and is removed', async () => {
    const launched: string[] = [];
    const page = await openPage(url, async (file) => void launched.push(file));
    const [file = ''] = launched;
    expect(file).not.toContain('abc');
    expect(readFileSync(file, 'utf8')).toContain('content="0;url=http://127.0.0.1:1234/#token=abc&quot;&lt;&amp;"');
    if (process.platform !== 'win32') {
      expect(statSync(file).mode & 0o777).toBe(0o600);
      expect(statSync(dirname(file)).mode & 0o777).toBe(0o700);
    }
    await page.remove();
    expect(existsSync(dirname(file))).toBe(false);
    await page.remove();
  });

  it('leaves nothing where there is no browser', async () => {
    const launched: string[] = [];
    const launch = async (file: string) => {
      launched.push(file);
      throw new Error('spawn xdg-open ENOENT');
    };
    await expect(openPage(url, launch)).rejects.toThrow('ENOENT');
    expect(existsSync(dirname(launched[0] ?? '/'))).toBe(false);
  });
});
