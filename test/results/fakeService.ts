/** A service whose calls do what a test says; every call that the test leaves out is a defect. */
import type { CallName, Service } from '../../engine/results/index.ts';
import { contract } from '../../engine/results/index.ts';

export function fakeService(calls: Partial<Service>): Service {
  const missing = (name: CallName) => () => {
    throw new RangeError(`the test gives no ${name}`);
  };
  const names = Object.keys(contract) as CallName[];
  const all = Object.fromEntries(names.map((name) => [name, calls[name] ?? missing(name)]));
  return all as unknown as Service;
}

/** A stream without events. */
export async function* streamOf<R>(result: () => Promise<R>): AsyncGenerator<never, R, void> {
  yield* [];
  return result();
}
