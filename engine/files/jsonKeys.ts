/** Finds a key that a JSON object holds twice: JSON.parse keeps the last and says nothing. */

/** The first repeated key of the outermost object of valid JSON text, or null. */
export function repeatedKey(text: string): string | null {
  const seen = new Set<string>();
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '{' || character === '[') depth++;
    else if (character === '}' || character === ']') depth--;
    else if (character === '"') {
      const end = endOfString(text, at);
      if (depth === 1 && isKey(text, end)) {
        const key = String(JSON.parse(text.slice(at, end)));
        if (seen.has(key)) return key;
        seen.add(key);
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
  while (/\s/.test(text[at] ?? '')) at++;
  return text[at] === ':';
}
