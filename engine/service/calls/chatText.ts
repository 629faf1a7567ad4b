/** A conversation under the model's own template. */
import type { ChatMessage } from '../../files/tokenizer/index.ts';
import type { Model } from '../../run/index.ts';
import { Fault } from '../../terms/fault.ts';

/** Special tokens are spelled out by the template. Fault where the model has none, or it fails. */
export async function chatText(model: Model, messages: readonly ChatMessage[]): Promise<string> {
  const { chat } = model.tokenizer;
  if (chat !== null) return chat.render(messages, { addGenerationPrompt: true });
  throw new Fault({ what: 'no chat template', where: model.files.path, expected: 'a chat model, or a plain prompt' });
}
