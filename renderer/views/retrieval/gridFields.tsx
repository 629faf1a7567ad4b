/** Lengths by depths, and the words around the question. */
import type { ReactElement } from 'react';
import { Field } from '../../parts/field.tsx';
import { NumberInput, TextInput } from '../../parts/input.tsx';
import { Section } from '../../parts/section.tsx';
import { Segments } from '../../parts/segments.tsx';
import { lengthsOf } from './needlePlan.ts';
import { useChangeRetrieval, useRetrieval } from './retrievalSettings.ts';

const templates = [
  { value: 'plain', title: 'Plain' },
  { value: 'chat', title: 'Chat template' },
] as const;
const prompts = [
  { value: 'answer', title: 'Answer only' },
  { value: 'steps', title: 'Step by step' },
] as const;

export function GridFields({ context }: { readonly context: number }): ReactElement {
  const settings = useRetrieval((all) => all);
  const change = useChangeRetrieval();
  return (
    <Section title="Grid">
      <div className="form">
        <Field label="Lengths, tokens of a whole prompt" hint={`This model takes ${context} at most.`}>
          {(ids) => (
            <TextInput {...ids} value={lengthsOf(settings, context)} onChange={(lengths) => change({ lengths })} />
          )}
        </Field>
        <Field label="Depths, percent of the haystack before the needle">
          {(ids) => <TextInput {...ids} value={settings.depths} onChange={(depths) => change({ depths })} />}
        </Field>
        <div className="retrieval-line">
          <Segments
            label="Frame"
            value={settings.template}
            options={templates}
            onChange={(template) => change({ template })}
          />
          <Segments
            label="Prompt"
            value={settings.prompt}
            options={prompts}
            onChange={(prompt) => change({ prompt })}
          />
        </div>
        <Field label="New tokens at most">
          {(ids) => (
            <NumberInput
              {...ids}
              whole
              min={1}
              max={100_000}
              value={settings.maxNew ?? (settings.prompt === 'steps' ? 128 : 50)}
              onChange={(maxNew) => change({ maxNew })}
            />
          )}
        </Field>
      </div>
    </Section>
  );
}
