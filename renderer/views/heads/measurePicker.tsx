/** A choice of one measure among many: typed words narrow it, arrows go through it, Alt with an arrow goes to the next heading. */
import { Command } from 'cmdk';
import type { ReactElement } from 'react';
import { useEffect, useId, useMemo, useRef, useState } from 'react';
import type { HeadMeasure } from '../../api/headMeasure.ts';
import { useRuns } from '../../api/queries.ts';
import { Icon } from '../../parts/icon.tsx';
import { Popover } from '../../parts/popover.tsx';
import type { MeasureOption } from './measureGroups.ts';
import { measureGroups } from './measureGroups.ts';

export interface MeasurePickerProps {
  readonly label: string;
  readonly value: string | null;
  readonly list: readonly HeadMeasure[];
  readonly onChange: (id: string) => void;
  /** Shown where nothing is chosen. */
  readonly placeholder?: string;
}

export function MeasurePicker(props: MeasurePickerProps): ReactElement {
  const { label, value, list, onChange, placeholder = 'Choose' } = props;
  const [isOpen, setIsOpen] = useState(false);
  const id = useId();
  const chosen = list.find((measure) => measure.id === value);
  const choose = (measure: string) => {
    setIsOpen(false);
    onChange(measure);
  };
  return (
    <Popover
      label={label}
      className="measure-popover"
      isOpen={isOpen}
      onOpenChange={setIsOpen}
      trigger={
        <button
          type="button"
          role="combobox"
          className="select measure-trigger"
          aria-label={label}
          aria-expanded={isOpen}
          aria-haspopup="dialog"
          aria-controls={id}
          data-empty={chosen === undefined}
        >
          <span>{chosen?.title ?? placeholder}</span>
          <Icon name="down" size={12} />
        </button>
      }
    >
      <div id={id}>
        <MeasureChoices {...{ label, value, list }} onChoose={choose} />
      </div>
    </Popover>
  );
}

interface MeasureChoicesProps extends Pick<MeasurePickerProps, 'label' | 'value' | 'list'> {
  readonly onChoose: (id: string) => void;
}

/** The entry that shows what newer runs have measured again. */
const OLDER = 'older runs';

function MeasureChoices({ label, value, list, onChoose }: MeasureChoicesProps): ReactElement {
  const { data } = useRuns();
  const [typed, setTyped] = useState('');
  const [withOlder, setWithOlder] = useState(false);
  const [lit, setLit] = useState(value ?? '');
  const runs = data?.runs;
  const lists = useRef<HTMLDivElement>(null);
  // What is chosen is in sight when the list opens; later the lit entry is kept there by the list itself.
  useEffect(() => {
    const show = () => lists.current?.querySelector('[data-selected=true]')?.scrollIntoView({ block: 'center' });
    const frame = requestAnimationFrame(show);
    return () => cancelAnimationFrame(frame);
  }, []);
  const { groups, older } = useMemo(
    () => measureGroups(list, runs ?? [], { typed, withOlder, chosen: value }),
    [list, runs, typed, withOlder, value],
  );
  const type = (next: string) => {
    setTyped(next);
    const filtered = measureGroups(list, runs ?? [], { typed: next, withOlder, chosen: value });
    setLit(filtered.groups[0]?.options[0]?.id ?? OLDER);
  };
  return (
    <Command label={`${label}: filter`} shouldFilter={false} loop value={lit} onValueChange={setLit}>
      <Command.Input
        className="measure-filter"
        value={typed}
        onValueChange={type}
        placeholder="Filter: induction, S4, proxy, ioi"
      />
      <Command.List ref={lists} className="measure-list" label={label}>
        <Command.Empty className="measure-none">No measure has these words.</Command.Empty>
        {groups.map(({ heading, options }) => (
          <Command.Group key={heading} heading={heading} className="measure-group">
            {options.map((option) => (
              <Choice key={option.id} option={option} isChosen={option.id === value} onChoose={onChoose} />
            ))}
          </Command.Group>
        ))}
        {older > 0 && (
          <Command.Item value={OLDER} className="measure-item measure-older" onSelect={() => setWithOlder(!withOlder)}>
            {withOlder ? 'Leave out older runs' : `Show ${older} of older runs too`}
          </Command.Item>
        )}
      </Command.List>
    </Command>
  );
}

interface ChoiceProps {
  readonly option: MeasureOption;
  readonly isChosen: boolean;
  readonly onChoose: (id: string) => void;
}

function Choice({ option: { id, title, detail }, isChosen, onChoose }: ChoiceProps): ReactElement {
  return (
    <Command.Item value={id} onSelect={() => onChoose(id)} className="measure-item">
      <span className="select-check">{isChosen && <Icon name="check" size={12} />}</span>
      <span className="measure-title">{title}</span>
      <span className="select-detail measure-detail" title={detail}>
        {detail}
      </span>
    </Command.Item>
  );
}
