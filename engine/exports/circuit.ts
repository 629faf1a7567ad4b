/** circuit.json: a circuit as a file, in the form that engine/results/circuit.ts describes. Imports terms and results only. */
import type { Circuit } from '../results/circuit.ts';
import { checkCircuit } from '../results/circuit.ts';
import { parseJson } from './parseJson.ts';

/** One line per node, edge and expected effect, so that two files compare line by line. */
export function writeCircuit(circuit: Circuit): string {
  const fields = Object.entries(circuit).map(([name, field]) => `  ${JSON.stringify(name)}: ${layOut(field)}`);
  return `{\n${fields.join(',\n')}\n}\n`;
}

/** The circuit that this text holds; a Fault names what is wrong in `where`. */
export function readCircuit(text: string, where: string): Circuit {
  return checkCircuit(parseJson(text, where), where);
}

function layOut(field: unknown): string {
  if (!Array.isArray(field) || field.length === 0) return JSON.stringify(field);
  return `[\n${field.map((row) => `    ${JSON.stringify(row)}`).join(',\n')}\n  ]`;
}
