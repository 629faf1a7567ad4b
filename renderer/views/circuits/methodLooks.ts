/** What methods are called, what each is for, and how its line is drawn. */
import type { CircuitMethods } from '../../../engine/results/circuitBench.ts';

export type MethodInfo = CircuitMethods['methods'][number];
export type MethodRole = MethodInfo['role'];

export interface MethodLook {
  readonly id: string;
  readonly title: string;
  readonly role: MethodRole;
  /** Colour of CSS, and dashes of a line. */
  readonly colour: string;
  readonly dash: string;
}

export const roleTitles: Readonly<Record<MethodRole, string>> = {
  method: 'Methods',
  control: 'Controls',
  reference: 'Exact measurement of each node',
};

const series = 6;
const again = ['none', '1 2', '7 2 1 2'];
const dashes = ['5 3', '2 3', '8 3 2 3', '10 4', '1 3', '5 2 1 2 1 2'];

/** Methods have colours and whole lines, controls are grey and dashed, exact measurements are drawn in ink. */
export function looksOf(ids: readonly string[], known: readonly MethodInfo[]): readonly MethodLook[] {
  const counts: Record<MethodRole, number> = { method: 0, control: 0, reference: 0 };
  return ids.map((id) => {
    const info = known.find((one) => one.id === id);
    // A method of another version of the program: it claims something, as far as this one can tell.
    const role = info?.role ?? 'method';
    const at = counts[role]++;
    return { id, title: info?.title ?? id, role, ...drawn(role, at) };
  });
}

function drawn(role: MethodRole, at: number): Pick<MethodLook, 'colour' | 'dash'> {
  if (role === 'control') return { colour: 'var(--mark)', dash: dashes[at % dashes.length] ?? '5 3' };
  if (role === 'reference') return { colour: 'var(--ink)', dash: at % 2 === 0 ? 'none' : '12 3' };
  const dash = again[Math.floor(at / series) % again.length] ?? 'none';
  return { colour: `var(--series-${(at % series) + 1})`, dash };
}
