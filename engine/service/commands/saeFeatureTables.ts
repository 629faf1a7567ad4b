/** What a dictionary's features look like on a terminal. */
import { basename } from 'node:path';
import type { FeatureCard } from '../../results/dictionaryFeatures.ts';
import type { ResultOf } from '../../results/index.ts';
import type { Column } from '../table.ts';
import { formatTable, percent, printable, quoted, signed } from '../table.ts';

type Attribution = ResultOf<'attributeFeature'>;

/** Activity, contexts, logits, heads and what is like it. */
export function cardText(card: FeatureCard, layer: number | null): string {
  const { feature, label, activity, contexts, logits, heads } = card;
  const title = `feature ${feature}${label === null ? '' : `: ${printable(label)}`}\n`;
  const facts =
    activity === null
      ? 'nothing collected\n'
      : `active on ${activity.active} of ${activity.rows} rows, mean ${activity.mean.toPrecision(3)} where active, largest ${activity.largest.toPrecision(4)}\n`;
  return [
    ...[title, facts],
    ...contexts.map((context, i) => contextLine(context, contexts[i - 1]?.group !== context.group)),
    ...(logits === null ? [] : [`\n${logits.note}\n${logitsTable(logits)}`]),
    ...(heads === null ? [] : [`\nheads that write it: ${sharesLine(heads, layer)}\n`]),
    `\nsimilar features: ${similarLine(card.similar)}\n`,
    ...(card.beside === null ? [] : [`in the other dictionary: ${similarLine(card.beside)}\n`]),
  ].join('');
}

function contextLine({ group, tokens, values, at, source }: FeatureCard['contexts'][number], isFirst: boolean): string {
  const text = tokens.map((token, i) => (i === at ? `[${printable(token)}]` : printable(token))).join('');
  const heading = isFirst ? `\n${group}\n` : '';
  return `${heading}  ${(values[at] ?? 0).toFixed(2).padStart(7)}  ${text}  (${printable(source)})\n`;
}

function logitsTable({ up, down }: NonNullable<FeatureCard['logits']>): string {
  const columns: Column[] = [
    { title: 'up' },
    { title: '', align: 'right' },
    { title: 'down' },
    { title: '', align: 'right' },
  ];
  const rows = up.map(({ text, value }, i) => {
    const below = down[i];
    return [quoted(text), signed(value), quoted(below?.text ?? ''), signed(below?.value ?? 0)];
  });
  return formatTable(columns, rows);
}

function sharesLine(heads: NonNullable<FeatureCard['heads']>, layer: number | null): string {
  return heads
    .toSorted((a, b) => b.share - a.share)
    .slice(0, 8)
    .map(({ head, share }) => `L${layer}H${head} ${percent(share)}`)
    .join(', ');
}

function similarLine(similar: FeatureCard['similar']): string {
  return similar
    .map(({ feature, cosine, label }) => {
      const name = label === null ? '' : ` ${quoted(printable(label))}`;
      return `${feature}${name} (${cosine.toFixed(2)})`;
    })
    .join(', ');
}

/** Features of every token, the largest first. */
export function codesTable(codes: ResultOf<'encodePrompt'>, top: number): string {
  const labels = new Map(codes.labels.map(({ feature, label }) => [feature, label] as const));
  const columns: Column[] = [
    { title: 'position', align: 'right' },
    ...[{ title: 'token' }, { title: 'unexplained', align: 'right' } as const, { title: 'features' }],
  ];
  const rows = codes.tokens.map((token, position) => {
    const [from, to] = [codes.starts[position] as number, codes.starts[position + 1] as number];
    const own = Array.from({ length: to - from }, (_, i) => ({
      feature: codes.features[from + i] as number,
      value: codes.values[from + i] as number,
    }));
    const shown = own.toSorted((a, b) => b.value - a.value).slice(0, top);
    const names = shown.map(({ feature, value }) => {
      const label = labels.get(feature);
      return `${feature}${label === undefined ? '' : ` ${quoted(label)}`} ${value.toFixed(2)}`;
    });
    const error = codes.error[position] as number;
    return [`${position}`, quoted(token), Number.isNaN(error) ? '' : percent(error), names.join(', ')];
  });
  return formatTable(columns, rows);
}

/** Sources and heads, parts, features of earlier dictionaries, and what the strongest head looks for. */
export function attributionTables(found: Attribution, position: number, top: number): string {
  const { tokens, preActivation, activation, bias, difference } = found;
  return [
    `activation ${activation.toFixed(4)} at ${place(tokens, position)}; pre-activation ${preActivation.toFixed(4)}, of which biases ${signed(bias)}; the parts add up to it within ${difference.toExponential(1)}\n`,
    ...found.notes.map((note) => `note: ${note}\n`),
    sourcesTable(found, top),
    ...(found.byPart === null ? [] : [partsTable(found, found.byPart, top)]),
    ...(found.features.length === 0 ? [] : [featuresTable(found, top)]),
    ...(found.steps === undefined ? [] : [stepsText(found, found.steps, top)]),
    ...(found.query === null ? [] : [queryTable(found, found.query, top)]),
  ].join('');
}

type Steps = NonNullable<Attribution['steps']>;

/** A feature a line, below it what it is split into, further in. */
function stepsText({ tokens }: Attribution, steps: Steps, top: number): string {
  const lines = stepLines(tokens, steps, 0, top);
  return `\nBack through dictionaries, each feature split into what is below it:\n${lines.map((line) => `${line}\n`).join('')}`;
}

function stepLines(tokens: readonly string[], steps: Steps, at: number, top: number): string[] {
  const { bias, smaller, rest, features, depth } = steps[at] as Steps[number];
  const indent = '  '.repeat(depth + 1);
  const terms = strongest(features, top).flatMap((feature) => {
    const line = `${indent}${signed(feature.value)}  ${basename(feature.dictionary)} ${feature.feature} at ${place(tokens, feature.position)}`;
    const next = steps.findIndex((step) => step.from === at && isSame(step, feature));
    return next < 0 ? [line] : [line, ...stepLines(tokens, steps, next, top)];
  });
  const others = strongest(features, Infinity).slice(top);
  const unlisted = smaller + others.reduce((sum, { value }) => sum + value, 0);
  return [
    ...terms,
    `${indent}${signed(unlisted)}  other features`,
    `${indent}${signed(bias)}  biases`,
    `${indent}${signed(rest)}  no feature`,
  ];
}

function isSame(a: Steps[number]['features'][number], b: Steps[number]['features'][number]): boolean {
  return a.dictionary === b.dictionary && a.feature === b.feature && a.position === b.position && a.value === b.value;
}

function place(tokens: readonly string[], position: number): string {
  return `${position} ${quoted(printable(tokens[position] ?? ''))}`;
}

function sourcesTable({ layer, heads, bySource, tokens }: Attribution, top: number): string {
  if (heads.length === 0) return '';
  const entries = [...bySource].map((value, i) => ({
    value,
    head: heads[Math.floor(i / tokens.length)] as number,
    source: i % tokens.length,
  }));
  const rows = strongest(entries, top).map(({ value, head, source }) => [
    place(tokens, source),
    `L${layer}H${head}`,
    signed(value),
  ]);
  return `\nBy source and head:\n${formatTable([{ title: 'source' }, { title: 'head' }, number('value')], rows)}`;
}

function partsTable({ tokens }: Attribution, parts: NonNullable<Attribution['byPart']>, top: number): string {
  const rows = strongest(parts, top).map(({ part, position, value }) => [part, place(tokens, position), signed(value)]);
  return `\nBy what was written there:\n${formatTable([{ title: 'part' }, { title: 'at' }, number('value')], rows)}`;
}

function featuresTable({ features, tokens }: Attribution, top: number): string {
  const rows = strongest(features, top).map(({ dictionary, feature, position, value }) => {
    return [basename(dictionary), `${feature}`, place(tokens, position), signed(value)];
  });
  const columns = [{ title: 'dictionary' }, number('feature'), { title: 'at' }, number('value')];
  return `\nBy features of earlier dictionaries:\n${formatTable(columns, rows)}`;
}

function queryTable({ tokens, layer }: Attribution, query: NonNullable<Attribution['query']>, top: number): string {
  const { head, source, score, parts } = query;
  const rows = (['query', 'key'] as const).flatMap((side) =>
    strongest(
      parts.filter((part) => part.side === side),
      top,
    ).map(({ part, value }) => [side, part, signed(value)]),
  );
  const title = `Score of L${layer}H${head} for ${place(tokens, source)}: ${score.toFixed(3)}, each side's parts add up to it`;
  return `\n${title}\n${formatTable([{ title: 'side' }, { title: 'part' }, number('value')], rows)}`;
}

function strongest<T extends { readonly value: number }>(list: readonly T[], top: number): T[] {
  return list.toSorted((a, b) => Math.abs(b.value) - Math.abs(a.value)).slice(0, top);
}

function number(title: string): Column {
  return { title, align: 'right' };
}

/** Next tokens before and after. */
export function editTable({ before, after, kl, edits }: ResultOf<'editFeature'>): string {
  const columns: Column[] = [{ title: 'before' }, number('probability'), { title: 'after' }, number('probability')];
  const rows = before.map((token, i) => {
    const other = after[i];
    return [
      ...[quoted(token.text ?? `#${token.id}`), percent(token.probability)],
      ...(other === undefined ? [] : [quoted(other.text ?? `#${other.id}`), percent(other.probability)]),
    ];
  });
  const what = edits.length === 0 ? 'the feature is active nowhere: nothing changes\n' : '';
  return `${what}KL(before || after) ${kl.toFixed(4)} nats\n${formatTable(columns, rows)}`;
}
