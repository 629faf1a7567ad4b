/** Which methods rank nodes, and which published circuits they can be held against. */
import type { ResultOf, Service } from '../../results/index.ts';
import { references } from '../../tasks/references/index.ts';
import type { Reference } from '../../tasks/references/reference.ts';
import { allCircuitMethods } from '../circuitMethodList.ts';
import { checkSettings } from '../../terms/settings.ts';
import { settingsInfo } from './dictionaryKinds.ts';

type Methods = ResultOf<'circuitMethods'>;

export function circuitMethodsCall(): Service['circuitMethods'] {
  return () =>
    Promise.resolve({
      methods: allCircuitMethods.map(
        ({ id, title, about, source, role, nodes, needs, seeded, settings, ...method }) => ({
          ...{ id, title, about, source, role, nodes, needs, seeded },
          settings: settingsInfo(settings),
          leastPrompts: method.leastPrompts?.(checkSettings(settings, {}, id)) ?? 1,
        }),
      ),
      references: references.map(infoOf),
    });
}

function infoOf({ id, title, circuit, belongsTo }: Reference): Methods['references'][number] {
  const { task } = circuit;
  return { id, title, task: task !== null && 'name' in task ? task.name : '', model: belongsTo.model.name };
}
