/** Settings that several faces share. */
import type { ReactElement } from 'react';
import type { AttentionMeasure } from '../../../engine/results/attention.ts';
import { Select } from '../../parts/select.tsx';
import { Slider } from '../../parts/slider.tsx';
import { Switch } from '../../parts/switch.tsx';
import { formatFixed } from '../../marks/format.ts';
import { measureTitles } from './measureWords.ts';
import type { Compare } from './settings.ts';
import type { SettingsInUse } from './useSettings.ts';

export function MeasureSelect({ settings, change }: SettingsInUse): ReactElement {
  const options: readonly { value: AttentionMeasure; title: string; detail: string }[] = [
    { value: 'pattern', title: measureTitles.pattern, detail: 'after softmax' },
    { value: 'valueWeighted', title: measureTitles.valueWeighted, detail: 'times what the value writes' },
  ];
  return (
    <Select label="Measure" value={settings.measure} options={options} onChange={(measure) => change({ measure })} />
  );
}

export function SinkSwitch({ settings, change }: SettingsInUse): ReactElement {
  return <Switch label="Hide first key" isOn={settings.hideSink} onChange={(hideSink) => change({ hideSink })} />;
}

export function LogSwitch({ settings, change }: SettingsInUse): ReactElement {
  const isOff = settings.compare !== 'none';
  return <Switch label="Log" isOn={settings.log && !isOff} disabled={isOff} onChange={(log) => change({ log })} />;
}

/** As a share of the top of the scale. */
export function ThresholdSlider({
  settings,
  change,
  least = 0,
}: SettingsInUse & { /** Hidden in any case. */ readonly least?: number }): ReactElement {
  return (
    <div className="attention-threshold">
      <span>Hide below</span>
      <Slider
        label="Hide values below this share of the scale"
        value={Math.max(least, settings.threshold)}
        min={least}
        max={0.5}
        step={0.005}
        format={(value) => (value === 0 ? 'off' : formatFixed(value, 3))}
        onChange={(threshold) => change({ threshold })}
      />
    </div>
  );
}

const compares: readonly { value: Compare; title: string; detail?: string }[] = [
  { value: 'none', title: 'One head' },
  { value: 'heads', title: 'Primary \u2212 pinned', detail: 'two heads' },
  { value: 'prompts', title: 'Clean \u2212 corrupt', detail: 'two prompts' },
  { value: 'edit', title: 'Set zeroed \u2212 clean', detail: 'two runs' },
];

export function CompareSelect({ settings, change }: SettingsInUse): ReactElement {
  return (
    <Select label="Compare" value={settings.compare} options={compares} onChange={(compare) => change({ compare })} />
  );
}
