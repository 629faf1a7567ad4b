/** Service -> port: checks requests, runs calls, streams events, cancels. The counterpart of connect.ts. Imports terms only. */
import { Fault } from '../terms/fault.ts';
import type { CallName, CallOptions, Service } from './contract.ts';
import { contract, isCall } from './contract.ts';
import { Cancelled, toRecord } from './errors.ts';
import type { ClientMessage, ServerPort } from './protocol.ts';
import { clientMessage, protocolVersion } from './protocol.ts';
import { validate } from './validate.ts';

type Call = Extract<ClientMessage, { kind: 'call' }>;
type Handler = (
  request: unknown,
  options: Required<CallOptions>,
) => Promise<unknown> | AsyncGenerator<unknown, unknown>;

export interface Server {
  /** Cancels what is running and resolves when all of it has stopped. */
  close(): Promise<void>;
}

export function serve(service: Service, port: ServerPort): Server {
  const running = new Map<number, { readonly controller: AbortController; readonly stopped: Promise<void> }>();
  const abortAll = () => running.forEach(({ controller }) => controller.abort(new Cancelled()));

  const start = (call: Call) => {
    const controller = new AbortController();
    const stopped = answer(service, port, call, controller.signal).finally(() => running.delete(call.id));
    running.set(call.id, { controller, stopped });
  };

  port.listen((message) => {
    const parsed = clientMessage.safeParse(message);
    if (!parsed.success) return; // Not one of ours: there is no call to answer.
    if (parsed.data.kind === 'call') start(parsed.data);
    else running.get(parsed.data.id)?.controller.abort(new Cancelled());
  }, abortAll);

  return {
    async close() {
      abortAll();
      await Promise.all([...running.values()].map(({ stopped }) => stopped));
      port.close();
    },
  };
}

async function answer(service: Service, port: ServerPort, message: Call, signal: AbortSignal): Promise<void> {
  const { id } = message;
  try {
    const result = await run(service, message, signal, (event) => port.send({ kind: 'event', id, event }));
    port.send({ kind: 'end', id, result });
  } catch (error) {
    port.send({ kind: 'error', id, error: toRecord(error, signal.aborted) });
  }
}

async function run(
  service: Service,
  message: Call,
  signal: AbortSignal,
  emit: (event: unknown) => void,
): Promise<unknown> {
  const { call, version } = message;
  if (version !== protocolVersion) {
    throw new Fault({ what: 'protocol version', expected: `${protocolVersion}`, got: `${version}` });
  }
  if (!isCall(call)) {
    throw new Fault({ what: 'unknown call', expected: Object.keys(contract).join(', '), got: call });
  }
  const request = validate(contract[call].request, message.request, call);
  const outcome = handlerOf(service, call)(request, { signal });
  if (outcome instanceof Promise) return outcome;
  return drain(outcome, signal, emit);
}

// The one place where the request's type is known to fit the handler only because `validate` has just checked it.
function handlerOf(service: Service, call: CallName): Handler {
  return service[call].bind(service) as Handler;
}

async function drain(
  events: AsyncGenerator<unknown, unknown>,
  signal: AbortSignal,
  emit: (event: unknown) => void,
): Promise<unknown> {
  for (;;) {
    const step = await events.next();
    if (step.done === true) return step.value;
    emit(step.value);
    if (!signal.aborted) continue;
    await events.return(undefined);
    throw new Cancelled();
  }
}
