import { setImmediate as nextTask } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { prioritised, programBoundary, Turns, withPriority } from '../../engine/run/turns.ts';

/** Work of so many programs that writes down when each runs. */
function programs(turns: Turns, log: string[], name: string, count: number): () => Promise<void> {
  return () =>
    turns.exclusive(async () => {
      for (let i = 0; i < count; i++) {
        await programBoundary();
        log.push(`${name}${i}`);
        await nextTask();
      }
    });
}

describe('turns', () => {
  test('without a priority requests run whole, in the order in which they came', async () => {
    const [turns, log] = [new Turns(), [] as string[]];
    await Promise.all([programs(turns, log, 'a', 2)(), programs(turns, log, 'b', 2)(), programs(turns, log, 'c', 1)()]);
    expect(log).toEqual(['a0', 'a1', 'b0', 'b1', 'c0']);
  });

  test('a request that somebody waits on runs whole between two programs of a job', async () => {
    const [turns, log] = [new Turns(), [] as string[]];
    const job = withPriority('job', programs(turns, log, 'job', 4));
    await nextTask();
    const asked = withPriority('interactive', programs(turns, log, 'asked', 3));
    await Promise.all([job, asked]);
    expect(log.join(' ')).toMatch(/^job0 (job1 )?asked0 asked1 asked2 (job1 )?job2 job3$/);
  });

  test('several such requests go in their order, and all of them before the job goes on', async () => {
    const [turns, log] = [new Turns(), [] as string[]];
    const job = withPriority('job', programs(turns, log, 'job', 3));
    await nextTask();
    const asked = ['a', 'b', 'c'].map((name) => withPriority('interactive', programs(turns, log, name, 2)));
    await Promise.all([job, ...asked]);
    expect(log.filter((entry) => !entry.startsWith('job'))).toEqual(['a0', 'a1', 'b0', 'b1', 'c0', 'c1']);
    expect(log.indexOf('c1')).toBeLessThan(log.indexOf('job2'));
  });

  test('a job does not step aside for another job', async () => {
    const [turns, log] = [new Turns(), [] as string[]];
    await Promise.all(['a', 'b'].map((name) => withPriority('job', programs(turns, log, name, 2))));
    expect(log).toEqual(['a0', 'a1', 'b0', 'b1']);
  });

  test('an error ends its own turn only', async () => {
    const [turns, log] = [new Turns(), [] as string[]];
    const failing = turns.exclusive(() => Promise.reject(new Error('no')));
    const next = programs(turns, log, 'next', 1)();
    await expect(failing).rejects.toThrow('no');
    await next;
    expect(log).toEqual(['next0']);
  });

  test('a request that fails within a job leaves the job its turn', async () => {
    const [turns, log] = [new Turns(), [] as string[]];
    const job = withPriority('job', programs(turns, log, 'job', 3));
    await nextTask();
    const failing = withPriority('interactive', () => turns.exclusive(() => Promise.reject(new Error('no'))));
    await expect(failing).rejects.toThrow('no');
    await job;
    expect(log).toEqual(['job0', 'job1', 'job2']);
  });

  test('every step of a stream has its priority, and leaving early ends it', async () => {
    const [turns, log] = [new Turns(), [] as string[]];
    let ended = false;
    async function* steps() {
      try {
        for (let i = 0; ; i++) yield await turns.exclusive(async () => i);
      } finally {
        ended = true;
      }
    }
    const job = withPriority('job', programs(turns, log, 'job', 4));
    for await (const i of prioritised('interactive', steps())) if (i === 2) break;
    log.push('left');
    await job;
    expect(ended).toBe(true);
    expect(log.indexOf('left')).toBeLessThan(log.indexOf('job3'));
  });

  test('many requests of both kinds all end', async () => {
    const [turns, log] = [new Turns(), [] as string[]];
    const all = Array.from({ length: 60 }, (_, i) =>
      withPriority(i % 3 === 0 ? 'interactive' : 'job', programs(turns, log, `${i}.`, 1 + (i % 4))),
    );
    await Promise.all(all);
    expect(log).toHaveLength(Array.from({ length: 60 }, (_, i) => 1 + (i % 4)).reduce((a, b) => a + b, 0));
  });

  test('a request within itself is refused; what it left behind may ask once it has ended', async () => {
    const turns = new Turns();
    await expect(turns.exclusive(() => turns.exclusive(async () => 1))).rejects.toThrow(/exclusive within exclusive/);
    const later = await turns.exclusive(async () => ({ asked: nextTask().then(() => turns.exclusive(async () => 2)) }));
    expect(await later.asked).toBe(2);
  });

  test('a stream of jobs within one that somebody waits on goes as a job', async () => {
    const [turns, log] = [new Turns(), [] as string[]];
    async function* steps(name: string) {
      for (let i = 0; i < 2; i++) yield await programs(turns, log, `${name}${i}.`, 2)();
    }
    async function* outer() {
      yield* steps('quick');
      yield* prioritised('job', steps('rest'));
    }
    let asked: Promise<void> | null = null;
    for await (const _ of prioritised('interactive', outer())) {
      if (log.at(-1) === 'rest0.1') asked = withPriority('interactive', programs(turns, log, 'asked', 1));
    }
    await asked;
    expect(log.indexOf('asked0')).toBeLessThan(log.indexOf('rest1.1'));
  });
});
