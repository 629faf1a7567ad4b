/** What goes over the wire: two messages from the client, three from the server. Imports terms only. */
import * as z from 'zod';
import { errorRecord } from './errors.ts';

/** Rises when a message or a call changes its meaning; both sides must have the same. */
export const protocolVersion = 1;

const id = z.int().min(0);

export const clientMessage = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('call'), id, version: z.int(), call: z.string(), request: z.unknown() }),
  z.strictObject({ kind: z.literal('cancel'), id }),
]);

export const serverMessage = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('event'), id, event: z.unknown() }),
  /** The call is done; `result` is its answer. */
  z.strictObject({ kind: z.literal('end'), id, result: z.unknown() }),
  z.strictObject({ kind: z.literal('error'), id, error: errorRecord }),
]);

export type ClientMessage = z.infer<typeof clientMessage>;
export type ServerMessage = z.infer<typeof serverMessage>;

/** One end of a carrier: messages arrive whole and in order. */
export interface Port<Out, In> {
  send(message: Out): void;
  /** Sets the one listener; messages that came before are kept for it. */
  listen(listener: (message: In) => void, closed: () => void): void;
  close(): void;
}

/** The server reads what it does not trust, so its messages come as unknown. */
export type ServerPort = Port<ServerMessage, unknown>;
export type ClientPort = Port<ClientMessage, unknown>;
