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

/** Strings, with the colon that makes one a key, and brackets: all that a scan of valid JSON needs. */
const tokens = /"(?:[^"\\]|\\.)*"(\s*:)?|[{}[\]]/g;

/** The first key that one object of valid JSON text holds twice, or null. */
function repeatedKey(text: string): string | null {
  const open: (Set<string> | null)[] = [];
  for (const [token, colon] of text.matchAll(tokens)) {
    if (token === '{') open.push(new Set());
    else if (token === '[') open.push(null);
    else if (token === '}' || token === ']') open.pop();
    else if (colon !== undefined) {
      const key = String(JSON.parse(token.slice(0, -colon.length)));
      const keys = open.at(-1);
      if (keys?.has(key)) return key;
      keys?.add(key);
    }
  }
  return null;
}
