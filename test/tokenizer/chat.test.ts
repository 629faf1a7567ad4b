import { describe, expect, it } from 'vitest';

import { renderChat } from '../../engine/files/tokenizer/index.ts';

const tokens = { bosToken: '<s>', eosToken: '</s>' };
const hello = [{ role: 'user', content: 'hello' }];
const quick = { milliseconds: 300, outputCharacters: 1000, heapMegabytes: 32 };

describe('a chat template', () => {
  it('gets the messages, the tokens and whether to ask for an answer', async () => {
    const template =
      "{{ bos_token }}{% for m in messages %}[{{ m['role'] }}] {{ m.content | trim }}{{ eos_token }}{% endfor %}{% if add_generation_prompt %}[assistant]{% endif %}";
    expect(await renderChat(template, hello, tokens)).toBe('<s>[user] hello</s>[assistant]');
    expect(await renderChat(template, hello, { ...tokens, addGenerationPrompt: false })).toBe('<s>[user] hello</s>');
  });

  it('drops the line break behind a block, as transformers does', async () => {
    expect(await renderChat('{% if true %}\n  a\n  {% endif %}\nb', [], tokens)).toBe('  a\nb');
  });

  it('that refuses a conversation is a fault with its words', async () => {
    const template = "{{ raise_exception('roles must alternate') }}";
    await expect(renderChat(template, hello, tokens)).rejects.toThrow(
      'chat template: the template failed: roles must alternate',
    );
  });

  it('that is no template is a fault', async () => {
    await expect(renderChat('{% for x in %}', hello, tokens)).rejects.toThrow(/^chat template: the template failed/);
  });

  it('that does not end is ended', async () => {
    const template = '{% for a in range(100000) %}{% for b in range(100000) %}{% set c = a %}{% endfor %}{% endfor %}';
    // With room enough that a late timer still comes before the memory is full.
    const limits = { ...quick, heapMegabytes: 512 };
    await expect(renderChat(template, hello, tokens, limits)).rejects.toThrow('it did not end within 300 ms');
  });

  it('that takes all memory is ended, and this process goes on', async () => {
    const template = '{% for a in range(300000000) %}x{% endfor %}';
    await expect(renderChat(template, hello, tokens, { ...quick, milliseconds: 20_000 })).rejects.toThrow(
      /the template failed/,
    );
  });

  it('that writes too much is a fault', async () => {
    const template = '{% for a in range(2000) %}x{% endfor %}';
    await expect(renderChat(template, hello, tokens, quick)).rejects.toThrow(
      'the rendered conversation is too long: expected at most 1000 characters, got 2000',
    );
  });

  it('that is too long itself is a fault', async () => {
    await expect(renderChat('x'.repeat(300_000), hello, tokens)).rejects.toThrow('the template is too long');
  });

  it('reaches nothing but its values', async () => {
    const template =
      "{{ process is defined }} {{ require is defined }} {{ messages.constructor is defined }} {{ ''.__class__ is defined }}";
    expect(await renderChat(template, hello, tokens)).toBe('false false false false');
  });
});
