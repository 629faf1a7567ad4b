/** What main and the control process say to each other. Ports travel beside the message. */

export type ToControl =
  /** A window's port. */
  | { readonly kind: 'window' }
  /** The port of a compute process that was asked for. */
  | { readonly kind: 'compute'; readonly id: number }
  | { readonly kind: 'computeExited'; readonly id: number; readonly code: number };

export type FromControl =
  /** Only main can fork a utility process. */
  { readonly kind: 'spawnCompute'; readonly id: number } | { readonly kind: 'killCompute'; readonly id: number };

/** To a compute process: its port comes with this. */
export interface ToCompute {
  readonly kind: 'serve';
}

export function isFromControl(message: unknown): message is FromControl {
  if (typeof message !== 'object' || message === null) return false;
  const { kind, id } = message as { readonly kind?: unknown; readonly id?: unknown };
  return (kind === 'spawnCompute' || kind === 'killCompute') && typeof id === 'number';
}
