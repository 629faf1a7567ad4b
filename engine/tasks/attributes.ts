/** What is known of a task's prompts besides their answers: names, order, template ... Each prompt has one value of each attribute. */
import type { Prompt } from './task.ts';

export interface PromptAttribute {
  /** `IO name` */
  readonly name: string;
  /** Values that occur, in the order in which they come. */
  readonly values: readonly string[];
  /** [n] each prompt's value, as a place among `values`. */
  readonly of: Int32Array;
}

/** An id as text, without the space before it; the number where there is no tokenizer. */
type Text = (id: number) => string;

interface Attributes {
  /** Named positions that a prompt of the task has, and others have not. */
  readonly positions: readonly string[];
  readonly values: Readonly<Record<string, (prompt: Prompt, text: Text) => string>>;
}

const ofTask: Readonly<Record<string, Attributes>> = {
  ioi: {
    positions: ['indirectObject', 'subject1', 'subject2'],
    values: {
      'IO name': (prompt, text) => text(idAt(prompt, 'indirectObject')),
      'S name': (prompt, text) => text(idAt(prompt, 'subject2')),
      order: ({ positions }) => ((positions['indirectObject'] ?? 0) < (positions['subject1'] ?? 0) ? 'ABB' : 'BAB'),
      template: frame,
    },
  },
  greaterThan: {
    positions: ['start', 'span'],
    values: {
      decade: (prompt, text) => decade(text(idAt(prompt, 'start'))),
      noun: (prompt, text) => text(idAt(prompt, 'span')),
    },
  },
  subjectVerb: {
    positions: ['subject', 'attractor'],
    values: {
      verb: ({ answers }, text) => text(answers[0] ?? 0),
      attractor: (prompt, text) => text(idAt(prompt, 'attractor')),
      template: frame,
    },
  },
  genderedPronoun: {
    positions: ['name'],
    values: { pronoun: ({ answers }, text) => text(answers[0] ?? 0), template: frame },
  },
};

/** Attributes of prompts that all come of one of the tasks that have any; none of others. */
export function attributesOf(prompts: readonly Prompt[], text: Text): readonly PromptAttribute[] {
  const known = Object.values(ofTask).find(({ positions }) =>
    prompts.every((prompt) => positions.every((name) => prompt.positions[name] !== undefined)),
  );
  if (known === undefined || prompts.length === 0) return [];
  return Object.entries(known.values).map(([name, value]) =>
    attribute(
      name,
      prompts.map((prompt) => value(prompt, text)),
    ),
  );
}

function attribute(name: string, all: readonly string[]): PromptAttribute {
  const values = [...new Set(all)];
  const places = new Map(values.map((value, place) => [value, place]));
  return { name, values, of: Int32Array.from(all, (value) => places.get(value) ?? 0) };
}

function idAt({ ids, positions }: Prompt, name: string): number {
  return ids[positions[name] ?? -1] ?? 0;
}

/** The tokens between the words that differ from prompt to prompt, `_` for each of those. */
function frame({ ids, positions }: Prompt, text: Text): string {
  const { end: _, ...slots } = positions;
  const free = new Set(Object.values(slots));
  return ids.map((id, position) => (free.has(position) ? '_' : text(id))).join(' ');
}

/** Of a year's token, which has its last two digits (73), the tens alone (7), or all but the units (173). */
function decade(year: string): string {
  return `${year.length === 2 ? year[0] : year.at(-1)}0s`;
}
