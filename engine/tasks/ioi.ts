import { drawBatch, promptOf } from './batch.ts';
import { ioiTemplates } from './ioiTemplates.ts';
import { layOut, oneTokenWords, requireTokenizer, requireWords } from './layout.ts';
import { readOptions } from './options.ts';
import type { Prompt, Task, TaskOption, TaskTokenizer } from './task.ts';
import type { Random } from '../tensor/random.ts';
import { firstNames, objects, places } from './words.ts';

const options = {
  templates: {
    kind: 'integer',
    from: 1,
    to: ioiTemplates.length,
    default: ioiTemplates.length,
    about: 'how many of the templates are used; 1 gives every word the same position but for the two orders',
  },
  order: {
    kind: 'choice',
    of: ['mixed', 'ABBA', 'BABA'],
    default: 'mixed',
    about: 'which name comes first: the indirect object (ABBA), the subject (BABA), or either',
  },
} as const satisfies Record<string, TaskOption>;

type Names = Readonly<Record<'indirectObject' | 'subject1' | 'subject2', string>>;

/** Indirect object identification (Wang et al. 2022, arXiv 2211.00593). */
export const ioi: Task = {
  id: 'ioi',
  title: 'Indirect object identification',
  about:
    'Two people are named, one acts again: the model must name the other. Answer: the name said once; wrong: the one said twice. ' +
    'Corrupt: three other names in the same places. Negative: a third name in the place of the answer, and the answer in the place ' +
    "of the subject's first mention, so that three names occur once each.",
  metric: 'logitDifference',
  options,
  generate(request) {
    const settings = readOptions('ioi', options, request.options);
    const tokenizer = requireTokenizer(request.tokenizer, 'ioi');
    const words = keptWords(tokenizer);
    const draw = () => drawPrompt(tokenizer, request.random, words, settings);
    const remaining = {
      names: [words.names.size, firstNames.length],
      places: [words.places.length, places.length],
      objects: [words.objects.length, objects.length],
    } as const;
    return drawBatch(ioi, request, remaining, draw);
  },
};

interface Settings {
  readonly order: string;
  readonly templates: number;
}

interface Words {
  readonly names: ReadonlyMap<string, number>;
  readonly places: readonly string[];
  readonly objects: readonly string[];
}

function keptWords(tokenizer: TaskTokenizer): Words {
  const names = oneTokenWords(tokenizer, firstNames);
  const keptPlaces = [...oneTokenWords(tokenizer, places).keys()];
  const keptObjects = [...oneTokenWords(tokenizer, objects).keys()];
  requireWords('names', [...names.keys()], firstNames.length, { task: 'ioi', least: 6 });
  requireWords('places', keptPlaces, places.length, { task: 'ioi', least: 2 });
  requireWords('objects', keptObjects, objects.length, { task: 'ioi', least: 2 });
  return { names, places: keptPlaces, objects: keptObjects };
}

function drawPrompt(tokenizer: TaskTokenizer, random: Random, words: Words, settings: Settings): Prompt | null {
  const order = settings.order === 'mixed' ? random.pick(['ABBA', 'BABA']) : settings.order;
  const template = ordered(random.pick(ioiTemplates.slice(0, settings.templates)), order);
  const fixed = { place: random.pick(words.places), object: random.pick(words.objects) };
  const [a, b, c, d, e, f] = random.shuffled([...words.names]);
  if (!a || !b || !c || !d || !e || !f) return null;
  const withNames = (names: Names) => layOut(tokenizer, template, { ...fixed, ...names });
  return promptOf({
    clean: withNames({ indirectObject: a[0], subject1: b[0], subject2: b[0] }),
    corrupt: withNames({ indirectObject: d[0], subject1: e[0], subject2: f[0] }),
    negative: withNames({ indirectObject: c[0], subject1: a[0], subject2: b[0] }),
    answers: [a[1]],
    wrong: [b[1]],
  });
}

/** ABBA: indirect object, subject, subject. BABA: subject, indirect object, subject. */
function ordered(template: string, order: string): string {
  const [first, second] = order === 'ABBA' ? ['indirectObject', 'subject1'] : ['subject1', 'indirectObject'];
  return template.replace('[first]', `[${first}]`).replace('[second]', `[${second}]`).replace('[actor]', '[subject2]');
}
