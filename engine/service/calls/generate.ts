/** Continues a prompt, token by token. */
import type { Tokenizer } from '../../files/tokenizer/index.ts';
import type { RequestOf, Service } from '../../results/index.ts';
import type { Model } from '../../run/index.ts';
import type { ModelSource } from '../openModels.ts';
import { chatText } from './chatText.ts';
import { requireFinite } from './finite.ts';
import { decoded, idsOf, tokenizerOf } from './prompts.ts';

export function generateCall(models: ModelSource): Service['generate'] {
  return async function* generate(request, { signal }) {
    const started = performance.now();
    const { model, release } = await models.lease(request, signal);
    try {
      const prompt = await promptIds(model, request.prompt);
      const { max, temperature, topP, seed, edits } = request;
      const writer = new TextWriter(tokenizerOf(model));
      const ids: number[] = [];
      let isEnded = false;
      const tokens = model.generate({
        ids: prompt,
        maxNew: max,
        temperature,
        seed,
        signal,
        ...(topP === undefined ? {} : { topP }),
        ...(edits === undefined ? {} : { edits }),
      });
      for await (const { id, logProbability, isEnd } of tokens) {
        await requireFinite(model, 'probability of the next token', [logProbability], signal);
        isEnded ||= isEnd;
        ids.push(id);
        // The end token is not part of the text.
        yield { kind: 'token', id, logProbability, text: isEnd ? (writer.isSilent ? null : '') : writer.add(id) };
      }
      const seconds = (performance.now() - started) / 1000;
      const stopped = isEnded ? 'end' : ids.length < max ? 'context' : 'length';
      return { promptTokens: prompt.length, ids, text: writer.text, stopped, seconds };
    } finally {
      release();
    }
  };
}

async function promptIds(model: Model, prompt: RequestOf<'generate'>['prompt']): Promise<readonly number[]> {
  if (!('chat' in prompt)) return idsOf(model, prompt);
  const text = await chatText(model, prompt.chat);
  // The template spells out the special tokens itself.
  return model.tokenizer.encode(text, { special: false });
}

/** Text of the tokens so far, given out only in whole characters. */
class TextWriter {
  readonly #tokenizer: Tokenizer | null;
  readonly #ids: number[] = [];
  #written = '';

  constructor(tokenizer: Tokenizer | null) {
    this.#tokenizer = tokenizer;
  }

  get isSilent(): boolean {
    return this.#tokenizer === null;
  }

  get text(): string | null {
    return this.#tokenizer === null ? null : decoded(this.#tokenizer, this.#ids);
  }

  /** What the token adds; empty while its last character is not complete. */
  add(id: number): string | null {
    this.#ids.push(id);
    const { text } = this;
    if (text === null) return null;
    if (text.endsWith('\ufffd')) return '';
    const added = text.slice(this.#written.length);
    this.#written = text;
    return added;
  }
}
