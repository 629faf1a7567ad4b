/** Lines of text and numbers. */
import type { ComponentProps, ReactElement } from 'react';
import { useState } from 'react';
import { classNames } from './classNames.ts';
import './field.css';

type InputProps = Omit<ComponentProps<'input'>, 'value' | 'onChange' | 'type'>;

export interface TextInputProps extends InputProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
}

export function TextInput({ value, onChange, className, ...rest }: TextInputProps): ReactElement {
  return (
    <input
      type="text"
      spellCheck={false}
      className={classNames('input', className)}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      {...rest}
    />
  );
}

export interface NumberInputProps extends InputProps {
  readonly value: number;
  /** With a number that lies within the bounds, when Enter is pressed or the field is left. */
  readonly onChange: (value: number) => void;
  readonly min?: number;
  readonly max?: number;
  readonly whole?: boolean;
}

export function NumberInput(props: NumberInputProps): ReactElement {
  const { value, onChange, min = -Infinity, max = Infinity, whole = false, className, ...rest } = props;
  /** What is being typed; null while nothing is. */
  const [text, setText] = useState<string | null>(null);
  const commit = () => {
    const number = readNumber(text ?? '', whole);
    setText(null);
    if (number !== null) onChange(Math.min(max, Math.max(min, number)));
  };
  return (
    <input
      type="text"
      inputMode={whole ? 'numeric' : 'decimal'}
      className={classNames('input', 'numberInput', className)}
      value={text ?? String(value)}
      onChange={(event) => setText(event.target.value)}
      onBlur={() => text !== null && commit()}
      onKeyDown={(event) => {
        if (event.key === 'Enter') commit();
        if (event.key === 'Escape') setText(null);
      }}
      {...rest}
    />
  );
}

function readNumber(text: string, whole: boolean): number | null {
  const number = Number(text.replaceAll('\u2212', '-').replaceAll(',', '').trim() || NaN);
  if (!Number.isFinite(number)) return null;
  return whole ? Math.round(number) : number;
}
