/** A table of settings as the contract lists it. */
import type { SettingInfo } from '../../results/dictionaries.ts';
import type { Setting, SettingTable } from '../../terms/settings.ts';

export function settingInfos(table: SettingTable): SettingInfo[] {
  return Object.entries(table).map(([name, setting]) => infoOf(name, setting));
}

function infoOf(name: string, setting: Setting): SettingInfo {
  switch (setting.kind) {
    case 'number':
      return { ...setting, name, range: ends(setting.range), whole: setting.whole ?? false };
    case 'list':
      return { ...setting, name, range: ends(setting.range) };
    case 'flag':
    case 'choice':
      return { ...setting, name };
  }
}

/** JSON has no infinity. */
function ends([low, high]: readonly [number, number]): [number | null, number | null] {
  return [Number.isFinite(low) ? low : null, Number.isFinite(high) ? high : null];
}
