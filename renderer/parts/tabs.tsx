/** Faces of the same thing, one at a time. */
import { Tabs as Radix } from 'radix-ui';
import type { ReactElement, ReactNode } from 'react';
import './tabs.css';

export interface TabsProps<V extends string> {
  readonly label: string;
  readonly value: V;
  readonly onChange: (value: V) => void;
  readonly tabs: readonly { readonly value: V; readonly title: string; readonly content: () => ReactNode }[];
  /** At the right end of the row of names. */
  readonly aside?: ReactNode;
}

/** Only the face that is shown is there. */
export function Tabs<V extends string>({ label, value, onChange, tabs, aside }: TabsProps<V>): ReactElement {
  return (
    <Radix.Root className="tabs" value={value} onValueChange={(next) => onChange(next as V)}>
      <div className="tabs-bar">
        <Radix.List className="tabs-list" aria-label={label}>
          {tabs.map((tab) => (
            <Radix.Trigger key={tab.value} value={tab.value} className="tabs-tab">
              {tab.title}
            </Radix.Trigger>
          ))}
        </Radix.List>
        {aside !== undefined && <div className="tabs-aside">{aside}</div>}
      </div>
      {tabs.map((tab) => (
        <Radix.Content key={tab.value} value={tab.value} className="tabs-content">
          {tab.value === value && tab.content()}
        </Radix.Content>
      ))}
    </Radix.Root>
  );
}
