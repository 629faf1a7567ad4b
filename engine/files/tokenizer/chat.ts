/**
 * Chat templates: Jinja programs from a model's files, run by @huggingface/jinja. They are untrusted and the library bounds
 * neither steps nor memory, so each rendering gets a thread of its own with a small heap and a time limit; ending the thread
 * ends the template. The template's and the text's lengths are bounded as well.
 */

import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';

import { Fault } from '../../terms/fault.ts';
import type { ChatMessage, ChatTemplate } from './tokenizer.ts';

const require = createRequire(import.meta.url);

export interface ChatTokens {
  readonly bosToken: string;
  readonly eosToken: string;
}

export interface ChatLimits {
  readonly milliseconds: number;
  readonly outputCharacters: number;
  readonly heapMegabytes: number;
}

const templateLimit = 256 * 1024;
const usualLimits: ChatLimits = { milliseconds: 2000, outputCharacters: 4 * 1024 * 1024, heapMegabytes: 128 };

/** What the thread runs: plain CommonJS, since a thread is not started from TypeScript source. */
const program = `
const { parentPort, workerData } = require('node:worker_threads');
const { Template } = require(workerData.jinja);
parentPort.postMessage({ started: true });
try {
  const text = new Template(workerData.template).render(workerData.values);
  parentPort.postMessage(text.length > workerData.limit ? { tooLong: text.length } : { text });
} catch (error) {
  parentPort.postMessage({ failed: String(error && error.message).slice(0, 500) });
}
`;

/** How long a thread may take to start before the template runs, on a busy machine. */
const startMilliseconds = 30_000;

type Message = Answer | { readonly started: true };
type Answer = { readonly text: string } | { readonly tooLong: number } | { readonly failed: string };

/** Text of a conversation under a template. Fault when the template is too long, fails, refuses, or does not end in time. */
export async function renderChat(
  template: string,
  messages: readonly ChatMessage[],
  options: ChatTokens & { readonly addGenerationPrompt?: boolean },
  limits: ChatLimits = usualLimits,
): Promise<string> {
  if (template.length > templateLimit)
    throw new Fault({
      what: 'the template is too long',
      where: 'chat template',
      expected: `at most ${templateLimit} characters`,
      got: String(template.length),
    });
  const values = {
    messages: messages.map(({ role, content }) => ({ role, content })),
    bos_token: options.bosToken,
    eos_token: options.eosToken,
    add_generation_prompt: options.addGenerationPrompt ?? true,
  };
  const answer = await answerOf(template, values, limits);
  if ('text' in answer) return answer.text;
  if ('tooLong' in answer)
    throw new Fault({
      what: 'the rendered conversation is too long',
      where: 'chat template',
      expected: `at most ${limits.outputCharacters} characters`,
      got: String(answer.tooLong),
    });
  throw new Fault({ what: `the template failed: ${answer.failed}`, where: 'chat template' });
}

function answerOf(template: string, values: unknown, limits: ChatLimits): Promise<Answer> {
  const worker = new Worker(program, {
    eval: true,
    env: {},
    workerData: { jinja: require.resolve('@huggingface/jinja'), template, values, limit: limits.outputCharacters },
    resourceLimits: { maxOldGenerationSizeMb: limits.heapMegabytes, maxYoungGenerationSizeMb: 16, stackSizeMb: 4 },
    stdout: true,
    stderr: true,
  });
  return new Promise<Answer>((resolve) => {
    const finish = (answer: Answer): void => {
      clearTimeout(timer);
      resolve(answer);
      void worker.terminate();
    };
    const end = (after: number): NodeJS.Timeout =>
      setTimeout(() => finish({ failed: `it did not end within ${after} ms` }), after);
    let timer = end(startMilliseconds);
    worker.on('message', (message: Message) => {
      if (!('started' in message)) return finish(message);
      clearTimeout(timer);
      timer = end(limits.milliseconds);
    });
    worker.once('error', (error: unknown) =>
      finish({ failed: error instanceof Error ? error.message : String(error) }),
    );
    worker.once('exit', () => finish({ failed: 'it ended without an answer' }));
  });
}

/** A template bound to its model's tokens. */
export function chatTemplate(source: string, tokens: ChatTokens): ChatTemplate {
  return {
    source,
    render: (messages, options = {}) => renderChat(source, messages, { ...tokens, ...options }),
  };
}
