/** Help texts, made from the commands' own declarations. */
import type { Command } from './commands/command.ts';
import { formatTable } from './table.ts';

const WIDTH = 100;

/** Of all commands, or of those that share a first word, with an example of their own. */
export function overview(
  commands: readonly Command[],
  example = 'headscope ablate model.gguf --task ioi --kind zero --out heads.json',
): string {
  const list = formatTable(
    [{ title: '' }, { title: '' }],
    commands.map(({ name, summary }) => [`  ${name}`, summary]),
  );
  return [
    'headscope: open a local language model, edit it while it runs, and measure which attention heads matter\n',
    'Usage: headscope COMMAND ...\n',
    `Commands:${list}`,
    `Example:\n  ${example}\n`,
    'headscope COMMAND --help says more; headscope --version prints the version.\n',
  ].join('\n');
}

export function commandHelp({ name, summary, usage, about, examples, options }: Command): string {
  const rows = Object.entries(options).map(([option, { value, about: is }]) => [
    `  --${option}${value === undefined ? '' : ` ${value}`}`,
    is,
  ]);
  const list = formatTable([{ title: '' }, { title: '' }], rows);
  return [
    `headscope ${name}: ${summary}\n`,
    `Usage:\n${usage.map((form) => `  ${form.startsWith(' ') ? form : `headscope ${form}`}\n`).join('')}`,
    ...about.map((paragraph) => `${wrapped(paragraph)}\n`),
    `Options:${list}`,
    `Example${examples.length > 1 ? 's' : ''}:\n${examples.map((example) => `  ${example}\n`).join('')}`,
  ].join('\n');
}

function wrapped(paragraph: string): string {
  const lines: string[] = [];
  for (const word of paragraph.split(' ')) {
    const line = lines.at(-1);
    if (line === undefined || line.length + 1 + word.length > WIDTH) lines.push(word);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  return lines.join('\n');
}
