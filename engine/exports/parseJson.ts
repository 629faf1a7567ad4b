/** JSON text of unknown origin. Imports terms only. */
import { Fault } from '../terms/fault.ts';

/** Throws Fault where the text is no JSON, or where an object has a key twice: JSON.parse keeps the last and says nothing. */
export function parseJson(text: string, where: string): unknown {
  const value = parsed(text, where);
  const twice = repeatedKey(text);
  if (twice === null) return value;
  throw new Fault({ what: 'a key twice in one object', where, expected: 'each once', got: twice.slice(0, 80) });
}

function parsed(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Fault({ what: 'not a JSON file', where, got: error instanceof Error ? error.message : String(error) });
  }
}

/** The first key that one object of valid JSON text holds twice, or null. */
function repeatedKey(text: string): string | null {
  const open: (Set<string> | null)[] = [];
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '{') open.push(new Set());
    else if (character === '[') open.push(null);
    else if (character === '}' || character === ']') open.pop();
    else if (character === '"') {
      const end = endOfString(text, at);
      const keys = open.at(-1);
      // Between a list's values stands no colon, so that every string of an object before one is a key.
      if (keys instanceof Set && isKey(text, end)) {
        const key = String(JSON.parse(text.slice(at, end)));
        if (keys.has(key)) return key;
        keys.add(key);
      }
      at = end - 1;
    }
  }
  return null;
}

/** Just past the closing quote of the string that opens at `at`. */
function endOfString(text: string, at: number): number {
  let end = at + 1;
  while (end < text.length && text[end] !== '"') end += text[end] === '\\' ? 2 : 1;
  return end + 1;
}

function isKey(text: string, end: number): boolean {
  let at = end;
  while (text[at] === ' ' || text[at] === '\n' || text[at] === '\t' || text[at] === '\r') at++;
  return text[at] === ':';
}
