/** The service behind every carrier's test: small calls whose doings can be asked for through the wire itself. */
import type { Service } from '../../engine/results/index.ts';
import { Fault } from '../../engine/terms/fault.ts';

export interface Doings {
  /** Tokens made by `generate`. */
  made: number;
  /** How its calls ended. */
  readonly ends: string[];
}

export const parts = { what: 'not a model', where: 'a.gguf', expected: 'GGUF', got: 'PNG' };

export function carrierService(doings: Doings = { made: 0, ends: [] }): Partial<Service> {
  return {
    folders: async ({ add }) => ({ folders: add === 'marco' ? ['polo'] : [] }),
    diagnostics: async () => ({ text: JSON.stringify(doings) }),
    info: async () => {
      throw new Fault(parts);
    },
    families: async () => {
      throw new RangeError('a defect');
    },
    tasks: (_request, { signal }) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          doings.ends.push('tasks aborted');
          reject(signal.reason);
        });
      }),
    /** The values of its edits, as they came. */
    async *capture({ edits = [] }) {
      for (const { operation } of edits) {
        if (operation.kind === 'add') yield { kind: 'rows', from: 0, name: 'z.0', ...operation.value };
      }
      return { rows: edits.length };
    },
    async *generate({ max }, { signal }) {
      try {
        for (let id = 0; id < max && !signal.aborted; id++) {
          doings.made += 1;
          yield { kind: 'token', id, text: `t${id}`, logProbability: -id };
        }
        return { promptTokens: 1, ids: [], text: null, stopped: 'length', seconds: 0 };
      } finally {
        doings.ends.push(signal.aborted ? 'generate aborted' : 'generate ended');
      }
    },
  };
}
