import type { ReactElement, ReactNode } from 'react';

export interface KeyValue {
  readonly name: string;
  readonly value: ReactNode;
}

/** Names and values, to be read and copied. */
export function KeyValues({ lines }: { readonly lines: readonly KeyValue[] }): ReactElement {
  return (
    <dl className="runs-values">
      {lines.map(({ name, value }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
