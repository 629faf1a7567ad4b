import { describe, expect, it } from 'vitest';
import { OpenModels } from '../../engine/service/openModels.ts';
import type { Model } from '../../engine/run/index.ts';

/** Models that are only names; `log` says what happened to them. */
function named(log: string[], wait: Promise<void> = Promise.resolve()) {
  return new OpenModels(async (path) => {
    await wait;
    if (path === 'bad') throw new Error('bad model');
    log.push(`open ${path}`);
    const model = { name: path, dispose: async () => void log.push(`close ${path}`) };
    return model as unknown as Model;
  });
}

const signal = new AbortController().signal;

describe('open models', () => {
  it('are opened once for every call on the same path', async () => {
    const log: string[] = [];
    const models = named(log);
    const used = await Promise.all([1, 2, 3].map((n) => models.use({ model: 'a' }, signal, async () => n)));
    await models.dispose();
    expect([used, log]).toEqual([
      [1, 2, 3],
      ['open a', 'close a'],
    ]);
  });

  it('give way to another only when nobody uses them', async () => {
    const log: string[] = [];
    const models = named(log);
    const first = await models.lease({ model: 'a' }, signal);
    const second = models.use({ model: 'b' }, signal, async () => void log.push('use b'));
    await new Promise((resolve) => setTimeout(resolve, 5));
    log.push('release a');
    first.release();
    first.release();
    await second;
    expect(log).toEqual(['open a', 'release a', 'close a', 'open b', 'use b']);
  });

  it('are opened again when the weights are to be held another way', async () => {
    const log: string[] = [];
    const models = named(log);
    for (const weights of ['float32', 'quantised'] as const)
      await models.use({ model: 'a', weights }, signal, async () => undefined);
    expect(log).toEqual(['open a', 'close a', 'open a']);
  });

  it.each([{}, { weights: 'auto' }] as const)(
    'stay as they are held for a call that does not say how: %j',
    async (plain) => {
      const log: string[] = [];
      const models = named(log);
      for (const request of [{ weights: 'quantised' }, plain, { weights: 'quantised' }] as const)
        await models.use({ model: 'a', ...request }, signal, async () => undefined);
      await models.use({ model: './a', ...plain }, signal, async () => undefined);
      expect(log).toEqual(['open a']);
    },
  );

  it('that fail to open leave room for the next', async () => {
    const log: string[] = [];
    const models = named(log);
    await expect(models.use({ model: 'bad' }, signal, async () => 1)).rejects.toThrow('bad model');
    expect(await models.use({ model: 'a' }, signal, async () => 2)).toBe(2);
  });

  it('are not opened for a call that was cancelled while it waited', async () => {
    const log: string[] = [];
    let start = () => {};
    const models = named(log, new Promise((resolve) => (start = resolve)));
    const controller = new AbortController();
    const first = models.use({ model: 'a' }, signal, async () => undefined);
    const second = models.use({ model: 'b' }, controller.signal, async () => undefined);
    controller.abort();
    start();
    await first;
    await expect(second).rejects.toThrow('abort');
    expect(log).toEqual(['open a']);
  });
});
