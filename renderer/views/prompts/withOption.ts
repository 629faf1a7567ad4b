import type { GivenOptions, OptionTable } from './taskOptions.tsx';

/** A setting at its default is not given: equal prompts are then asked for in equal words. */
export function withOption(
  options: OptionTable,
  given: GivenOptions,
  name: string,
  value: string | number,
): GivenOptions {
  const { [name]: _, ...others } = given;
  return options[name]?.default === value ? others : { ...others, [name]: value };
}
