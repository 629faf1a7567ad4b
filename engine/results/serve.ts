/** Service -> port: checks requests, runs calls, streams events, cancels. The counterpart of connect.ts. Imports terms only. */
import { Fault } from '../terms/fault.ts';
import type { CallName, CallOptions, Service } from './contract.ts';
import { contract, isCall } from './contract.ts';
import { Cancelled, toRecord } from './errors.ts';
import { Flow } from './flow.ts';
import type { Heartbeat } from './heartbeat.ts';
import { withHeartbeat } from './heartbeat.ts';
import type { ServerMessage, ServerPort } from './protocol.ts';
import { callControl, callEnvelope, callMessage, protocolVersion } from './protocol.ts';
import { validate } from './validate.ts';

type Handler = (
  request: unknown,
  options: Required<CallOptions>,
) => Promise<unknown> | AsyncGenerator<unknown, unknown, void>;

interface RunningCall {
  readonly controller: AbortController;
  readonly flow: Flow;
  readonly stopped: Promise<void>;
}

/** What a call is answered through. */
interface Outlet {
  readonly signal: AbortSignal;
  readonly flow: Flow;
  emit(event: unknown): void;
}

export interface ServeOptions {
  /** Default: none; a client that is gone is noticed by its carrier only. */
  readonly heartbeat?: Heartbeat;
}

export interface Server {
  /** Cancels what is running and resolves when all of it has stopped. */
  close(): Promise<void>;
}

/** Calls that the service lacks are answered with a Fault that says so. */
export function serve(service: Partial<Service>, carrier: ServerPort, { heartbeat }: ServeOptions = {}): Server {
  const port = withHeartbeat<ServerMessage>(carrier, heartbeat ?? null);
  const running = new Map<number, RunningCall>();
  const abortAll = () => running.forEach(({ controller }) => controller.abort(new Cancelled()));

  const start = (id: number, message: unknown) => {
    const controller = new AbortController();
    const { signal } = controller;
    const flow = new Flow(port, signal);
    const emit = (event: unknown) => {
      flow.sent();
      port.send({ kind: 'event', id, event });
    };
    const answered = answer(service, message, { signal, flow, emit }).then((outcome) => send(port, id, outcome));
    const stopped = answered.finally(() => running.delete(id));
    running.set(id, { controller, flow, stopped });
  };

  port.listen((message) => {
    const control = callControl.safeParse(message);
    if (control.success) return steer(running.get(control.data.id), control.data);
    const envelope = callEnvelope.safeParse(message);
    // Anything else is not one of ours: there is no call to answer. Nor is there for an id that is in use.
    if (envelope.success && !running.has(envelope.data.id)) start(envelope.data.id, message);
  }, abortAll);

  return {
    async close() {
      abortAll();
      await Promise.all([...running.values()].map(({ stopped }) => stopped));
      port.close();
    },
  };
}

function steer(call: RunningCall | undefined, message: { kind: 'cancel' } | { kind: 'ack'; count: number }): void {
  if (message.kind === 'cancel') call?.controller.abort(new Cancelled());
  else call?.flow.acknowledged(message.count);
}

type Outcome = { readonly result: unknown } | { readonly error: unknown; readonly aborted: boolean };

async function answer(service: Partial<Service>, message: unknown, outlet: Outlet): Promise<Outcome> {
  try {
    return { result: await run(service, message, outlet) };
  } catch (error) {
    return { error, aborted: outlet.signal.aborted };
  }
}

// A result that the carrier can't carry is an error of the call, and so the caller learns of it.
function send(port: Pick<ServerPort, 'send'>, id: number, outcome: Outcome): void {
  if ('error' in outcome) return port.send({ kind: 'error', id, error: toRecord(outcome.error, outcome.aborted) });
  try {
    port.send({ kind: 'end', id, result: outcome.result });
  } catch (error) {
    port.send({ kind: 'error', id, error: toRecord(error, false) });
  }
}

async function run(service: Partial<Service>, message: unknown, outlet: Outlet): Promise<unknown> {
  const { version } = validate(callEnvelope, message, 'message');
  if (version !== protocolVersion) {
    throw new Fault({ what: 'protocol version', expected: `${protocolVersion}`, got: `${version}` });
  }
  const { call, request, priority = 'interactive' } = validate(callMessage, message, 'message');
  const handler = handlerOf(service, call);
  const outcome = handler(request, { signal: outlet.signal, priority });
  return outcome instanceof Promise ? outcome : stream(outcome, outlet);
}

function handlerOf(service: Partial<Service>, call: string): Handler {
  if (!isCall(call)) {
    throw new Fault({ what: 'unknown call', expected: Object.keys(contract).join(', '), got: call });
  }
  const method = service[call];
  if (method === undefined) throw new Fault({ what: `this process does not answer ${call}` });
  return checked(call, method.bind(service));
}

// The one place where the request's type is known to fit the method only because `validate` has just checked it.
function checked(call: CallName, method: NonNullable<Service[CallName]>): Handler {
  return (request, options) => (method as Handler)(validate(contract[call].request, request, call), options);
}

async function stream(
  events: AsyncGenerator<unknown, unknown, void>,
  { signal, flow, emit }: Outlet,
): Promise<unknown> {
  let done = false;
  try {
    for (;;) {
      await flow.room();
      if (signal.aborted) throw new Cancelled();
      const step = await events.next();
      done = step.done === true;
      if (done) return step.value;
      if (!signal.aborted) emit(step.value);
    }
  } finally {
    if (!done) await events.return(undefined);
  }
}
