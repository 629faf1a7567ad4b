/**
 * What goes over the wire. The client sends calls, cancels them, and acknowledges events; the server sends events, then
 * one `end` or `error` a call; either side may ask for a sign of life. Imports terms only.
 */
import * as z from 'zod';
import { errorRecord } from './errors.ts';

/** Rises when a message or a call changes its meaning; both sides must have the same. */
export const protocolVersion = 2;

/** Events of one call that the server sends before the client has acknowledged any. */
export const eventWindow = 64;
/** Events that the client's reader takes before they are acknowledged together. */
export const acknowledgedTogether = eventWindow / 4;

const id = z.int().min(0);

/** What every version's call says: enough to answer a client of another version. */
export const callEnvelope = z.looseObject({ kind: z.literal('call'), id, version: z.int() });

export const callMessage = z.strictObject({
  ...callEnvelope.shape,
  call: z.string(),
  request: z.unknown(),
  priority: z.enum(['interactive', 'job']).exactOptional(),
});

/** What a client says about a call that it has made. */
export const callControl = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('cancel'), id }),
  /** The reader has taken `count` more events. */
  z.strictObject({ kind: z.literal('ack'), id, count: z.int().min(1) }),
]);

export const serverMessage = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('event'), id, event: z.unknown() }),
  /** The call is done; `result` is its answer. */
  z.strictObject({ kind: z.literal('end'), id, result: z.unknown() }),
  z.strictObject({ kind: z.literal('error'), id, error: errorRecord }),
]);

/** Are you there? `pong` answers `ping` at once. */
export const beat = z.strictObject({ kind: z.enum(['ping', 'pong']) });

export type Beat = z.infer<typeof beat>;
export type CallMessage = z.infer<typeof callMessage>;
export type ClientMessage = CallMessage | z.infer<typeof callControl>;
export type ServerMessage = z.infer<typeof serverMessage>;

/** `lost`: the other side fell silent. */
export type Ending = 'closed' | 'lost';

/** One end of a carrier: messages arrive whole and in order. */
export interface Port<Out, In> {
  /** Once the port has ended it does nothing. Throws for a message that the carrier can't carry. */
  send(message: Out): void;
  /** Sets the one listener; messages that came before are kept for it. `ended` is called once, whoever closed. */
  listen(listener: (message: In) => void, ended: (ending: Ending) => void): void;
  close(): void;
  /** True while the carrier holds more unsent bytes than it should; absent where the carrier can't tell. */
  readonly congested?: () => boolean;
}

/** Both sides read what they do not trust, so messages come as unknown. */
export type ServerPort = Port<ServerMessage | Beat, unknown>;
export type ClientPort = Port<ClientMessage | Beat, unknown>;
