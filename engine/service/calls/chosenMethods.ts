/** The methods that a bench was asked for, checked before anything runs. */
import type { ChosenMethod } from '../../circuits/bench.ts';
import type { RequestOf } from '../../results/index.ts';
import type { Prompt } from '../../tasks/task.ts';
import { Fault } from '../../terms/fault.ts';
import type { SettingValue, SettingValues } from '../../terms/settings.ts';
import { checkSettings } from '../../terms/settings.ts';
import { circuitMethodById } from '../circuitMethodList.ts';

type Request = Pick<RequestOf<'circuit'>, 'methods' | 'nodes'>;

/** Throws Fault for a method or setting that there is not, the same one twice, and one that these nodes or prompts don't allow. */
export function chosenMethods({ methods, nodes }: Request, prompts: readonly Prompt[]): readonly ChosenMethod[] {
  const chosen = methods.map(({ id, settings }) => {
    const method = circuitMethodById(id);
    if (!method.nodes.includes(nodes)) {
      throw new Fault({
        what: `${id} ranks heads only`,
        where: 'nodes',
        expected: method.nodes.join(' or '),
        got: nodes,
      });
    }
    requirePrompts(id, method.needs, prompts);
    const values = checkSettings(method.settings, settings, id);
    requireEnough(id, method.leastPrompts?.(values) ?? 1, prompts.length);
    const isRepeated = methods.filter((other) => other.id === id).length > 1;
    return {
      label: isRepeated ? labelOf(id, settings) : id,
      method,
      settings: values,
    };
  });
  const labels = chosen.map(({ label }) => label);
  const twice = labels.find((label, i) => labels.indexOf(label) !== i);
  if (twice === undefined) return chosen;
  throw new Fault({ what: 'the same method twice', where: 'methods', expected: 'other settings', got: twice });
}

function requireEnough(method: string, least: number, prompts: number): void {
  if (prompts >= least) return;
  throw new Fault({ what: 'too few prompts', where: method, expected: `at least ${least}`, got: String(prompts) });
}

/** `atp gradDrop=true` */
function labelOf(id: string, settings: SettingValues): string {
  return [id, ...Object.entries(settings).map(([name, value]) => `${name}=${shown(value)}`)].join(' ');
}

function shown(value: SettingValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function requirePrompts(id: string, needs: readonly ('corrupt' | 'negative')[], prompts: readonly Prompt[]): void {
  for (const need of needs) {
    // What can be counted with fewer negatives says itself how many it takes.
    if (need === 'negative' && prompts.some(({ negativeIds }) => negativeIds !== null)) continue;
    const without = prompts.findIndex(
      (prompt) => (need === 'corrupt' ? prompt.corruptIds : prompt.negativeIds) === null,
    );
    if (without < 0) continue;
    const expected = need === 'corrupt' ? 'corrupt or corruptIds' : 'prompts of a task that makes them';
    throw new Fault({ what: `${id} needs a ${need} prompt`, where: `prompt ${without + 1}`, expected, got: 'none' });
  }
}
