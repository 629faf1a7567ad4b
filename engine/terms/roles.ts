/** What a node does in a circuit, in the literature's words. Imports nothing. A circuit may name a role that is not here. */

export const roles = {
  previousToken: 'attends to the position before and copies its token (Elhage et al. 2021; Olsson et al. 2022)',
  currentToken: 'attends to its own position (Elhage et al. 2021)',
  duplicateToken: 'attends to an earlier copy of the current token (Wang et al. 2022, arXiv 2211.00593)',
  induction: 'attends to what followed an earlier copy of the current token, and predicts it (Olsson et al. 2022)',
  subjectInhibition: 'takes the attention of name movers off the repeated name (Wang et al. 2022, S-inhibition)',
  nameMover: 'attends to a name and raises its logit (Wang et al. 2022)',
  backupNameMover: 'moves the name where the name movers are removed (Wang et al. 2022)',
  negativeNameMover: 'attends to a name and lowers its logit (Wang et al. 2022)',
  argumentMover: 'attends to the next argument of the definition and raises its logit (Heimersheim & Janiak 2023)',
  startYear: 'attends to the last digits of the start year (Hanna et al. 2023, arXiv 2305.00586)',
  comparison: 'raises what is greater than the value that it is given (Hanna et al. 2023: late MLPs)',
  copy: 'copies what it attends to towards the output',
  lookup: 'attends to the value that belongs to a key',
  sink: 'attends to the first position when it has nothing to do (Xiao et al. 2023, arXiv 2309.17453)',
  decoy: 'a strong pattern and a large write that the output does not depend on',
} as const satisfies Record<string, string>;

/** camelCase: a known role or one's own. */
export function isRole(name: string): boolean {
  return /^[a-z][A-Za-z0-9]*$/.test(name) && name.length <= 64;
}
