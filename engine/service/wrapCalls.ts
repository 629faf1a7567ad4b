/** The same calls, each answered through something: a priority, a check of access, a log. */
import type { CallName, CallOptions } from '../results/index.ts';

/** A call without its types: what they are does not matter to what is put around it. */
export type Method = (request: unknown, options: Required<CallOptions>) => MethodAnswer;
export type MethodAnswer = Promise<unknown> | Events;
export type Events = AsyncGenerator<unknown, unknown, void>;

export function wrapCalls<S extends object>(calls: S, around: (call: CallName, method: Method) => Method): S {
  const entries = Object.entries(calls) as [CallName, Method][];
  const wrapped = entries.map(([call, method]) => [call, around(call, method)] as const);
  // Each has the type of what it wraps, which no mapped type can follow.
  return Object.fromEntries(wrapped) as unknown as S;
}

/** The answer, its error replaced by what `explain` makes of it. */
export function explained(answer: MethodAnswer, explain: (error: unknown) => Promise<unknown>): MethodAnswer {
  if (!(answer instanceof Promise)) return explainedEvents(answer, explain);
  return answer.catch(async (error: unknown) => {
    throw await explain(error);
  });
}

async function* explainedEvents(events: Events, explain: (error: unknown) => Promise<unknown>): Events {
  try {
    return yield* events;
  } catch (error) {
    throw await explain(error);
  }
}

/** The answer once `ready` has resolved; the call is not made before. */
export function after(ready: () => Promise<void>, isStream: boolean, answer: () => MethodAnswer): MethodAnswer {
  return isStream ? eventsAfter(ready, answer) : ready().then(answer);
}

async function* eventsAfter(ready: () => Promise<void>, answer: () => MethodAnswer): Events {
  await ready();
  return yield* answer() as Events;
}
