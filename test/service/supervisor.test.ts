import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { Defect, drain } from '../../engine/results/index.ts';
import type { SupervisorOptions } from '../../engine/service/control/computeSupervisor.ts';
import { ComputeSupervisor } from '../../engine/service/control/computeSupervisor.ts';
import { brokenCompute, hangingCompute, isBuilt, spawner } from './compute.ts';

const planted = fileURLToPath(new URL('../../fixtures/models/planted-induction', import.meta.url));
const run = { model: planted, prompt: { ids: [5, 6, 7, 8, 5, 6] }, top: 1 };

const supervisors: ComputeSupervisor[] = [];
afterEach(async () => {
  await Promise.all(supervisors.splice(0).map((supervisor) => supervisor.dispose()));
});

function supervised(options: SupervisorOptions): ComputeSupervisor {
  const supervisor = new ComputeSupervisor(options);
  supervisors.push(supervisor);
  return supervisor;
}

/** Resolves to the reason of the next replacement. */
function replaced(supervisor: ComputeSupervisor): Promise<string> {
  return new Promise((resolve) => {
    const stop = supervisor.onReplaced((reason) => {
      stop();
      resolve(reason);
    });
  });
}

function whenResident(supervisor: ComputeSupervisor): Promise<void> {
  return new Promise((resolve) => {
    const stop = supervisor.onResident(() => {
      stop();
      resolve();
    });
  });
}

describe.skipIf(!isBuilt)('a supervised compute process (needs npm run build)', () => {
  it('answers, and says which model it holds and how much memory', async () => {
    const supervisor = supervised(spawner());
    expect([supervisor.resident(), supervisor.memory()]).toEqual([null, null]);
    const told = whenResident(supervisor);
    const { before } = await supervisor.client.run(run);
    await told;
    expect(before).toHaveLength(1);
    expect(supervisor.resident()).toMatchObject({ path: planted, shape: { layers: 2 } });
    expect(supervisor.memory()).toBeGreaterThan(2 ** 20);
  });

  it('that is killed is replaced: its calls say so, the next ones are answered', async () => {
    const { spawn, children } = spawner();
    const supervisor = supervised({ spawn });
    const told = whenResident(supervisor);
    await supervisor.client.run(run);
    await told;
    const endless = supervisor.client.status({});
    await endless.next();
    const reason = replaced(supervisor);
    children[0]?.kill();
    const failure = await drain(endless, () => undefined).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Defect);
    expect(failure).toMatchObject({
      message: 'status: the compute process was replaced (ended: signal SIGKILL): try again',
    });
    expect(await reason).toBe('ended: signal SIGKILL');
    expect(supervisor.resident()).toBeNull();
    expect((await supervisor.client.run(run)).before).toHaveLength(1);
    expect(children).toHaveLength(2);
  });

  // The limit leaves a busy machine time to start the next one.
  it('that hangs is ended and replaced', async () => {
    const { spawn, children } = spawner(hangingCompute);
    const supervisor = supervised({ spawn, heartbeat: { interval: 1000, limit: 8000 } });
    const reason = replaced(supervisor);
    const failure = await supervisor.client.run(run).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      message: 'run: the compute process was replaced (no answer for 8 s): try again',
    });
    expect(await reason).toBe('no answer for 8 s');
    expect(await children[0]?.exited).toBe('signal SIGKILL');
    expect((await supervisor.client.run(run)).before).toHaveLength(1);
  });

  it('that can not live is started again, and others after it', async () => {
    const { spawn, children } = spawner(brokenCompute, brokenCompute);
    const supervisor = supervised({ spawn });
    expect(await replaced(supervisor)).toBe('ended: code 3');
    expect(await replaced(supervisor)).toBe('ended: code 3');
    expect((await supervisor.client.run(run)).before).toHaveLength(1);
    expect(children).toHaveLength(3);
  });

  it('ends with its supervisor', async () => {
    const { spawn, children } = spawner();
    const supervisor = new ComputeSupervisor({ spawn });
    await supervisor.client.run(run);
    await supervisor.dispose();
    expect(await children[0]?.exited).toBe('code 0');
  });
});
