/** One token as a mark shows it. */
export interface Token {
  /** Printable form, leading space kept. */
  readonly text: string;
  readonly id?: number;
  /** Bytes of a token that is no whole character: shown as hex. */
  readonly bytes?: readonly number[];
  /** A control token such as `<|endoftext|>`. */
  readonly special?: boolean;
}
