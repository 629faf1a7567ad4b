/** The one error a user sees: what, where, expected, got, on one line. Imports nothing from the project. */

export interface FaultParts {
  /** What went wrong, as a short statement. */
  readonly what: string;
  /** File, tensor, key, line or argument at fault. */
  readonly where?: string;
  readonly expected?: string;
  readonly got?: string;
}

/** Bad input or a request that can't be met. Anything else that is thrown is a defect of ours. */
export class Fault extends Error {
  override readonly name = 'Fault';
  readonly parts: FaultParts;

  constructor(parts: FaultParts) {
    super(faultLine(parts));
    this.parts = parts;
  }
}

function faultLine({ what, where, expected, got }: FaultParts): string {
  const details = [
    expected === undefined ? [] : [`expected ${expected}`],
    got === undefined ? [] : [`got ${got}`],
  ].flat();
  const head = where === undefined ? what : `${where}: ${what}`;
  return oneLine(details.length === 0 ? head : `${head}: ${details.join(', ')}`);
}

// Names and values come from untrusted files: no line break or control character reaches a terminal or a log.
function oneLine(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ').slice(0, 2000);
}
